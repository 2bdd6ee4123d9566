"""`sterilog digest`: the daily mail, for a scheduler."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.cli.opening import DATA, database
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.digest import operations
from inventory.digest.models import DigestChoice
from inventory.mail.operations import AddressUnusable
from inventory.mail.views import deliver_waiting
from inventory.people.models import Clinic


@click.group()
def digest() -> None:
    """The daily mail of what is low, expires or waits."""


@digest.command()
@DATA
def send(data: Path | None) -> None:
    """Queue each person's digest of today, in every clinic, once, and hand what waits to the mail server.

    \b
    Exit codes: 0  sent, or nothing was to send
                1  the mail server did not take some; they stay in the outgoing mail and are tried again
                2  used wrongly, such as without STERILOG_SMTP_URL
    """
    queued = 0
    with database(data) as app:
        if not app.config["SMTP_URL"]:
            raise click.UsageError("Set STERILOG_SMTP_URL, such as smtp+starttls://user:password@mail.example:587.")
        clinics = [(clinic.id, clinic.time_zone) for clinic in db.session.scalars(select(Clinic).order_by(Clinic.name))]
        for clinic_id, zone in clinics:
            by, now = Program(clinic_id, zone), utc_now()
            for choice_id in [choice.id for choice in operations.due(by, now)]:
                queued += _queued(choice_id, app.config["PUBLIC_URL"], by, now)
        taken, refused = deliver_waiting()
    click.echo(f"{queued} queued, {taken} sent, {refused} not taken")
    sys.exit(1 if refused else 0)


def _queued(choice_id: UUID, public_url: str, by: Program, now: datetime) -> int:
    """A transaction a person: one whose address is wrong does not keep the others from their mail."""
    db.session.rollback()
    begin_write()
    try:
        sent = operations.send(db.session.get_one(DigestChoice, choice_id), public_url, by, now)
    except AddressUnusable as fault:
        db.session.rollback()
        click.echo(f"{fault.address}: {fault.sentence}", err=True)
        return 0
    db.session.commit()
    return int(sent is not None and sent.lines > 0)
