"""Sending units back to their supplier."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import Invalid
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock import queries
from inventory.stock.checks import positive, reason_given, same_clinic
from inventory.stock.errors import NotEnough
from inventory.stock.models import Location, Lot, Movement, MovementKind
from inventory.stock.shelf_models import SupplierReturn
from inventory.stock.signed_content import content_of_movement


def return_to_supplier(
    lot: Lot, location: Location, quantity: int, reference: str, reason: str, by: Signer, now: datetime
) -> SupplierReturn:
    """Units leave the stock under the supplier's `reference`, signed; a lot of any status may go back.

    Raises `NotEnough`, `ReasonMissing`, `QuantityOutOfRange`, `Invalid`.
    """
    same_clinic(by, lot, location)
    if not reference.strip():
        raise Invalid("Type the supplier's number for this return.", field="reference")
    sent = SupplierReturn(
        clinic_id=by.clinic_id,
        lot=lot,
        location=location,
        quantity=positive(quantity),
        reference=reference.strip(),
        reason=reason_given(reason),
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    left = Movement(
        clinic_id=by.clinic_id,
        lot=lot,
        location=location,
        kind=MovementKind.WRITE_OFF,
        quantity=-quantity,
        at=now,
        by_id=by.id,
        by_name=by.name,
        reason=f"Returned to the supplier, {sent.reference}: {sent.reason}",
        source_id=sent.id,
        on_hand_before=queries.on_hand_locked(lot, location),
    )
    try:
        with db.session.begin_nested():
            db.session.add_all([sent, left])
            under = sign(Meaning.CORRECTION, [left], content_of_movement, by, now)
            record(by, "lot.returned", lot, now=now, also=[sent, left, *under])
    except IntegrityError:
        raise NotEnough(lot, location, queries.on_hand(lot, location), quantity) from None
    return sent


def returns_in(clinic_id: UUID, limit: int = 100) -> Sequence[SupplierReturn]:
    """What went back, newest first."""
    return db.session.scalars(
        select(SupplierReturn)
        .where(SupplierReturn.clinic_id == clinic_id)
        .order_by(SupplierReturn.at.desc(), SupplierReturn.id.desc())
        .limit(limit)
        .options(
            joinedload(SupplierReturn.lot).joinedload(Lot.product),
            joinedload(SupplierReturn.location),
        )
    ).all()
