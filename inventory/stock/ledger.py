"""A lot's movements and where its units are."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Tuple, func, literal, select, tuple_
from sqlalchemy.orm import contains_eager

from inventory.db import db
from inventory.stock.models import Balance, Location, Lot, Movement, Product

PAGE = 50


@dataclass(frozen=True)
class Holding:
    lot: Lot
    location: Location
    on_hand: int


@dataclass(frozen=True)
class LedgerLine:
    """A movement and how much of the lot the clinic held after it."""

    movement: Movement
    on_hand_after: int


@dataclass(frozen=True)
class LedgerPage:
    """`older` is the movement the next page stands before, None on the last page."""

    lines: Sequence[LedgerLine]
    older: UUID | None


def holdings_of(product: Product) -> list[Holding]:
    """Where the product's lots are, first expired first; places that hold none are left out."""
    query = (
        select(Lot, Location, Balance.on_hand)
        .join(Balance, (Balance.lot_id == Lot.id) & (Balance.clinic_id == Lot.clinic_id))
        .join(Location, Location.id == Balance.location_id)
        .where(Lot.clinic_id == product.clinic_id, Lot.product_id == product.id, Balance.on_hand > 0)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.number, Location.name)
    )
    return [Holding(lot, location, on_hand) for lot, location, on_hand in db.session.execute(query)]


def holdings_of_lot(lot: Lot) -> list[Holding]:
    """Where the lot is, by name; places that hold none are left out."""
    query = (
        select(Location, Balance.on_hand)
        .join(Balance, (Balance.location_id == Location.id) & (Balance.clinic_id == Location.clinic_id))
        .where(Balance.clinic_id == lot.clinic_id, Balance.lot_id == lot.id, Balance.on_hand > 0)
        .order_by(Location.name)
    )
    return [Holding(lot, location, on_hand) for location, on_hand in db.session.execute(query)]


def ledger_page(lot: Lot, before: UUID | None = None, limit: int = PAGE) -> LedgerPage:
    """The lot's movements, newest first, from below the movement `before`."""
    place = tuple_(Movement.at, Movement.id)
    of_lot = (Movement.clinic_id == lot.clinic_id, Movement.lot_id == lot.id)
    query = (
        select(Movement)
        .join(Movement.location)
        .options(contains_eager(Movement.location))
        .where(*of_lot)
        .order_by(Movement.at.desc(), Movement.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        cursor = select(Movement.at, Movement.id).where(*of_lot, Movement.id == before).subquery()
        query = query.where(place < select(cursor.c.at, cursor.c.id).scalar_subquery())
    found = db.session.scalars(query).all()
    movements = found[:limit]
    if not movements:
        return LedgerPage([], None)
    newest = movements[0]
    on_hand = db.session.scalar(select(func.sum(Movement.quantity)).where(*of_lot, place <= _place_of(newest)))
    return LedgerPage(_running(movements, on_hand or 0), movements[-1].id if len(found) > limit else None)


def _place_of(movement: Movement) -> Tuple:
    """Typed by its columns: a bare moment would be compared in another spelling than it is stored in."""
    return tuple_(literal(movement.at, Movement.at.type), literal(movement.id, Movement.id.type))


def _running(movements: Sequence[Movement], on_hand: int) -> list[LedgerLine]:
    lines = []
    for movement in movements:
        lines.append(LedgerLine(movement, on_hand))
        on_hand -= movement.quantity
    return lines
