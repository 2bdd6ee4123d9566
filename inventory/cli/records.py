"""`sterilog audit`, `export`, `labels` and `backup`: for support and for the auditor."""

import sys
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select

from inventory import create_app
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.audit.queries import verify as verify_chain
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.packs.labelling import label_of
from inventory.packs.queries import unlabelled
from inventory.people.models import Clinic
from inventory.sterility.filters import LogFilter
from inventory.sterility.operations import begin_export, finish_export, write_log
from labels.media import MEDIA
from labels.pdf import write_pdf

DAY = click.DateTime(["%Y-%m-%d"])
DATA = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database; default: instance.")


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@DATA
def verify(data: Path | None) -> None:
    """Recompute every clinic's chain. Exit code 1 when an entry does not hold."""
    broken = False
    with create_app(_settings(data)).app_context():
        for clinic in db.session.scalars(select(Clinic).order_by(Clinic.name)):
            found = verify_chain(clinic.id)
            if found.whole:
                click.echo(f"{clinic.name}: whole, {found.entries} entries, head {found.head}")
            else:
                broken = True
                click.echo(f"{clinic.name}: BROKEN at entry {found.broken_at}: {found.reason}")
    sys.exit(1 if broken else 0)


@click.group()
def export() -> None:
    """Files for outsiders."""


@export.command("log")
@click.option("--clinic", "name", help="Name of the clinic; needed when there are several.")
@click.option("--from", "first", type=DAY, help="First day, such as 2026-10-01.")
@click.option("--to", "last", type=DAY, help="Last day.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@DATA
def export_log(
    name: str | None, first: datetime | None, last: datetime | None, output: Path, data: Path | None
) -> None:
    """Write the sterility log as CSV and record its row count and checksum."""
    with create_app(_settings(data)).app_context():
        by = _program(name)
        begin_write()
        wanted = LogFilter(first_day=_day(first), last_day=_day(last))
        export_row = begin_export(wanted, by, utc_now())
        written = write_log(wanted, by)
        with output.open("wb") as file:
            file.writelines(written)
        finish_export(export_row, written, by, utc_now())
        db.session.commit()
        click.echo(f"{output}: {written.rows} rows, SHA-256 {written.checksum}")


@click.command()
@click.option("--clinic", "name", help="Name of the clinic; needed when there are several.")
@click.option("--medium", type=click.Choice(sorted(MEDIA)), default="avery-l7160", show_default=True)
@click.option("--start", type=int, default=1, show_default=True, help="First free label on the sheet.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@DATA
def labels(name: str | None, medium: str, start: int, output: Path, data: Path | None) -> None:
    """Write the labels of all packs not yet labelled as PDF. Marks nothing as printed: do that on the page."""
    app = create_app(_settings(data))
    with app.app_context():
        waiting = unlabelled(_program(name).clinic_id)
        made = [label_of(pack, app.config["PUBLIC_URL"]) for pack in waiting]
        with output.open("wb") as file:
            pages = write_pdf(made, MEDIA[medium], file, start=start)
        click.echo(f"{output}: {len(made)} labels on {pages} pages")


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@DATA
def backup(target: Path, data: Path | None) -> None:
    """Copy the SQLite database, whole and consistent, while it is in use. Refuses to overwrite."""
    with create_app(_settings(data)).app_context():
        if db.engine.dialect.name != "sqlite":
            raise click.ClickException("This is PostgreSQL: back it up with pg_dump, which sees one moment in time.")
        if target.exists():
            raise click.ClickException(f"{target} exists already. Name a new file.")
        begin_write()
        for clinic in db.session.scalars(select(Clinic)):
            record(Program(clinic.id, clinic.time_zone), "backup.made", clinic, now=utc_now())
        db.session.commit()
        raw = db.engine.raw_connection()
        raw.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
        raw.close()
    click.echo(f"{target}: {target.stat().st_size} bytes")


def _settings(data: Path | None) -> dict[str, object]:
    return {"DATA_DIR": data} if data else {}


def _program(name: str | None) -> Program:
    clinics = db.session.scalars(select(Clinic).order_by(Clinic.name)).all()
    found = [clinic for clinic in clinics if name in (None, clinic.name)]
    if len(found) != 1:
        names = ", ".join(clinic.name for clinic in clinics) or "none"
        raise click.UsageError(f"Name one clinic with --clinic. There are: {names}.")
    return Program(found[0].id, found[0].time_zone)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
