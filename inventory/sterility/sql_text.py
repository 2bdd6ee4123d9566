"""Moments, dates and durations as text, made by the database: Python's own would double an export's time."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class iso(GenericFunction[str]):  # noqa: N801 - an SQL function is written like one
    """A moment in UTC with milliseconds."""

    inherit_cache = True
    type = String()


@compiles(iso, "sqlite")
def _iso_sqlite(element: iso, compiler: SQLCompiler, **keywords: Any) -> str:
    return compiler.process(element.clauses, **keywords)


@compiles(iso, "postgresql")
def _iso_postgresql(element: iso, compiler: SQLCompiler, **keywords: Any) -> str:
    moment = compiler.process(element.clauses, **keywords)
    return f"to_char(timezone('UTC', {moment}), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


class isodate(GenericFunction[str]):  # noqa: N801
    """A date."""

    inherit_cache = True
    type = String()


@compiles(isodate, "sqlite")
def _isodate_sqlite(element: isodate, compiler: SQLCompiler, **keywords: Any) -> str:
    return compiler.process(element.clauses, **keywords)


@compiles(isodate, "postgresql")
def _isodate_postgresql(element: isodate, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **keywords)}, 'YYYY-MM-DD')"


class minutes(GenericFunction[str]):  # noqa: N801
    """From one moment to a later one, in minutes with one decimal, such as `7.5`; both cut to whole seconds."""

    inherit_cache = True
    type = String()


@compiles(minutes, "sqlite")
def _minutes_sqlite(element: minutes, compiler: SQLCompiler, **keywords: Any) -> str:
    begun, ended = (f"strftime('%s', {compiler.process(each, **keywords)})" for each in element.clauses)
    tenths = f"(({ended} - {begun} + 3) / 6)"
    return f"(({tenths} / 10) || '.' || ({tenths} % 10))"


@compiles(minutes, "postgresql")
def _minutes_postgresql(element: minutes, compiler: SQLCompiler, **keywords: Any) -> str:
    begun, ended = (
        f"floor(extract(epoch FROM {compiler.process(each, **keywords)}))::bigint" for each in element.clauses
    )
    tenths = f"(({ended} - {begun} + 3) / 6)"
    return f"(({tenths} / 10) || '.' || mod({tenths}, 10))"
