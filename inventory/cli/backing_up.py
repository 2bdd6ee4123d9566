"""`sterilog backup`: a copy that is whole, proven so before anybody relies on it."""

import os
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import URL, inspect, select

from inventory import create_app
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.cli import postgresql_dumps, sqlite_copies
from inventory.cli.backup_checks import faults
from inventory.cli.opening import DATA, database
from inventory.cli.signing import signed_now, signer_of
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import DomainError
from inventory.keeping.erasure_list import bring_up_to_date, list_in
from inventory.people.models import Clinic


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@DATA
def backup(target: Path, data: Path | None) -> None:
    """Copy the database, whole and consistent, while it is in use. Refuses to overwrite.

    The record is signed first, so that the copy carries a checkpoint over all it holds. The copy is checked before it
    counts: pages, references, triggers and indexes, every clinic's chain and checkpoints, balances. Size and checksum
    then stand in the record. On PostgreSQL pg_dump makes it, and it is checked in a database that is dropped again.

    The file holds patients' references, and no key: keep it where only few come. The folder's files secret_key,
    signing/ and erased.jsonl belong elsewhere, not beside it: whoever has a backup and the signer's key can forge both.

    \b
    Exit codes: 0  copied and verified
                1  the database or its copy is not whole; no file is left behind
                2  used wrongly, such as a file that exists already
    """
    with database(data) as app:
        _reserve(target)
        try:
            _sign(app)
            _note_erasures(app)
            _copy(app, target)
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


def _sign(app: Flask) -> None:
    """A record that cannot be signed is backed up all the same: that is when a backup is wanted most."""
    try:
        signed_now(signer_of(app), every=True)
    except DomainError as refused:
        db.session.rollback()
        click.echo(f"Not signed before the backup. {refused.sentence}", err=True)


def _note_erasures(app: Flask) -> None:
    if inspect(db.engine).has_table("erased_subject"):  # before an upgrade, when a backup is wisest, there is none
        bring_up_to_date(list_in(Path(app.config["DATA_DIR"])))
        db.session.rollback()


def _copy(app: Flask, target: Path) -> None:
    secret_key = str(app.config["SECRET_KEY"])
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as raw:
            sqlite_copies.copy_whole(raw, target)
        _verify(URL.create("sqlite", database=str(target)), secret_key)
        return
    url = db.engine.url
    postgresql_dumps.dump(url, target)
    with postgresql_dumps.loaded(url, target, "checking") as copy:
        _verify(copy, secret_key)


def _verify(url: URL, secret_key: str) -> None:
    """Raises `click.ClickException`."""
    copy = create_app({"DATABASE_URL": url, "SECRET_KEY": secret_key})
    with copy.app_context():
        try:
            found = next(faults(), None)
        finally:
            db.session.remove()
            db.engine.dispose()
    if found:
        raise click.ClickException(f"The copy is not whole and was removed: {found}. Run sterilog audit verify.")


def _checksum(target: Path) -> str:
    with target.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
