"""A lot that lies on the shelf though nobody received it."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.stock.checks import same_clinic
from inventory.stock.errors import LotNumberMissing
from inventory.stock.models import Lot, LotStatus, Product
from inventory.stock.queries import lot_numbered
from inventory.stock.recalling import LotOfNotice, check_notices


def note_found_lot(product: Product, number: str, expires_on: date | None, by: Actor, now: datetime) -> Lot:
    """Keep the lot, with nothing in stock yet, in quarantine until its delivery is known; a recalled one recalled.

    A lot that is known by now is given as it is. Raises `LotNumberMissing`.
    """
    same_clinic(by, product)
    if not number.strip():
        raise LotNumberMissing
    lot = Lot(
        clinic_id=by.clinic_id,
        product=product,
        number=number.strip(),
        expires_on=expires_on,
        status=LotStatus.QUARANTINED,
        status_reason="Found at a stocktake, never received",
        created_at=now,
    )
    try:
        check_notices(product, number)
    except LotOfNotice as recalled:
        lot.status = LotStatus.RECALLED
        lot.status_reason = f"Notice {recalled.notice.reference}: {recalled.notice.text}"
    known = lot_numbered(product, number)
    if known is not None:
        return known
    try:
        with db.session.begin_nested():
            db.session.add(lot)
            record(by, "lot.found", lot, now=now)
    except IntegrityError:
        # The other counter found it at the same moment.
        known = lot_numbered(product, number)
        if known is None:
            raise
        return known
    return lot
