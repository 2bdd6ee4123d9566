"""PostgreSQL by its own tools: a dump of one moment, a new database loaded from it, and the exchange of two."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import URL, Engine, create_engine, text

HEADER = b"PGDMP"


def dump(url: URL, target: Path) -> None:
    """One moment of the database in pg_dump's own form. Raises `click.ClickException`."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def check_is_backup(source: Path) -> None:
    """Raises `click.ClickException`."""
    with source.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise click.ClickException(f"{source} is no backup of Sterilog on PostgreSQL. Nothing was changed.")


@contextmanager
def loaded(url: URL, source: Path, why: str) -> Iterator[URL]:
    """A new database beside the one of `url`, loaded from a dump; dropped in the end unless it was put in place."""
    name = f"{url.database}_{why}_{os.getpid()}"
    admin = _admin(url)
    try:
        _do(admin, f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            new = url.set(database=name)
            _run("pg_restore", new, "--no-owner", "--no-privileges", "--exit-on-error", str(source))
            yield new
        finally:
            _do(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        admin.dispose()


def exists(url: URL) -> bool:
    admin = _admin(url)
    try:
        with admin.connect() as connection:
            there = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database})
            return there.first() is not None
    finally:
        admin.dispose()


def put_in_place(new: URL, live: URL, kept: str) -> None:
    """Give `new` the name of `live`, which keeps its data as `kept`: both names in one transaction.

    Whoever is connected is cut off and comes back to the new one; no name leads to the old one any more.
    """
    admin = _admin(live)
    try:
        if exists(live):
            _do(admin, f'ALTER DATABASE "{live.database}" WITH ALLOW_CONNECTIONS false')
        try:
            with admin.execution_options(isolation_level="READ COMMITTED").begin() as connection:
                for name in (live.database, new.database):
                    connection.execute(
                        text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                        {"name": name},
                    )
                if exists(live):
                    connection.exec_driver_sql(f'ALTER DATABASE "{live.database}" RENAME TO "{kept}"')
                connection.exec_driver_sql(f'ALTER DATABASE "{new.database}" RENAME TO "{live.database}"')
        finally:
            for name in (live.database, kept):
                if exists(live.set(database=name)):
                    _do(admin, f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
    finally:
        admin.dispose()


def _admin(url: URL) -> Engine:
    return create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")


def _do(admin: Engine, statement: str) -> None:
    with admin.connect() as connection:
        connection.exec_driver_sql(statement)


def _run(tool: str, url: URL, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise click.ClickException(f"{tool} is not installed. Install PostgreSQL's client tools; nothing was changed.")
    place = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    ran = subprocess.run(  # noqa: S603 - the tool as found, no shell
        [found, f"--dbname={place}", *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if ran.returncode:
        said = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise click.ClickException(f"{tool} refused: {said}. Nothing was changed.")
