"""Putting the record's checkpoints where its owner cannot reach them, and closing the day."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.anchors import queries
from inventory.anchors.models import AnchorAddress, CheckpointMail, DayClose
from inventory.audit.actors import Actor, Program
from inventory.audit.cosigning import PublicKey, cosigned_at
from inventory.audit.evidence import Noted
from inventory.audit.models import Cosignature, TimeSeal
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.mail.operations import checked, queue
from inventory.people.models import Clinic, Membership

LETTER = """\
This is the checkpoint of the sterility record of {name}, of {day}. Keep this mail; nothing else is asked of you.

Whoever checks an export of the record (verify.py, in the export) gives it the lines between the rulers as --anchor. A
record that was changed or cut off before entry {size} does not agree with them.

------------------------------------------------------------
{note}------------------------------------------------------------

The public key it is signed with, which should be the same in every mail:

{key}
"""


class AlreadyMailed(Invalid):
    def __init__(self, address: str) -> None:
        super().__init__(f"{address} gets the checkpoint already. Type another address.", field="address")


class NotYet(Invalid):
    code = "NOT_YET"

    def __init__(self) -> None:
        super().__init__("That day has not begun yet. Close today, or an earlier day.", field="day")


class NotTheirs(DomainError):
    """What came back is no cosignature of the witness that was asked."""

    code = "NOT_THEIRS"

    def __init__(self) -> None:
        super().__init__("What came back is not signed by the witness that was asked. Check STERILOG_WITNESS_KEY.")


def add_address(address: str, by: Actor, now: datetime) -> AnchorAddress:
    """Mail each day's checkpoint to `address`. Raises `AddressUnusable`, `AlreadyMailed`."""
    row = AnchorAddress(clinic_id=by.clinic_id, address=checked(address.strip().lower()), since=now)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            record(by, "anchor.address_added", row, now=now)
    except IntegrityError:
        raise AlreadyMailed(row.address) from None
    return row


def end_address(row: AnchorAddress, by: Actor, now: datetime) -> None:
    """No more mail to it; what it has, it keeps. Said twice, the first time stands."""
    if row.ended_at is None:
        row.ended_at = now
        record(by, "anchor.address_ended", row, now=now)


def mail_checkpoint(
    row: AnchorAddress, noted: Noted, clinic: Clinic, public_key: str, by: Program, now: datetime
) -> CheckpointMail | None:
    """Queue the clinic's day's checkpoint to one address; None where that was done before."""
    day = day_in(by.time_zone, now)
    signed = noted.checkpoint
    sent = CheckpointMail(
        clinic_id=by.clinic_id, address_id=row.id, day=day, epoch=signed.epoch, size=signed.size, at=now
    )
    try:
        with db.session.begin_nested():
            db.session.add(sent)
            record(by, "anchor.mailed", sent, now=now)
    except IntegrityError:
        return None
    letter = LETTER.format(name=clinic.name, day=f"{day:%d %B %Y}", size=signed.size, note=noted.note, key=public_key)
    queue(row.address, f"Checkpoint of {clinic.name}, {day.isoformat()}", letter, by, now, cause_id=sent.id)
    return sent


def close_day(day: date, membership: Membership, by: Actor, now: datetime) -> DayClose:
    """Keep what the day came to, under the name of who closed it. Raises `NotYet`."""
    if day > day_in(by.time_zone, now):
        raise NotYet
    before = queries.closes_of(by.clinic_id, day)
    closed = DayClose(
        clinic_id=by.clinic_id,
        day=day,
        number=before[0].number + 1 if before else 1,
        membership_id=membership.id,
        at=now,
        **asdict(queries.counted(by.clinic_id, by.time_zone, day)),
    )
    db.session.add(closed)
    record(by, "day.closed", closed, now=now)
    return closed


def keep_cosignature(noted: Noted, signature: str, witness: PublicKey) -> Cosignature:
    """What a witness answered. Raises `NotTheirs`."""
    signed = noted.checkpoint
    at = cosigned_at(signed.text, signature, witness)
    if at is None:
        raise NotTheirs
    row = Cosignature(
        chain=signed.chain, epoch=signed.epoch, size=signed.size, witness=witness.line, signature=signature, at=at
    )
    db.session.add(row)
    db.session.flush()
    return row


def keep_seal(noted: Noted, authority: str, response: bytes, at: datetime) -> TimeSeal:
    """What a time-stamp authority answered, checked by the caller."""
    signed = noted.checkpoint
    row = TimeSeal(
        chain=signed.chain, epoch=signed.epoch, size=signed.size, authority=authority, response=response, at=at
    )
    db.session.add(row)
    db.session.flush()
    return row
