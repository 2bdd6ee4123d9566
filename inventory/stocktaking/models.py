"""Stocktakes, each scan of their counts, and the figures they were approved with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.stock.models import Location, Lot
from inventory.stocktaking.lifecycle import StocktakeState

_OPEN = "state IN ('counting', 'recounting', 'counted')"


class Stocktake(Owned, Model, kw_only=True):
    """A count of one location, or of all where `location` is None. One open at a time in a clinic, by unique index:
    two of the same shelf would correct the same difference twice.
    """

    __tablename__ = "stocktake"
    __table_args__ = in_clinic(
        "stocktake",
        UniqueConstraint("clinic_id", "number"),
        Index("uq_stocktake_open", "clinic_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        CheckConstraint("round >= 1", name="rounds_are_counted"),
        CheckConstraint("(state IN ('approved', 'cancelled')) = (closed_at IS NOT NULL)", name="ends_at_a_moment"),
        location_id="location",
    )

    number: Mapped[int]
    location_id: Mapped[UUID | None] = mapped_column(init=False)
    location: Mapped[Location | None] = relationship(foreign_keys=[location_id], default=None)
    state: Mapped[StocktakeState] = mapped_column(one_of(StocktakeState), default=StocktakeState.COUNTING)
    round: Mapped[int] = mapped_column(default=1)
    """1 for the first count, 2 and more for the counts of what differed."""
    started_at: Mapped[datetime]
    started_by_name: Mapped[str]
    first_counted_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the first count was said to be complete: what was not scanned by then is not there."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(default=None)
    close_reason: Mapped[str | None] = mapped_column(default=None)


class CountScan(Owned, Model, kw_only=True):
    """One scan: so many base units of a lot lie there. Scans of several people add up; only `taken_back_at` changes.

    Without a lot it is a code that nobody knew; with quantity 0 somebody looked and found none.
    """

    __tablename__ = "count_scan"
    __table_args__ = in_clinic(
        "count_scan",
        CheckConstraint("quantity BETWEEN 0 AND 100000", name="quantity_is_counted"),
        CheckConstraint("lot_id IS NOT NULL OR quantity = 0", name="only_known_lots_are_counted"),
        Index("ix_count_scan_clinic_id_stocktake_id", "clinic_id", "stocktake_id"),
        stocktake_id="stocktake",
        location_id="location",
        lot_id="lot",
    )

    stocktake_id: Mapped[UUID]
    location_id: Mapped[UUID] = mapped_column(init=False)
    location: Mapped[Location] = relationship(foreign_keys=[location_id])
    lot_id: Mapped[UUID | None] = mapped_column(init=False)
    lot: Mapped[Lot | None] = relationship(foreign_keys=[lot_id], default=None)
    round: Mapped[int]
    quantity: Mapped[int]
    scanned: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)


class StocktakeLine(Owned, Model, kw_only=True):
    """What an approved stocktake said of a lot at a place. Append-only."""

    __tablename__ = "stocktake_line"
    __table_args__ = in_clinic(
        "stocktake_line",
        UniqueConstraint("clinic_id", "stocktake_id", "lot_id", "location_id"),
        CheckConstraint("counted >= 0", name="counted_is_not_negative"),
        stocktake_id="stocktake",
        location_id="location",
        lot_id="lot",
    )

    stocktake_id: Mapped[UUID]
    location_id: Mapped[UUID] = mapped_column(init=False)
    location: Mapped[Location] = relationship(foreign_keys=[location_id])
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    expected: Mapped[int]
    """By the books at the moment of its count."""
    counted: Mapped[int]
    rounds: Mapped[int]
    counted_by: Mapped[str]
