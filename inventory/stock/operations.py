"""Receiving, using and moving stock. Corrections: `correcting`; products: `catalogue`; a lot's state: `lot_states`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.stock import queries
from inventory.stock.catalogue import (
    add_document,
    add_location,
    add_product,
    add_trade_item,
    change_product,
    change_trade_item,
)
from inventory.stock.checks import positive, same_clinic
from inventory.stock.correcting import adjust, correct_to, write_off
from inventory.stock.errors import (
    DeliveryExpired,
    ExpiryDiffers,
    LotExpired,
    LotNumberMissing,
    LotQuarantined,
    LotRecalled,
    MovedAlready,
    NotEnough,
    SameLocation,
)
from inventory.stock.lot_states import check_lot, quarantine, recall, release_from_quarantine
from inventory.stock.models import Location, Lot, LotStatus, Movement, MovementKind, Product
from inventory.stock.picking import EarlierLotFirst, reason_out_of_order
from inventory.stock.recalling import check_notices

__all__ = [
    "EarlierLotFirst",
    "LotExpired",
    "LotQuarantined",
    "LotRecalled",
    "NotEnough",
    "add_document",
    "add_location",
    "add_product",
    "add_trade_item",
    "adjust",
    "change_product",
    "change_trade_item",
    "check_delivery",
    "check_lot",
    "consume",
    "correct_to",
    "quarantine",
    "recall",
    "receive",
    "release_from_quarantine",
    "transfer",
    "write_off",
]


def receive(
    product: Product,
    number: str,
    expires_on: date | None,
    quantity: int,
    location: Location,
    by: Actor,
    now: datetime,
) -> Lot:
    """Book `quantity` base units of a delivery; a lot the clinic knows already grows.

    A known expiry stays where `expires_on` is None, an unknown one is filled in. Raises `DeliveryExpired`,
    `ExpiryDiffers`, `LotRecalled`, `LotNumberMissing`, `QuantityOutOfRange`.
    """
    same_clinic(by, product, location)
    positive(quantity)
    if not number.strip():
        raise LotNumberMissing
    today = day_in(by.time_zone, now)
    known = check_delivery(product, number, expires_on, today)
    if known is None:
        lot = Lot(
            clinic_id=by.clinic_id,
            product=product,
            number=number.strip(),
            expires_on=expires_on,
            created_at=now,
        )
        try:
            with db.session.begin_nested():
                return _received(lot, quantity, location, by, now)
        except IntegrityError:
            # Somebody received the first box of this lot at the same moment.
            known = queries.lot_numbered(product, number)
            if known is None:
                raise
    db.session.refresh(known, ["status", "status_reason", "expires_on"], with_for_update=True)
    _check_known(known, expires_on, today)
    known.expires_on = known.expires_on or expires_on
    return _received(known, quantity, location, by, now)


def check_delivery(product: Product, number: str, expires_on: date | None, today: date) -> Lot | None:
    """The known lot it would add to. Raises `DeliveryExpired`, `ExpiryDiffers`, `LotRecalled`, `LotOfNotice`."""
    if expires_on is not None and expires_on < today:
        raise DeliveryExpired(product, number, expires_on)
    known = queries.lot_numbered(product, number)
    if known is not None:
        _check_known(known, expires_on, today)
    else:
        check_notices(product, number)
    return known


def consume(
    lot: Lot,
    location: Location,
    quantity: int,
    by: Actor,
    now: datetime,
    *,
    source_id: UUID,
    reason: str | None = None,
) -> Movement:
    """Take base units for `source_id`, once. Raises `NotEnough`, `MovedAlready`. See `check_lot` too.

    `reason` says why another lot did not go first (`picking.reason_out_of_order`).
    """
    taken = _movement(lot, location, MovementKind.CONSUMPTION, -positive(quantity), by, now)
    taken.source_id, taken.reason = source_id, reason
    _book([taken], "lot.consumed", by, now)
    return taken


def transfer(
    lot: Lot,
    from_: Location,
    to: Location,
    quantity: int,
    by: Actor,
    now: datetime,
    *,
    out_of_order: str | None = None,
) -> tuple[Movement, Movement]:
    """Move base units: two movements of one source whose sum is zero.

    Raises `NotEnough`, `SameLocation`, and `EarlierLotFirst` where a usable lot at `from_` expires before this usable
    one and `out_of_order` does not say why that stays; what is blocked or expired is put aside in any order.
    """
    if from_.id == to.id:
        raise SameLocation(to)
    positive(quantity)
    taken = _movement(lot, from_, MovementKind.TRANSFER, -quantity, by, now)
    brought = _movement(lot, to, MovementKind.TRANSFER, quantity, by, now)
    taken.source_id = brought.source_id = uuid7()
    today = day_in(by.time_zone, now)
    if lot.status is LotStatus.USABLE and not lot.expired_on(today):
        taken.reason = reason_out_of_order(lot, from_, out_of_order, today)
    _book([taken, brought], "lot.transferred", by, now)
    return taken, brought


def _received(lot: Lot, quantity: int, location: Location, by: Actor, now: datetime) -> Lot:
    movement = _movement(lot, location, MovementKind.RECEIPT, quantity, by, now)
    db.session.add_all([lot, movement])
    record(by, "lot.received", lot, now=now, also=[movement])
    return lot


def _check_known(lot: Lot, expires_on: date | None, today: date) -> None:
    if lot.status is LotStatus.RECALLED:
        raise LotRecalled(lot)
    if expires_on is not None and lot.expires_on not in (None, expires_on):
        raise ExpiryDiffers(lot, expires_on)
    if lot.expires_on is not None and lot.expired_on(today):
        raise DeliveryExpired(lot.product, lot.number, lot.expires_on)


def _movement(lot: Lot, location: Location, kind: MovementKind, quantity: int, by: Actor, now: datetime) -> Movement:
    same_clinic(by, lot, location)
    return Movement(
        clinic_id=by.clinic_id,
        lot=lot,
        location=location,
        kind=kind,
        quantity=quantity,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )


def _book(movements: list[Movement], action: str, by: Actor, now: datetime) -> None:
    """Store movements of one lot. The balance's check answers, no reading before: two may want the last."""
    lot, taking = movements[0].lot, movements[0]
    # Always in the same order, so that two opposite transfers never wait for each other.
    in_order = sorted(movements, key=lambda movement: movement.location.id)
    try:
        with db.session.begin_nested():
            db.session.add_all(in_order)
            record(by, action, lot, now=now, also=movements)
    except IntegrityError as broken:
        location = taking.location
        if "on_hand_is_never_negative" in str(broken.orig):
            raise NotEnough(lot, location, queries.on_hand(lot, location), -taking.quantity) from None
        raise MovedAlready(lot, location) from None
