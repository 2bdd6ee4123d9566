"""Handing out the log."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.db import db
from inventory.sterility.columns import COLUMNS
from inventory.sterility.filters import LogFilter
from inventory.sterility.models import Export
from inventory.sterility.queries import log_rows
from inventory.sterility.subjects import Thing
from inventory.tables.csv_export import csv_chunks

HEADER = tuple(column.header for column in COLUMNS)
GUARDED = tuple(index for index, column in enumerate(COLUMNS) if column.text)


class Written:
    """A running export: iterate over its bytes; row count and checksum are there when it ends."""

    def __init__(self, chunks: Iterator[tuple[bytes, int]]) -> None:
        self.chunks = chunks
        self.rows = 0
        self._digest = sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk, rows in self.chunks:
            self._digest.update(chunk)
            self.rows += rows
            yield chunk

    @property
    def checksum(self) -> str:
        return self._digest.hexdigest()


def begin_export(wanted: LogFilter, by: Actor, now: datetime) -> Export:
    """Note who asks for which part of the log, before the first byte leaves."""
    export = Export(
        clinic_id=by.clinic_id,
        at=now,
        by_id=by.id,
        by_name=by.name,
        filters=canonical(wanted.as_mapping()).decode(),
    )
    db.session.add(export)
    record(by, "export.begun", export, now=now)
    return export


def write_log(wanted: LogFilter, by: Actor) -> Written:
    """The log as CSV, read while it is written: memory does not grow with the number of rows."""
    return Written(csv_chunks(HEADER, log_rows(by.clinic_id, by.time_zone, wanted), GUARDED))


def resolve_references(
    subject: Thing, first_day: date | None, last_day: date | None, form: str, by: Actor, now: datetime
) -> None:
    """Record who is told the references of all patients that `subject` reached; `form` is page or file."""
    record(by, "references.resolved", subject, now=now, first_day=first_day, last_day=last_day, form=form)


def finish_export(export: Export, written: Written, by: Actor, now: datetime) -> None:
    """Record how many rows left and the checksum by which the file is recognised later."""
    export.finished_at = now
    export.row_count = written.rows
    export.sha256 = written.checksum
    record(by, "export.finished", export, now=now)
