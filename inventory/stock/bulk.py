"""Many lots moved or corrected in one step: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.actors import Actor
from inventory.audit.operations import Subject, record
from inventory.db import db
from inventory.stock.checks import positive, reason_given, same_clinic, signed
from inventory.stock.errors import MovedAlready, NotEnough, SameLocation
from inventory.stock.models import Balance, Location, Lot, Movement, MovementKind


@dataclass(frozen=True)
class Taking:
    """`quantity` base units of `lot` from `from_`."""

    lot: Lot
    from_: Location
    quantity: int


@dataclass(frozen=True)
class Correction:
    """A signed difference of `lot` at `location`."""

    lot: Lot
    location: Location
    quantity: int


def transfer_all(takings: Sequence[Taking], to: Location, by: Actor, now: datetime) -> UUID:
    """One transfer of many lots: its movements sum to 0 for each lot, and exist together.

    Gives the id they name as their source. Raises `NotEnough`, `SameLocation`, `QuantityOutOfRange`.
    """
    source = uuid7()
    movements = []
    for taking in takings:
        if taking.from_.id == to.id:
            raise SameLocation(to)
        positive(taking.quantity)
        for location, quantity in ((taking.from_, -taking.quantity), (to, taking.quantity)):
            movements.append(_movement(taking.lot, location, MovementKind.TRANSFER, quantity, source, None, by, now))
    _book(_merged(movements), "stock.transferred", to, by, now)
    return source


def adjust_all(
    corrections: Sequence[Correction], reason: str, subject: Subject, by: Actor, now: datetime
) -> Sequence[Movement]:
    """Correct many lots because of `subject`, which does it once. Raises `NotEnough`, `MovedAlready`."""
    why = reason_given(reason)
    movements = [
        _movement(each.lot, each.location, MovementKind.ADJUSTMENT, signed(each.quantity), subject.id, why, by, now)
        for each in corrections
    ]
    _book(movements, "stock.adjusted", subject, by, now)
    return movements


def _movement(
    lot: Lot,
    location: Location,
    kind: MovementKind,
    quantity: int,
    source: UUID,
    reason: str | None,
    by: Actor,
    now: datetime,
) -> Movement:
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
        reason=reason,
        source_id=source,
    )


def _merged(movements: Sequence[Movement]) -> list[Movement]:
    """One movement of a lot at a place: a lot taken from two places arrives in one sum."""
    kept: dict[tuple[UUID, UUID], Movement] = {}
    for movement in movements:
        key = (movement.lot.id, movement.location.id)
        if key in kept:
            kept[key].quantity += movement.quantity
        else:
            kept[key] = movement
    return list(kept.values())


def _book(movements: Sequence[Movement], action: str, subject: Subject, by: Actor, now: datetime) -> None:
    """Always in the same order, so that two of these never wait for each other."""
    in_order = sorted(movements, key=lambda movement: (movement.lot.id, movement.location.id))
    try:
        with db.session.begin_nested():
            db.session.add_all(in_order)
            record(by, action, subject, now=now, also=in_order)
    except IntegrityError as broken:
        short = "on_hand_is_never_negative" in str(broken.orig)
        raise _short(in_order) if short else MovedAlready(in_order[0].lot, in_order[0].location) from None


def _short(movements: Sequence[Movement]) -> NotEnough:
    """Which of them asked for more than there is."""
    lots = [movement.lot.id for movement in movements]
    held = {
        (row.lot_id, row.location_id): row.on_hand
        for row in db.session.execute(
            select(Balance.lot_id, Balance.location_id, Balance.on_hand).where(
                Balance.clinic_id == movements[0].clinic_id, Balance.lot_id.in_(lots)
            )
        )
    }
    for movement in movements:
        there = held.get((movement.lot.id, movement.location.id), 0)
        if there + movement.quantity < 0:
            return NotEnough(movement.lot, movement.location, there, -movement.quantity)
    first = movements[0]
    return NotEnough(first.lot, first.location, held.get((first.lot.id, first.location.id), 0), -first.quantity)
