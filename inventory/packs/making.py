"""Making up packs: what it takes from the stock, and the packs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from uuid6 import uuid7

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.packs.checks import same_clinic
from inventory.packs.errors import LoadNotSterile, NoSuchMakeUp, NotPackable, UseByTooLate
from inventory.packs.lifecycle import NO_DATE
from inventory.packs.models import Pack, PackContent, ShelfMode
from inventory.sterilising.models import Load, LoadState
from inventory.stock import operations as stock
from inventory.stock import queries as stock_queries
from inventory.stock.levels import PACKABLE
from inventory.stock.models import Location, Lot
from inventory.stock.picking import reason_out_of_order
from labels import codes

MOST_PACKS, MOST_NEEDLES = 500, 100


@dataclass(frozen=True)
class Taking:
    """`pieces` of `lot` that a make-up takes of the `on_hand` at its place."""

    lot: Lot
    pieces: int
    on_hand: int

    @property
    def left(self) -> int:
        return self.on_hand - self.pieces


@dataclass(frozen=True)
class Plan:
    """What a make-up would do."""

    count: int
    location: Location
    use_by: date
    takings: tuple[Taking, ...]


def plan(
    lots: Sequence[tuple[Lot, int]],
    count: int,
    location: Location,
    use_by: date | None,
    by: Actor,
    now: datetime,
) -> Plan:
    """What `make_up` would take and until when the packs would be good, changing nothing. Raises what it raises."""
    last_day = _checked(lots, count, use_by, day_in(by.time_zone, now))
    takings = tuple(Taking(lot, each * count, stock_queries.on_hand(lot, location)) for lot, each in lots)
    for taking in takings:
        if taking.left < 0:
            raise stock.NotEnough(taking.lot, location, taking.on_hand, taking.pieces)
    return Plan(count, location, last_day, takings)


def make_up(
    lots: Sequence[tuple[Lot, int]],
    count: int,
    location: Location,
    use_by: date | None,
    needs_load: bool,
    by: Actor,
    now: datetime,
    *,
    load: Load | None = None,
    shelf_mode: ShelfMode = ShelfMode.TIME,
    out_of_order: str | None = None,
    new_code: Callable[[], str] = codes.new_code,
) -> list[Pack]:
    """Make up `count` packs, each with the given quantity of each lot, consuming the stock once.

    `use_by` None is the earliest expiry of the lots; an event-related pack has no other date. Raises `NotEnough`,
    `UseByTooLate`, `NoSuchMakeUp`, `NotPackable`, `LoadNotSterile`, what `stock.operations.check_lot` raises, and
    `EarlierLotFirst` where a lot at `location` expires before one of these and `out_of_order` says no reason.
    """
    today = day_in(by.time_zone, now)
    last_day = _checked(lots, count, use_by, today, shelf_mode)
    if load is not None:
        check_load(load, by)
    make_up_id = uuid7()
    together = {lot.id for lot, _ in lots}
    for lot, each in lots:
        reason = reason_out_of_order(lot, location, out_of_order, today, besides=together)
        stock.consume(lot, location, each * count, by, now, source_id=make_up_id, reason=reason)
    packs = [
        Pack(
            clinic_id=by.clinic_id,
            code=new_code(),
            needs_load=needs_load,
            load=load,
            use_by=last_day,
            shelf_mode=shelf_mode,
            made_up_at=now,
            made_up_by_id=by.id,
            made_up_by_name=by.name,
        )
        for _ in range(count)
    ]
    db.session.add_all(packs)
    for pack in packs:
        pack.contents = [PackContent(clinic_id=by.clinic_id, pack=pack, lot=lot, quantity=each) for lot, each in lots]
    # One entry for all: five hundred packs alike would make half a megabyte of it.
    record(
        by,
        "pack.made_up",
        packs[0],
        now=now,
        make_up=make_up_id,
        count=count,
        packs=[pack.id for pack in packs],
        lots=[{"lot": lot.id, "number": lot.number, "each": each} for lot, each in lots],
        location=location.id,
        use_by=last_day,
    )
    return packs


def check_load(load: Load, by: Actor) -> None:
    """Whether packs may be put into `load`. Raises `LoadNotSterile`."""
    same_clinic(by, load)
    if load.state in (LoadState.REJECTED, LoadState.RECALLED):
        raise LoadNotSterile(load)


def _checked(
    lots: Sequence[tuple[Lot, int]],
    count: int,
    use_by: date | None,
    today: date,
    shelf_mode: ShelfMode = ShelfMode.TIME,
) -> date:
    """The last day the packs may be used."""
    if not lots or not 1 <= count <= MOST_PACKS or any(not 1 <= each <= MOST_NEEDLES for _, each in lots):
        raise NoSuchMakeUp(f"Make up 1 to {MOST_PACKS} packs of 1 to {MOST_NEEDLES} pieces each.", field="count")
    if len({lot.id for lot, _ in lots}) < len(lots):
        raise NoSuchMakeUp("Each lot stands in a pack once. Add its pieces together.", field="lot")
    for lot, _ in lots:
        if lot.product.kind not in PACKABLE:
            raise NotPackable(lot)
        stock.check_lot(lot, today)
    if shelf_mode is ShelfMode.EVENT:
        return min((lot.expires_on for lot, _ in lots if lot.expires_on is not None), default=NO_DATE)
    return last_day([lot for lot, _ in lots], use_by, today)


def last_day(lots: Sequence[Lot], use_by: date | None, today: date) -> date:
    """Of a time-related pack. Raises `NoSuchMakeUp`, `UseByTooLate`."""
    expiries = [(lot.expires_on, lot) for lot in lots if lot.expires_on is not None]
    if use_by is None:
        if not expiries:
            raise NoSuchMakeUp("Nothing in it has an expiry: say until when the pack may be used.", field="use_by")
        return min(day for day, _ in expiries)
    if use_by < today:
        raise NoSuchMakeUp("The use-by date is past. Choose a later one.", field="use_by")
    for expires_on, lot in expiries:
        if use_by > expires_on:
            raise UseByTooLate(lot, expires_on)
    return use_by
