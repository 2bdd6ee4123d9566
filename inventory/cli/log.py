"""`sterilog export log`: the file of the page, without the page."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.signer import Contradiction
from inventory.audit.signing import sign
from inventory.cli.opening import CLINIC, DATA, OUTPUT, database, day, the_clinic, written_whole
from inventory.cli.signing import signer_of
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.guns.models import Gun
from inventory.sterility.covers import cover_of
from inventory.sterility.filters import ExportFormat, LogFilter, Shape
from inventory.sterility.making import Asked, Made, make
from inventory.sterility.models import Export
from inventory.sterility.operations import begin_export, finish_export
from inventory.sterility.queries import export_of
from inventory.stock.models import Location

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("log")
@CLINIC
@click.option(
    "--format", "form", type=click.Choice([each.value for each in ExportFormat]), default="csv", show_default=True
)
@click.option("--view", type=click.Choice([each.value for each in Shape]), default="events", show_default=True,
              help="One row a needle, or one row a session.")  # fmt: skip
@click.option("--from", "first", type=DAY, help="First day in the clinic's time zone, such as 2026-10-01.")
@click.option("--to", "last", type=DAY, help="Last day, included.")
@click.option("--room", help="Name of a room.")
@click.option("--gun", help="Serial number of a gun.")
@click.option("--flag", help="Code of a flag such as NEEDLE_OVERDUE, or any.")
@click.option("--code", help="Of a pack, container or lot, or how it begins.")
@click.option("--with-references", is_flag=True, help="Put the patients' references in. Left out otherwise.")
@OUTPUT
@DATA
def export_log(
    name: str | None, form: str, view: str, first: datetime | None, last: datetime | None, room: str | None,
    gun: str | None, flag: str | None, code: str | None, with_references: bool, output: Path, data: Path | None,
) -> None:  # fmt: skip
    """Write the sterility log as a file and record its row count, filter and checksum.

    CSV is in UTF-8 with one header, moments in UTC. In CSV and XLSX, where a cell, or what follows a semicolon, tab or
    line end in it, could be taken for a formula, an apostrophe stands before it. To have back what was entered, take
    off each apostrophe at such a place that = + - @, their full-width forms, a tab or a line end follows, spaces and
    quotation marks aside. The PDF carries the newest signed checkpoint of the record on each page.

    \b
    Exit codes: 0  written, also when no row is of those days
                1  refused, or the database cannot be read
                2  used wrongly
    """
    with database(data) as app, written_whole(output) as part:
        by = the_clinic(name)
        wanted = LogFilter(
            day(first), day(last), _room(by, room), _gun(by, gun), flag=_flag(flag) if flag else None, code=code
        )
        asked = Asked(wanted, Shape(view), ExportFormat(form), with_references)
        db.session.rollback()
        begin_write()
        begun = begin_export(asked, by, utc_now())
        db.session.commit()
        begin_write()
        try:
            sign(by.clinic_id, signer_of(app), utc_now())
        except (KeyUnavailable, Contradiction) as fault:
            click.echo(f"No new checkpoint: {fault.sentence}", err=True)
        export_id = begun.id
        db.session.commit()
        # Read without the write lock: a long export must not keep the clinic from its work.
        made = _made(part, begun, asked, by)
        db.session.rollback()
        begin_write()
        finish_export(export_of(by.clinic_id, export_id), made, by, utc_now())
        db.session.commit()
    click.echo(f"{output}: {made.rows} rows, SHA-256 {made.sha256}")


def _made(part: Path, begun: Export, asked: Asked, by: Program) -> Made:
    export_id, now = begun.id, begun.at
    steps = make(part, asked, by, lambda summary: cover_of(asked, by, now, summary, export_id))
    said = -1
    while True:
        try:
            step = next(steps)
        except StopIteration as over:
            made: Made = over.value
            return made
        share = step.done * 10 // max(step.of, 1)
        if share != said and sys.stderr.isatty():
            said = share
            click.echo(f"{step.done} of {step.of} rows", err=True)


def _room(by: Program, name: str | None) -> UUID | None:
    if name is None:
        return None
    found = db.session.scalar(select(Location.id).where(Location.clinic_id == by.clinic_id, Location.name == name))
    if found is None:
        raise click.UsageError(f"There is no room named {name} in this clinic.")
    return found


def _gun(by: Program, serial_number: str | None) -> UUID | None:
    if serial_number is None:
        return None
    named = (Gun.clinic_id == by.clinic_id, Gun.serial_number == serial_number)
    found = db.session.scalar(select(Gun.id).where(*named))
    if found is None:
        raise click.UsageError(f"There is no gun with serial number {serial_number} in this clinic.")
    return found


def _flag(code: str) -> str:
    return "any" if code.lower() == "any" else code.upper()
