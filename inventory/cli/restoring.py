"""`sterilog restore`: a backup is checked, brought up to date, and put in place of the database, which is kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from flask import Flask
from sqlalchemy import URL, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from inventory import create_app, schema
from inventory.audit.actors import Program
from inventory.audit.handing_out import newest_noted
from inventory.audit.queries import verify as verify_chain
from inventory.audit.signing import note_restore, sign_epoch
from inventory.cli import postgresql_dumps, sqlite_copies
from inventory.cli.backup_checks import faults
from inventory.cli.opening import DATA, application, sentences
from inventory.cli.signing import signer_of
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.keeping.erasure_list import bring_up_to_date, list_in, read
from inventory.keeping.replaying import replay
from inventory.keeping.traces import wipe
from inventory.people.models import Clinic

PutInPlace = Callable[[], str]


@dataclass(frozen=True)
class Prepared:
    """What was written into the backup before it is put in place: each clinic's new epoch."""

    epochs: tuple[tuple[UUID, int], ...]
    erased: int


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why, for the record; such as 'the disk of the server broke'.")
@click.option("--stopped", is_flag=True, help="No server runs: replace a database that cannot even be read.")
@DATA
def restore(source: Path, reason: str, stopped: bool, data: Path | None) -> None:
    """Put a backup in the place of the database, while it is in use. The old one is kept under a dated name.

    The backup is only read. A copy of it is checked (pages, references, triggers and indexes, every clinic's chain and
    checkpoints, balances), brought to today's schema, and freed of patients erased since it was made. Then it takes the
    place of the database in one transaction, and its record is signed anew, in a new epoch. Servers may go on running:
    what they write at that moment waits, then goes to the restored database. What was written since the backup is in
    the kept one only.

    \b
    Exit codes: 0  checked and put in place
                1  the backup does not hold, or there is no room; nothing was changed
                2  used wrongly
    """
    with sentences():
        app = application({"DATA_DIR": data, "DATABASE_URL": None} if data else {})
        signer_of(app).public_key  # noqa: B018 - a signer that cannot sign is found out before, not after
        live: URL = app.config["SQLALCHEMY_DATABASE_URI"]
        stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
        on_sqlite = live.get_backend_name() == "sqlite"
        place = _sqlite_place(source, live, stamp, stopped) if on_sqlite else _postgresql_place(source, live, stamp)
        with place as (staged, put_in_place):
            ready = _prepared(app, staged, _clinics(app, stopped), source.name, reason)
            kept = put_in_place()
        _sign(app, ready)
    click.echo(f"Restored from {source}, checked. Signed anew in epoch {max(epoch for _, epoch in ready.epochs)}.")
    if ready.erased:
        click.echo(f"{ready.erased} patients were erased since that backup, and are again.")
    if kept:
        click.echo(f"The database that was there is kept as {kept}. Delete it when nothing of it is needed any more.")


@contextmanager
def _sqlite_place(source: Path, live: URL, stamp: str, stopped: bool) -> Iterator[tuple[URL, PutInPlace]]:
    """The staged copy, and how it takes the place of the live database; gives the name of what was there."""
    path = Path(live.database or "")
    kept = path.with_name(f"{path.stem}.before-{stamp}{path.suffix}")
    sqlite_copies.check_is_backup(source)
    sqlite_copies.check_room(source, path)
    staged = sqlite_copies.stage(source, path)

    def put_in_place() -> str:
        if path.exists() and not stopped:
            sqlite_copies.put_in_place(staged, path, kept)
            return str(kept)
        was_there = path.exists()
        sqlite_copies.put_aside(path, kept)
        sqlite_copies.settle(staged)
        staged.replace(path)
        return str(kept) if was_there else ""

    try:
        yield URL.create("sqlite", database=str(staged)), put_in_place
    finally:
        sqlite_copies.discard(staged)


@contextmanager
def _postgresql_place(source: Path, live: URL, stamp: str) -> Iterator[tuple[URL, PutInPlace]]:
    """The same on PostgreSQL, where names are exchanged."""
    kept = f"{live.database}_before_{stamp.lower()}"
    postgresql_dumps.check_is_backup(source)
    with postgresql_dumps.loaded(live, source, "restoring") as staged:

        def put_in_place() -> str:
            was_there = postgresql_dumps.exists(live)
            postgresql_dumps.put_in_place(staged, live, kept)
            return kept if was_there else ""

        yield staged, put_in_place


