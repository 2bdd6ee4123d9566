"""Reading stocktakes and their scans. Their lines against the books: `lines`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.stock.models import Location, Lot
from inventory.stocktaking.lifecycle import OPEN
from inventory.stocktaking.models import CountScan, Stocktake, StocktakeLine


@dataclass(frozen=True)
class Progress:
    """What may be told of a running count: scans and pieces, nothing of the books."""

    lots: int
    pieces: int
    unknown: int


def stocktake_of(clinic_id: UUID, stocktake_id: UUID) -> Stocktake:
    """Raises `NotHere`."""
    found = db.session.scalar(
        select(Stocktake)
        .where(Stocktake.clinic_id == clinic_id, Stocktake.id == stocktake_id)
        .options(joinedload(Stocktake.location))
    )
    if found is None:
        raise NotHere("There is no such stocktake in your clinic. Open the list of stocktakes.")
    return found


def scan_of(stocktake: Stocktake, scan_id: UUID) -> CountScan:
    """Raises `NotHere`."""
    found = db.session.scalar(_scans(stocktake).where(CountScan.id == scan_id))
    if found is None:
        raise NotHere("There is no such scan in this stocktake.")
    return found


def stocktakes_in(clinic_id: UUID, limit: int = 50) -> Sequence[Stocktake]:
    """Newest first."""
    return db.session.scalars(
        select(Stocktake)
        .where(Stocktake.clinic_id == clinic_id)
        .order_by(Stocktake.number.desc())
        .limit(limit)
        .options(joinedload(Stocktake.location))
    ).all()


def open_stocktake(clinic_id: UUID) -> Stocktake | None:
    return db.session.scalar(select(Stocktake).where(Stocktake.clinic_id == clinic_id, Stocktake.state.in_(OPEN)))


def last_number(clinic_id: UUID) -> int:
    return db.session.scalar(select(func.max(Stocktake.number)).where(Stocktake.clinic_id == clinic_id)) or 0


def newest_scans(stocktake: Stocktake, location: Location, limit: int = 10) -> Sequence[CountScan]:
    """The last scans at a place, newest first, taken back ones too."""
    return db.session.scalars(
        _scans(stocktake)
        .where(CountScan.location_id == location.id)
        .order_by(CountScan.at.desc(), CountScan.id.desc())
        .limit(limit)
    ).all()


def unknown_codes(stocktake: Stocktake) -> Sequence[CountScan]:
    """Codes that nobody knew, oldest first."""
    query = _scans(stocktake).where(CountScan.lot_id.is_(None), CountScan.taken_back_at.is_(None))
    return db.session.scalars(query.order_by(CountScan.at, CountScan.id)).all()


def counted_so_far(stocktake: Stocktake, lot: Lot, location: Location) -> int:
    """Pieces of the lot in the round that runs."""
    return (
        db.session.scalar(
            select(func.sum(CountScan.quantity)).where(
                *standing(stocktake),
                CountScan.lot_id == lot.id,
                CountScan.location_id == location.id,
                CountScan.round == stocktake.round,
            )
        )
        or 0
    )


def progress_of(stocktake: Stocktake) -> dict[UUID, Progress]:
    """Of the round that runs, by location."""
    rows = db.session.execute(
        select(
            CountScan.location_id,
            func.count(CountScan.lot_id.distinct()),
            func.sum(CountScan.quantity),
            func.count() - func.count(CountScan.lot_id),
        )
        .where(*standing(stocktake), CountScan.round == stocktake.round)
        .group_by(CountScan.location_id)
    )
    return {location_id: Progress(lots, pieces, unknown) for location_id, lots, pieces, unknown in rows}


def standing(stocktake: Stocktake) -> tuple[ColumnElement[bool], ...]:
    """Conditions: the scans of a stocktake that were not taken back."""
    return (
        CountScan.clinic_id == stocktake.clinic_id,
        CountScan.stocktake_id == stocktake.id,
        CountScan.taken_back_at.is_(None),
    )


def reported_lines(stocktake: Stocktake) -> Sequence[StocktakeLine]:
    """What an approved stocktake said: what differed first, then by place, product and lot."""
    found = db.session.scalars(
        select(StocktakeLine)
        .where(StocktakeLine.clinic_id == stocktake.clinic_id, StocktakeLine.stocktake_id == stocktake.id)
        .options(joinedload(StocktakeLine.lot).joinedload(Lot.product), joinedload(StocktakeLine.location))
    ).all()
    return sorted(
        found, key=lambda row: (row.counted == row.expected, row.location.name, row.lot.product.name, row.lot.number)
    )


def _scans(stocktake: Stocktake) -> Select[CountScan]:
    return (
        select(CountScan)
        .where(CountScan.clinic_id == stocktake.clinic_id, CountScan.stocktake_id == stocktake.id)
        .options(joinedload(CountScan.lot).joinedload(Lot.product), joinedload(CountScan.location))
    )
