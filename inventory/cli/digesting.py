"""`sterilog digest`: the daily mail, for a scheduler."""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.cli.opening import DATA, database
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.digest import operations
from inventory.digest.models import DigestChoice
from inventory.digest.posting import NotPosted, by_smtp
from inventory.people.models import Clinic


@click.group()
def digest() -> None:
    """The daily mail of what is low, expires or waits."""


@digest.command()
@click.option(
    "--smtp", envvar="STERILOG_SMTP", default="localhost:25", show_default=True, help="Mail server, host:port."
)
@click.option("--from", "sender", envvar="STERILOG_MAIL_FROM", required=True, help="Address the mail comes from.")
@click.option("--starttls", is_flag=True, help="Encrypt the way to the mail server.")
@DATA
def send(smtp: str, sender: str, starttls: bool, data: Path | None) -> None:
    """Send each person's digest of today, in every clinic, to those who chose one and had none today yet.

    \b
    Exit codes: 0  sent, or nothing was to send
                1  the mail server did not take one; it is tried again at the next run
                2  used wrongly
    """
    post, count, refused = by_smtp(smtp, sender, starttls=starttls), 0, 0
    with database(data) as app:
        clinics = [(clinic.id, clinic.time_zone) for clinic in db.session.scalars(select(Clinic).order_by(Clinic.name))]
        for clinic_id, zone in clinics:
            by, now = Program(clinic_id, zone), utc_now()
            for choice_id in [choice.id for choice in operations.due(by, now)]:
                db.session.rollback()
                begin_write()
                choice = db.session.get_one(DigestChoice, choice_id)
                try:
                    sent = operations.send(choice, post, app.config["PUBLIC_URL"], by, now)
                except NotPosted as fault:
                    db.session.rollback()
                    click.echo(fault.sentence, err=True)
                    refused += 1
                else:
                    db.session.commit()
                    count += bool(sent and sent.lines)
    click.echo(f"{count} sent")
    sys.exit(1 if refused else 0)