def _clinics(app: Flask, stopped: bool) -> set[UUID]:
    """The clinics of the database that is there, none where there is none. Its erasures are noted on the way.

    Raises `click.ClickException` where it cannot be read and servers may be running.
    """
    live: URL = app.config["SQLALCHEMY_DATABASE_URI"]
    on_sqlite = live.get_backend_name() == "sqlite"
    if not (Path(live.database or "").exists() if on_sqlite else postgresql_dumps.exists(live)):
        return set()
    with app.app_context():
        try:
            bring_up_to_date(list_in(Path(app.config["DATA_DIR"])))
            return set(db.session.scalars(select(Clinic.id)))
        except SQLAlchemyError:
            if stopped or not on_sqlite:
                return set()
            raise click.ClickException(
                "The database that is there cannot be read, so it cannot be replaced while servers have it open. Stop "
                "them, then run this again with --stopped. Nothing was changed."
            ) from None
        finally:
            db.session.remove()
            db.engine.dispose()


def _prepared(app: Flask, staged: URL, here: set[UUID], name: str, reason: str) -> Prepared:
    """Check the copy, bring it up to date, write its first entries. Raises `click.ClickException`, `DomainError`."""
    data = Path(app.config["DATA_DIR"])
    copy = create_app({"DATABASE_URL": staged, "DATA_DIR": data, "SECRET_KEY": str(app.config["SECRET_KEY"])})
    try:
        _check_readable(copy, name)
        schema.migrate(copy)
        with copy.app_context():
            found = next(faults(), None)
            if found:
                raise click.ClickException(f"{name} does not hold: {found}. Nothing was changed.")
            db.session.rollback()
            begin_write()
            clinics = db.session.scalars(select(Clinic)).all()
            if here and here.isdisjoint(clinic.id for clinic in clinics):
                raise click.ClickException(f"{name} is of other clinics than those here. Nothing was changed.")
            epochs = tuple(_noted(app, clinic, reason) for clinic in clinics)
            erased = replay(read(list_in(data)), utc_now())
            db.session.commit()
            wipe()
    except SQLAlchemyError as fault:
        raise click.ClickException(f"{name} does not hold: {_first_line(fault)}. Nothing was changed.") from None
    finally:
        with copy.app_context():
            db.session.remove()
            db.engine.dispose()
    return Prepared(epochs, erased)


def _check_readable(copy: Flask, name: str) -> None:
    """Whether it is a database of Sterilog at all, before anything is changed in the copy."""
    with copy.app_context():
        try:
            tables = set(inspect(db.engine).get_table_names())
        finally:
            db.session.remove()
    if not {"alembic_version", "clinic", "audit_entry"} <= tables:
        raise click.ClickException(f"{name} is a database, but not one of Sterilog. Nothing was changed.")


def _noted(app: Flask, clinic: Clinic, reason: str) -> tuple[UUID, int]:
    """The first entry after the restore names what the backup was signed to, and the epoch that begins."""
    by, held = Program(clinic.id, clinic.time_zone), verify_chain(clinic.id)
    newest = newest_noted(clinic.id)
    facts = {"backup_entries": held.entries, "backup_head": held.head}
    if newest is not None:
        facts |= {"backup_checkpoint": newest.checkpoint.text}
    return clinic.id, note_restore(clinic, signer_of(app), reason, by, utc_now(), **facts)


def _sign(app: Flask, ready: Prepared) -> None:
    with app.app_context():
        for chain, epoch in ready.epochs:
            begin_write()
            sign_epoch(chain, signer_of(app), epoch, utc_now())
            db.session.commit()
        bring_up_to_date(list_in(Path(app.config["DATA_DIR"])))
        db.session.remove()
        db.engine.dispose()


def _first_line(fault: SQLAlchemyError) -> str:
    said = fault.orig if isinstance(fault, DBAPIError) else fault
    return (str(said).splitlines() or [type(fault).__name__])[0].rstrip(".")
