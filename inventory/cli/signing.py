"""`sterilog sign`: the record signed as it grows, by a process of its own or by the one that serves."""

import threading
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from inventory.audit import signing
from inventory.audit.signer import Signer
from inventory.cli.opening import DATA, database
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import DomainError
from inventory.people.models import Clinic

LOOKS_EVERY_SECONDS = 5


def signer_of(app: Flask) -> Signer:
    return signing.signer_in(Path(app.config["DATA_DIR"]))


@click.command()
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C, as the record grows.")
@DATA
def sign(watch: bool, data: Path | None) -> None:
    """Sign every clinic's record up to its newest entry.

    sterilog serve signs by itself. Run this with --watch beside another server, best as a user of its own who alone
    can read the folder signing.

    \b
    Exit codes: 0  signed, or nothing new to sign
                1  a record is not the one that was signed, or the key cannot be used
                2  used wrongly
    """
    with database(data) as app:
        signer = signer_of(app)
        if watch:
            click.echo("Signing as the record grows. Stop with Ctrl-C.")
            Clerk(app, signer).work()
            return
        for name, size in signed_now(signer, every=True):
            click.echo(f"{name}: signed up to entry {size}")


def signed_now(signer: Signer, *, every: bool = False) -> list[tuple[str, int]]:
    """Sign each clinic's record where that is due, or `every` one. Raises what `signing.sign` raises."""
    done = []
    clinics = db.session.execute(select(Clinic.id, Clinic.name).order_by(Clinic.name)).all()
    now = utc_now()
    due = [clinic for clinic in clinics if every or signing.is_due(clinic.id, now)]
    db.session.rollback()
    for clinic in due:
        begin_write()
        noted = signing.sign(clinic.id, signer, now)
        db.session.commit()
        if noted is not None:
            done.append((clinic.name, noted.checkpoint.size))
    return done


class Clerk:
    """Looks every few seconds whether a record waits to be signed. A fault is logged once and looked at again."""

    def __init__(self, app: Flask, signer: Signer) -> None:
        self.app, self.signer = app, signer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work_aside, name="signing", daemon=True)
        self._said = ""

    def __enter__(self) -> "Clerk":
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop.set()
        self._thread.join()

    def work(self) -> None:
        while True:
            self.look()
            if self._stop.wait(LOOKS_EVERY_SECONDS):
                return

    def look(self) -> None:
        fault = ""
        try:
            signed_now(self.signer)
        except DomainError as refused:
            fault = refused.sentence
        finally:
            db.session.rollback()
            db.session.remove()
        if fault and fault != self._said:
            self.app.logger.error("record not signed: %s", fault)
        self._said = fault

    def _work_aside(self) -> None:
        with self.app.app_context():
            self.work()
