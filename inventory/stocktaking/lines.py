"""Each line of a stocktake, its count against the books."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Result, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from inventory.db import db
from inventory.stock.models import Balance, Location, Lot, Movement, MovementKind
from inventory.stocktaking.figures import Count, Figure, Moved, figure, newest
from inventory.stocktaking.models import CountScan, Stocktake
from inventory.stocktaking.queries import standing

Key = tuple[UUID, UUID]
"""Of a line: lot and location."""


@dataclass(frozen=True)
class Line:
    """A lot at a place: the count that stands, who made it, and what the books say to it."""

    lot: Lot
    location: Location
    count: Count | None
    figure: Figure


def lines_of(stocktake: Stocktake, up_to_round: int | None = None) -> list[Line]:
    """Every lot that was counted or should be there, once the first count has ended; by place, product and lot."""
    if stocktake.first_counted_at is None:
        return []
    counts = counts_of(stocktake)
    on_hand, moved = _books(stocktake)
    last = up_to_round if up_to_round is not None else stocktake.round
    figures: dict[Key, tuple[Count | None, Figure]] = {}
    for key in {*counts, *on_hand, *moved}:
        count = newest(counts.get(key, ()), last)
        found = figure(on_hand.get(key, 0), moved.get(key, ()), count, stocktake.first_counted_at)
        if count is not None or found.expected:
            figures[key] = (count, found)
    lots = _lots(stocktake, {lot_id for lot_id, _ in figures})
    places = {
        row.id: row for row in db.session.scalars(select(Location).where(Location.clinic_id == stocktake.clinic_id))
    }
    lines = [Line(lots[lot], places[place], *found) for (lot, place), found in figures.items()]
    return sorted(lines, key=lambda line: (line.location.name, line.lot.product.name, line.lot.number, line.lot.id))


def unsettled(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not line.figure.settled]


def to_count_again(stocktake: Stocktake) -> tuple[list[Line], set[Key]]:
    """The lines the running recount is about, as the rounds before left them; and which of them were counted in it."""
    asked = unsettled(lines_of(stocktake, stocktake.round - 1))
    done = {key for key, counts in counts_of(stocktake).items() if any(c.round == stocktake.round for c in counts)}
    return asked, done


def counts_of(stocktake: Stocktake) -> Mapping[Key, list[Count]]:
    """What was scanned of each line in each round; scans that were taken back are left out."""
    rows = db.session.execute(
        select(
            CountScan.lot_id,
            CountScan.location_id,
            CountScan.round,
            CountScan.by_name,
            CountScan.by_id,
            func.sum(CountScan.quantity),
            func.min(CountScan.at),
            func.max(CountScan.at),
        )
        .where(*standing(stocktake), CountScan.lot_id.is_not(None))
        .group_by(CountScan.lot_id, CountScan.location_id, CountScan.round, CountScan.by_name, CountScan.by_id)
    )
    merged: dict[tuple[Key, int], Count] = {}
    for lot_id, location_id, number, name, by_id, quantity, first, last in rows:
        if lot_id is not None:
            one = Count(number, quantity, first, last, frozenset({f"{by_id or ''}~{name}"}))
            part = ((lot_id, location_id), number)
            merged[part] = _together(merged[part], one) if part in merged else one
    counts: dict[Key, list[Count]] = defaultdict(list)
    for (line, _), count in merged.items():
        counts[line].append(count)
    return counts


def _together(one: Count, other: Count) -> Count:
    return Count(
        one.round,
        one.quantity + other.quantity,
        min(one.first_at, other.first_at),
        max(one.last_at, other.last_at),
        one.people | other.people,
    )


def _books(stocktake: Stocktake) -> tuple[dict[Key, int], dict[Key, list[Moved]]]:
    """What the books hold now and what moved since the stocktake began, in one statement: one moment of the books."""
    held = select(
        Balance.lot_id,
        Balance.location_id,
        Balance.on_hand,
        null().label("at"),
        literal(MovementKind.RECEIPT, Movement.kind.type).label("kind"),
    ).where(Balance.clinic_id == stocktake.clinic_id, *_in_scope(stocktake, Balance.location_id))
    moved = select(Movement.lot_id, Movement.location_id, Movement.quantity, Movement.at, Movement.kind).where(
        Movement.clinic_id == stocktake.clinic_id,
        Movement.at >= stocktake.started_at,
        *_in_scope(stocktake, Movement.location_id),
    )
    on_hand: dict[Key, int] = {}
    movements: dict[Key, list[Moved]] = defaultdict(list)
    rows: Result[UUID, UUID, int, datetime | None, MovementKind] = db.session.execute(union_all(moved, held))
    for lot_id, location_id, quantity, at, kind in rows:
        if at is None:
            on_hand[lot_id, location_id] = quantity
        else:
            movements[lot_id, location_id].append(Moved(at, quantity, kind == MovementKind.ADJUSTMENT))
    return on_hand, movements


def _in_scope(stocktake: Stocktake, column: InstrumentedAttribute[UUID]) -> list[ColumnElement[bool]]:
    return [] if stocktake.location_id is None else [column == stocktake.location_id]


def _lots(stocktake: Stocktake, ids: set[UUID]) -> dict[UUID, Lot]:
    """By parts: a statement has room for so many values only."""
    wanted, found = sorted(ids), dict[UUID, Lot]()
    for begin in range(0, len(wanted), 500):
        query = select(Lot).where(Lot.clinic_id == stocktake.clinic_id, Lot.id.in_(wanted[begin : begin + 500]))
        found |= {lot.id: lot for lot in db.session.scalars(query.options(joinedload(Lot.product)))}
    return found
