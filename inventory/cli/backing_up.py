"""`sterilog backup`: a copy that is whole, proven so before anybody relies on it."""

import os
from collections.abc import Iterator
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

import click
from sqlalchemy import URL, select

from inventory import create_app
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.audit.queries import verify as verify_chain
from inventory.cli.opening import DATA, database
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people.models import Clinic


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@DATA
def backup(target: Path, data: Path | None) -> None:
    """Copy the SQLite database, whole and consistent, while it is in use. Refuses to overwrite.

    The copy is checked before it counts: its pages, its references and every clinic's chain. Size and checksum
    then stand in the record. Keep the file secret_key of the folder with it: sign-ins depend on it.

    \b
    Exit codes: 0  copied and verified
                1  the database or its copy is not whole; no file is left behind
                2  used wrongly, such as a file that exists already
    """
    with database(data) as app:
        if db.engine.dialect.name != "sqlite":
            raise click.UsageError("This is PostgreSQL: back it up with pg_dump, which sees one moment in time.")
        _reserve(target)
        try:
            _copy(target)
            _verify(target, str(app.config["SECRET_KEY"]))
        except BaseException:
            target.unlink()
            raise
        size, checksum = target.stat().st_size, _checksum(target)
        begin_write()
        now = utc_now()
        for clinic in db.session.scalars(select(Clinic)):
            record(Program(clinic.id, clinic.time_zone), "backup.made", clinic, now=now, bytes=size, sha256=checksum)
        db.session.commit()
    click.echo(f"{target}: {size} bytes, verified, SHA-256 {checksum}")


def _reserve(target: Path) -> None:
    """An empty file that is ours alone, so that no other can come between looking and writing."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise click.UsageError(f"{target} exists already. Name a new file.") from None


def _copy(target: Path) -> None:
    with closing(db.engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    # SQLite does not wait until the copy is on the disk; a backup must.
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _verify(target: Path, secret_key: str) -> None:
    """Raises `click.ClickException`."""
    copy = create_app({"DATABASE_URL": URL.create("sqlite", database=str(target)), "SECRET_KEY": secret_key})
    with copy.app_context():
        try:
            faults = list(_faults())
        finally:
            db.session.remove()
            db.engine.dispose()
    if faults:
        raise click.ClickException(f"The copy is not whole and was removed: {faults[0]}. Run sterilog audit verify.")


def _faults() -> Iterator[str]:
    """What does not hold in the database of this context, in a few words each."""
    connection = db.session.connection()
    yield from (row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to one that is missing"
    for clinic in db.session.scalars(select(Clinic)).all():
        found = verify_chain(clinic.id)
        if not found.whole:
            yield f"the record of {clinic.name} is broken at entry {found.broken_at}: {found.reason}"


def _checksum(target: Path) -> str:
    with target.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
