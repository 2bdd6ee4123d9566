"""`sterilog anchors` and `sterilog witness`: the record's checkpoints kept elsewhere, and those of others kept here."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from inventory.anchors import asking, operations, queries
from inventory.audit import signing
from inventory.audit.actors import Program
from inventory.audit.cosigning import PublicKey, UnusableKey, witness_key_of
from inventory.audit.evidence import Noted
from inventory.audit.handing_out import newest_noted, tree_of
from inventory.audit.models import TimeSeal
from inventory.audit.witness import Witness
from inventory.cli.opening import DATA, database, sentences
from inventory.cli.signing import signer_of
from inventory.clock import day_in, utc_now
from inventory.config import settings
from inventory.db import begin_write, db
from inventory.errors import DomainError
from inventory.mail.views import deliver_waiting
from inventory.people.models import Clinic


@click.group()
def anchors() -> None:
    """Checkpoints of the record, kept where its owner cannot reach them."""


@anchors.command("send")
@DATA
def send_anchors(data: Path | None) -> None:
    """For cron, every hour: sign each record, mail the day's checkpoint, ask the witness and the time-stamp authority.

    Each is done as far as it is set: mail by STERILOG_SMTP_URL and the addresses on the page Kept elsewhere, the
    witness by STERILOG_WITNESS_URL and STERILOG_WITNESS_KEY, the authority by STERILOG_TIME_SEAL_URL. What fails is
    said and tried again the next time; it keeps nothing else from being done.

    \b
    Exit codes: 0  all done, or nothing was due
                1  something was not taken or not answered
                2  used wrongly
    """
    faults = 0
    with database(data) as app:
        witness = _witness_asked(app)
        for clinic_id, name in db.session.execute(select(Clinic.id, Clinic.name).order_by(Clinic.name)).all():
            for step in (_mailed, lambda app, by, noted: _cosigned(app, by, noted, witness), _sealed):
                faults += not _done(app, clinic_id, name, step)
        taken, refused = deliver_waiting()
    click.echo(f"{taken} mails sent, {refused} not taken")
    sys.exit(1 if faults or refused else 0)


@click.group()
def witness() -> None:
    """This installation as a witness for others: it signs that it saw their checkpoints, and none that contradict."""


@witness.command("key")
@DATA
def witness_key(data: Path | None) -> None:
    """Print this witness's public key, for STERILOG_WITNESS_KEY elsewhere and for verify.py --witness."""
    click.echo(_own(data).public_key)


@witness.command()
@click.argument("name")
@click.argument("key")
@DATA
def trust(name: str, key: str, data: Path | None) -> None:
    """Cosign the records signed with KEY, the line of `sterilog audit key` over there, called NAME here."""
    try:
        _own(data).trust(name, key)
    except UnusableKey as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(f"The records of {name} are cosigned from now on, at /witness/add-checkpoint.")


@witness.command("newest")
@DATA
def newest_seen(data: Path | None) -> None:
    """Print the newest checkpoint of each record seen here: an anchor for whoever checks it."""
    click.echo("\n".join(_own(data).newest()), nl=False)


def _own(data: Path | None) -> Witness:
    with sentences():
        return Witness(settings({"DATA_DIR": data} if data else {})["DATA_DIR"])


def _done(app: Flask, clinic_id: object, name: str, step: Callable[[Flask, Program, Noted], None]) -> bool:
    """One step for one clinic, in a transaction of its own; a refusal is said and ends only that step."""
    db.session.rollback()
    begin_write()
    clinic = db.session.get_one(Clinic, clinic_id)
    by = Program(clinic.id, clinic.time_zone)
    try:
        signing.sign(by.clinic_id, signer_of(app), utc_now())
        db.session.commit()
        noted = newest_noted(by.clinic_id)
        db.session.rollback()
        if noted is not None:
            step(app, by, noted)
    except DomainError as fault:
        db.session.rollback()
        click.echo(f"{name}: {fault.sentence}", err=True)
        return False
    return True


def _mailed(app: Flask, by: Program, noted: Noted) -> None:
    key = signer_of(app).public_key
    begin_write()
    clinic = db.session.get_one(Clinic, by.clinic_id)
    for row in queries.addresses(by.clinic_id):
        operations.mail_checkpoint(row, noted, clinic, key, by, utc_now())
    db.session.commit()


def _cosigned(app: Flask, by: Program, noted: Noted, witness: PublicKey | None) -> None:
    if witness is None:
        return
    last = queries.cosigned_to(by.clinic_id)
    size, epoch = noted.checkpoint.size, noted.checkpoint.epoch
    if last is not None and (last.epoch, last.size, last.witness) == (epoch, size, witness.line):
        return
    known = last.size if last is not None and last.epoch == epoch and last.witness == witness.line else 0
    tree = tree_of(by.clinic_id, size)
    db.session.rollback()
    url = app.config["WITNESS_URL"]
    signature = asking.cosignature(url, witness, noted, known, lambda old: tree.consistency(old, size))
    begin_write()
    operations.keep_cosignature(noted, signature, witness)
    db.session.commit()


def _sealed(app: Flask, by: Program, noted: Noted) -> None:
    url = app.config["TIME_SEAL_URL"]
    last = queries.sealed_to(by.clinic_id) if url else None
    db.session.rollback()
    if not url or (last is not None and _is_enough(last, by, noted)):
        return
    response, at = asking.time_seal(url, noted)
    begin_write()
    operations.keep_seal(noted, url, response, at)
    db.session.commit()


def _is_enough(last: TimeSeal, by: Program, noted: Noted) -> bool:
    """One a day will do, and none where nothing was written since."""
    same = (last.epoch, last.size) == (noted.checkpoint.epoch, noted.checkpoint.size)
    return same or day_in(by.time_zone, last.at) == day_in(by.time_zone, utc_now())


def _witness_asked(app: Flask) -> PublicKey | None:
    if not app.config["WITNESS_URL"]:
        return None
    try:
        return witness_key_of(app.config["WITNESS_KEY"])
    except UnusableKey as fault:
        raise click.UsageError(f"STERILOG_WITNESS_KEY: {fault}") from None
