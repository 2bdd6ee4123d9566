"""Par levels, and filling a location up to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.stock.bulk import Taking, transfer_all
from inventory.stock.checks import same_clinic
from inventory.stock.filling import Need, Supply, need_of
from inventory.stock.levels import usable_on
from inventory.stock.models import LARGEST_QUANTITY, Balance, Location, LocationKind, Lot, Product
from inventory.stock.shelf_models import ParLevel


class NothingToFill(DomainError):
    def __init__(self, location: Location) -> None:
        super().__init__(f"{location.name} has what it should, or nothing of it is left elsewhere. Look at the list.")
        self.location = location


class ListChanged(DomainError):
    """Between the list and the tap somebody took of the same lots."""

    def __init__(self, location: Location) -> None:
        super().__init__(f"What {location.name} needs has changed meanwhile. Look at the new list, then fill.")
        self.location = location


@dataclass(frozen=True)
class FillLine:
    """A product of the list: what it lacks, and the lots to bring, each with its place."""

    product: Product
    need: Need
    takings: tuple[Taking, ...]


@dataclass(frozen=True)
class FillList:
    location: Location
    lines: Sequence[FillLine]

    @property
    def takings(self) -> list[Taking]:
        return [taking for line in self.lines for taking in line.takings]

    @property
    def mark(self) -> str:
        """What the list says, in one line: whoever fills by it fills by what they saw."""
        return ",".join(f"{each.lot.id.hex}:{each.from_.id.hex}:{each.quantity}" for each in self.takings)


def set_par(location: Location, product: Product, quantity: int, by: Actor, now: datetime) -> ParLevel:
    """Fill `location` up to `quantity` base units of `product` from now on; 0 ends it. Raises `Invalid`."""
    same_clinic(by, location, product)
    if not 0 <= quantity <= LARGEST_QUANTITY:
        raise Invalid(f"Type a whole number from 0 to {LARGEST_QUANTITY:,}.", field="quantity")
    known = _par(location, product)
    if known is None:
        level = ParLevel(clinic_id=by.clinic_id, location=location, product=product, quantity=quantity)
        try:
            with db.session.begin_nested():
                db.session.add(level)
                record(by, "par_level.set", level, now=now)
            return level
        except IntegrityError:
            # Somebody set the first level of this product here at the same moment.
            known = _par(location, product)
            if known is None:
                raise
    known.quantity = quantity
    record(by, "par_level.set", known, now=now)
    return known


def pars_of(location: Location) -> Sequence[ParLevel]:
    """Par levels in force at a location, by product name."""
    return db.session.scalars(
        select(ParLevel)
        .join(Product, Product.id == ParLevel.product_id)
        .where(ParLevel.clinic_id == location.clinic_id, ParLevel.location_id == location.id, ParLevel.quantity > 0)
        .order_by(Product.name)
        .options(joinedload(ParLevel.product))
    ).all()


def fill_list(location: Location, today: date) -> FillList:
    """What `location` lacks today, and which lots fill it. Taken from stores where they have it, else from nowhere:
    a room is not emptied to fill another.
    """
    levels = pars_of(location)
    products = [level.product_id for level in levels]
    rows = db.session.execute(
        select(Lot, Location, Balance.on_hand)
        .join(Balance, (Balance.lot_id == Lot.id) & (Balance.clinic_id == Lot.clinic_id))
        .join(Location, Location.id == Balance.location_id)
        .where(Lot.clinic_id == location.clinic_id, Lot.product_id.in_(products), Balance.on_hand > 0, usable_on(today))
        .options(joinedload(Lot.product))
    ).all()
    lots = {lot.id: lot for lot, _, _ in rows}
    places = {place.id: place for _, place, _ in rows}
    lines = []
    for level in levels:
        mine = [(lot, place, held) for lot, place, held in rows if lot.product_id == level.product_id]
        there = sum(held for _, place, held in mine if place.id == location.id)
        supplies = [
            Supply(lot.id, place.id, lot.expires_on, held)
            for lot, place, held in mine
            if place.id != location.id and place.kind is LocationKind.STORE and place.active
        ]
        need = need_of(level.product_id, level.quantity, there, supplies)
        takings = tuple(Taking(lots[p.lot_id], places[p.location_id], p.quantity) for p in need.picks)
        if need.lacking:
            lines.append(FillLine(level.product, need, takings))
    return FillList(location, lines)


def fill(location: Location, seen: str, by: Actor, now: datetime) -> FillList:
    """Move what the list says in one transfer. `seen` is the `FillList.mark` that was looked at.

    Raises `NothingToFill`, `ListChanged`, `NotEnough`.
    """
    same_clinic(by, location)
    wanted = fill_list(location, day_in(by.time_zone, now))
    if not wanted.takings:
        raise NothingToFill(location)
    if wanted.mark != seen:
        raise ListChanged(location)
    transfer_all(wanted.takings, location, by, now)
    return wanted


def par_counts(clinic_id: UUID) -> dict[UUID, int]:
    """How many products each location has a par level for."""
    rows = db.session.execute(
        select(ParLevel.location_id, func.count())
        .where(ParLevel.clinic_id == clinic_id, ParLevel.quantity > 0)
        .group_by(ParLevel.location_id)
    )
    return dict(rows.all())


def _par(location: Location, product: Product) -> ParLevel | None:
    return db.session.scalar(
        select(ParLevel).where(
            ParLevel.clinic_id == location.clinic_id,
            ParLevel.location_id == location.id,
            ParLevel.product_id == product.id,
        )
    )
