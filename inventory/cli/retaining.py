"""`sterilog retention`: what is past its term goes, with a signed report."""

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from inventory.audit import signing
from inventory.audit.actors import Program
from inventory.cli.opening import DATA, database
from inventory.cli.signing import signer_of
from inventory.clock import utc_now
from inventory.db import as_text, begin_write, db
from inventory.keeping.classes import RULES, RecordClass, as_years
from inventory.keeping.documents import Document, document_of
from inventory.keeping.erasure_list import bring_up_to_date, list_in
from inventory.keeping.removing import Due, due, remove
from inventory.keeping.traces import wipe
from inventory.people.models import Clinic


@click.group()
def retention() -> None:
    """How long things are kept."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the reports as text; each can be had on the page Retention too.",
)
@DATA
def run(dry_run: bool, reports: Path | None, data: Path | None) -> None:
    """Remove what is past its clinic's term and under no legal hold. For cron, once a night; safe to run again.

    Each class of each clinic goes in one transaction, together with an entry in the record and a checkpoint that is
    signed over it. What cannot be signed is not removed.

    \b
    Exit codes: 0  done, also when nothing was due
                1  the record cannot be signed, or the database cannot be used; that class was not removed
                2  used wrongly
    """
    with database(data) as app:
        now = utc_now()
        clinics = db.session.execute(select(Clinic.id, Clinic.name).order_by(Clinic.name)).all()
        removed = 0
        for clinic_id, name in clinics:
            for record_class in RecordClass:
                db.session.rollback()
                if not dry_run:
                    begin_write()
                found = due(clinic_id, record_class, now)
                if found.found and not dry_run:
                    document = _removed(app, db.session.get_one(Clinic, clinic_id), found)
                    _keep(document, reports)
                    removed += 1
                click.echo(f"{name}: {_said(found, dry_run)}")
        db.session.rollback()
        if removed:
            bring_up_to_date(list_in(Path(app.config["DATA_DIR"])))
            db.session.rollback()
            if not wipe():
                click.echo("Older pages are still being read; they are overwritten at the next run.", err=True)


def _removed(app: Flask, clinic: Clinic, found: Due) -> Document:
    """In one transaction: the rows, the entry, the checkpoint over it."""
    by, signer, now = Program(clinic.id, clinic.time_zone), signer_of(app), utc_now()
    report = remove(found, by, now)
    signing.sign(clinic.id, signer, now)
    document = document_of(report, clinic, signer.public_key)
    db.session.commit()
    return document


def _keep(document: Document, reports: Path | None) -> None:
    if reports is None:
        return
    reports.mkdir(parents=True, exist_ok=True)
    place, number = reports / document.filename, 1
    while place.exists():
        number += 1
        place = reports / document.filename.replace(".txt", f"-{number}.txt")
    place.write_text(document.text)


def _said(found: Due, dry_run: bool) -> str:
    what, term = RULES[found.record_class].what.lower(), as_years(found.days)
    held = f", {found.held} held back by a legal hold" if found.held else ""
    if not found.found:
        return f"{what}: nothing is older than {term}{held}"
    moments = [moment for _, moment in found.found]
    verb = "would be removed" if dry_run else "removed"
    return f"{what}: {len(moments)} {verb}, of {as_text(min(moments))} to {as_text(max(moments))}, past {term}{held}"
