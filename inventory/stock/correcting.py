"""Corrections of the books by a person, each signed: what was counted; what is broken, spilt or past its date."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.operations import record
from inventory.db import db
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock import queries
from inventory.stock.checks import positive, reason_given, same_clinic, signed
from inventory.stock.errors import NotEnough, NothingToCorrect
from inventory.stock.models import Location, Lot, Movement, MovementKind
from inventory.stock.signed_content import content_of_movement


def adjust(lot: Lot, location: Location, quantity: int, reason: str, by: Signer, now: datetime) -> Movement:
    """Add a difference, above or below zero, found in the stock. Raises `NotEnough`, `ReasonMissing`."""
    return _corrected(lot, location, MovementKind.ADJUSTMENT, signed(quantity), reason, "lot.adjusted", by, now)


def correct_to(lot: Lot, location: Location, counted: int, reason: str, by: Signer, now: datetime) -> Movement:
    """Adjust to what was counted on the shelf. Raises `NothingToCorrect` where the books say the same."""
    same_clinic(by, lot, location)
    if counted != 0:
        positive(counted)
    on_hand = queries.on_hand_locked(lot, location)
    if counted == on_hand:
        raise NothingToCorrect(lot, location, on_hand)
    return adjust(lot, location, counted - on_hand, reason, by, now)


def write_off(lot: Lot, location: Location, quantity: int, reason: str, by: Signer, now: datetime) -> Movement:
    """Take away what is broken, spilt or past its date. Raises `NotEnough`, `ReasonMissing`."""
    return _corrected(lot, location, MovementKind.WRITE_OFF, -positive(quantity), reason, "lot.written_off", by, now)


def _corrected(
    lot: Lot,
    location: Location,
    kind: MovementKind,
    quantity: int,
    reason: str,
    action: str,
    by: Signer,
    now: datetime,
) -> Movement:
    same_clinic(by, lot, location)
    why, before = reason_given(reason), queries.on_hand_locked(lot, location)
    movement = Movement(
        clinic_id=by.clinic_id,
        lot=lot,
        location=location,
        kind=kind,
        quantity=quantity,
        at=now,
        by_id=by.id,
        by_name=by.name,
        reason=why,
        on_hand_before=before,
    )
    try:
        with db.session.begin_nested():
            db.session.add(movement)
            under = sign(Meaning.CORRECTION, [movement], content_of_movement, by, now)
            record(by, action, lot, now=now, also=[movement, *under])
    except IntegrityError as broken:
        if "on_hand_is_never_negative" not in str(broken.orig):
            raise
        raise NotEnough(lot, location, queries.on_hand(lot, location), -quantity) from None
    return movement
