"""Opening the clinic's database for a command, and saying in one sentence why that or the work failed.

Exit code 1 where something was found wrong or refused, 2 where the command was used wrongly.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from inventory import create_app, schema, sqlite
from inventory.audit.actors import Program
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.people.models import Clinic

DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the SQLite database; default: STERILOG_DATABASE_URL, else the folder instance.",
)
CLINIC = click.option("--clinic", "name", help="Name of the clinic; needed when there are several.")
OUTPUT = click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)


@contextmanager
def database(data: Path | None, *, new: bool = False, **settings: object) -> Iterator[Flask]:
    """The application with its context pushed. Made and brought up to date only where `new`, else it must be there."""
    with sentences():
        place = {"DATA_DIR": data, "DATABASE_URL": None} if data else {}
        if not new:
            _check_there(data)
        app = application({**place, **settings})
        if new:
            schema.migrate(app)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def sentences() -> Iterator[None]:
    """Refusals, and faults of the database or of a file, as a sentence on standard error."""
    try:
        yield
    except Invalid as refused:
        raise click.UsageError(refused.sentence) from None
    except DomainError as refused:
        raise click.ClickException(refused.sentence) from None
    except (SQLAlchemyError, sqlite.driver.Error) as fault:
        reason = fault.orig if isinstance(fault, DBAPIError) else fault
        older = "If it is of an earlier version, start sterilog serve once."
        raise click.ClickException(f"The database cannot be used: {_first_line(reason)}. {older}") from None
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise click.UsageError(f"{fault.filename or 'A file'}: {fault.strerror or fault}.") from None


def application(settings: Mapping[str, object]) -> Flask:
    """Raises `click.UsageError` where the settings cannot be used."""
    try:
        return create_app(settings)
    except (ArgumentError, ModuleNotFoundError, RuntimeError) as fault:
        raise click.UsageError(f"The settings cannot be used. {fault}") from None


def the_clinic(name: str | None) -> Program:
    """The program at work in the clinic named, or in the only one. Raises `click.UsageError`."""
    clinics = db.session.scalars(select(Clinic).order_by(Clinic.name)).all()
    found = [clinic for clinic in clinics if name in (None, clinic.name)]
    if len(found) != 1:
        names = ", ".join(clinic.name for clinic in clinics)
        raise click.UsageError(
            f"Name one clinic with --clinic. There are: {names}." if names else "There is no clinic: sterilog init."
        )
    return Program(found[0].id, found[0].time_zone)


def day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@contextmanager
def written_whole(output: Path) -> Iterator[Path]:
    """A path to write to; only when all went well does it replace `output`."""
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _check_there(data: Path | None) -> None:
    """A command that only looks must not leave an empty database where there was none."""
    if data is None and os.environ.get("STERILOG_DATABASE_URL"):
        return
    folder = data or Path(os.environ.get("STERILOG_DATA_DIR", "instance"))
    if not (folder / "sterilog.sqlite3").is_file():
        raise click.UsageError(
            f"There is no database in {folder}. Name its folder with --data, or begin: sterilog init."
        )


def _first_line(fault: object) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0].rstrip(".")
