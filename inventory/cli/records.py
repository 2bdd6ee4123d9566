"""`sterilog audit`, `export` and `labels`: for support and for the auditor."""

import sys
from pathlib import Path
from shutil import copyfileobj

import click
from sqlalchemy import select

from inventory.audit.handing_out import noted_of, packed, seals_of, whole_record
from inventory.audit.operations import record
from inventory.audit.queries import verify as verify_chain
from inventory.audit.signing import begin_epoch, sign
from inventory.cli.opening import CLINIC, DATA, OUTPUT, database, the_clinic, written_whole
from inventory.cli.signed_subjects import READERS
from inventory.cli.signing import signer_of
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.packs.labelling import label_of
from inventory.packs.queries import unlabelled
from inventory.people.models import Clinic
from inventory.printing.operations import pages
from inventory.signatures.verifying import faults
from labels.media import MEDIA

MOST_LABELS = 10_000


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@DATA
def verify(data: Path | None) -> None:
    """Recompute every clinic's chain and name its newest entry, to compare with one noted elsewhere; then hold each
    signature against its digest, the record, and what it is of.

    \b
    Exit codes: 0  every chain is whole and everything signed is as it was signed
                1  an entry or a signature does not hold, or there is nothing to verify
                2  used wrongly, such as a folder without a database
    """
    with database(data):
        clinics = db.session.scalars(select(Clinic).order_by(Clinic.name)).all()
        if not clinics:
            raise click.ClickException("There is no clinic in this database, so nothing was verified.")
        broken, named = False, [(clinic.id, clinic.name) for clinic in clinics]
        for clinic in clinics:
            found = verify_chain(clinic.id)
            broken = broken or not found.whole
            if found.whole:
                click.echo(f"{clinic.name}: whole, {found.entries} entries, head {found.head}")
            else:
                click.echo(f"{clinic.name}: BROKEN at entry {found.broken_at}: {found.reason}")
        for clinic_id, name in named:
            for fault in faults(clinic_id, READERS):
                broken = True
                click.echo(f"{name}: {fault.rule}: {fault.sentence}")
    sys.exit(1 if broken else 0)


@audit.command()
@DATA
def key(data: Path | None) -> None:
    """Print the public key that the record is signed with. Give it to whoever is to check the record, on paper too."""
    with database(data) as app:
        click.echo(signer_of(app).public_key)


@audit.command()
@CLINIC
@click.option("--reason", required=True, help="Why the database was restored from a backup.")
@DATA
def restored(name: str | None, reason: str, data: Path | None) -> None:
    """Say in the record that it was restored from a backup, and sign it anew from there.

    The signer refuses a record that does not go on from what it signed. After a restore that is right, and this says
    so: for ever, and with how far the lost record had been signed.

    \b
    Exit codes: 0  said and signed
                1  the record goes on from what was signed, so nothing was restored
                2  used wrongly
    """
    with database(data) as app:
        by = the_clinic(name)
        db.session.rollback()
        begin_write()
        clinic = db.session.get_one(Clinic, by.clinic_id)
        noted = begin_epoch(clinic, signer_of(app), reason, by, utc_now())
        db.session.commit()
    click.echo(f"Signed anew up to entry {noted.checkpoint.size}, in epoch {noted.checkpoint.epoch}.")


@click.group()
def export() -> None:
    """Files for outsiders."""


@export.command("record")
@CLINIC
@OUTPUT
@DATA
def export_record(name: str | None, output: Path, data: Path | None) -> None:
    """Write the whole record with its signed checkpoints and a program that checks them, and note that it was done.

    \b
    Exit codes: 0  written
                1  the record is not the one that was signed, or the key cannot be used; nothing was written
                2  used wrongly
    """
    with database(data) as app, written_whole(output) as part:
        by, signer = the_clinic(name), signer_of(app)
        db.session.rollback()
        begin_write()
        clinic = db.session.get_one(Clinic, by.clinic_id)
        record(by, "export.made", clinic, now=utc_now(), what="record")
        db.session.commit()
        begin_write()
        sign(by.clinic_id, signer, utc_now())
        title = clinic.name
        db.session.commit()
        noted = noted_of(by.clinic_id)
        size = noted[-1].checkpoint.size
        made = packed(title, size, size, whole_record(by.clinic_id, noted), signer.public_key, seals_of(by.clinic_id))
        with made, part.open("wb") as file:
            copyfileobj(made, file)
    click.echo(f"{output}: {size} entries, signed. Newest checkpoint:\n\n{noted[-1].note}")


@click.command()
@CLINIC
@click.option("--medium", type=click.Choice(sorted(MEDIA)), default="avery-l7160", show_default=True)
@click.option("--start", type=int, default=1, show_default=True, help="First free label on the sheet.")
@OUTPUT
@DATA
def labels(name: str | None, medium: str, start: int, output: Path, data: Path | None) -> None:
    """Write the labels of all packs not yet labelled as PDF. Marks nothing as printed: do that on the page.

    \b
    Exit codes: 0  written
                1  no pack waits for a label; nothing was written
                2  used wrongly, such as a start beyond the sheet
    """
    with database(data) as app:
        waiting = unlabelled(the_clinic(name).clinic_id, limit=MOST_LABELS)
        if not waiting:
            raise click.ClickException("No pack waits for its label, so nothing was written.")
        made = [label_of(pack, app.config["PUBLIC_URL"]) for pack in waiting]
        with click.progressbar(made, label="Labels", file=sys.stderr) as taken:
            drawn = pages(made, taken, MEDIA[medium], start)
            with written_whole(output) as part, part.open("wb") as file:
                file.writelines(drawn)
    click.echo(f"{output}: {len(waiting)} labels")
