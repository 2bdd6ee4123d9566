"""Sterilisers and their loads (short form: one record a cycle, decided by a person)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.sterilising.release import LoadState

__all__ = ["CycleType", "Indicator", "Load", "LoadState", "Steriliser"]


class CycleType(StrEnum):
    """Cycle types of small steam sterilisers, EN 13060."""

    B = "B"
    N = "N"
    S = "S"


class Indicator(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_READ = "not_read"


class Steriliser(Owned, Model, kw_only=True):
    __tablename__ = "steriliser"
    __table_args__ = in_clinic("steriliser", UniqueConstraint("clinic_id", "name"))

    name: Mapped[str]
    serial_number: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Load(Owned, Model, kw_only=True):
    """One cycle of a steriliser. Released by a person, with a meaning in words."""

    __tablename__ = "load"
    __table_args__ = in_clinic(
        "load",
        UniqueConstraint("clinic_id", "number"),
        CheckConstraint("ended_at > started_at", name="ends_after_it_starts"),
        CheckConstraint("hold_seconds BETWEEN 0 AND 86400", name="hold_is_within_a_day"),
        CheckConstraint(
            "state = 'awaiting' OR (decided_at IS NOT NULL AND decided_by_name IS NOT NULL AND meaning IS NOT NULL)",
            name="a_decision_has_a_name_and_a_meaning",
        ),
        steriliser_id="steriliser",
    )

    steriliser_id: Mapped[UUID] = mapped_column(init=False)
    steriliser: Mapped[Steriliser] = relationship(foreign_keys=[steriliser_id])
    number: Mapped[str]
    """Steriliser, date and running number, such as `S1-20261123-02`."""
    cycle_type: Mapped[CycleType] = mapped_column(one_of(CycleType))
    programme: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    temperature_tenths: Mapped[int]
    """Lowest measured temperature of the hold, in tenths of a degree Celsius."""
    hold_seconds: Mapped[int]
    contents: Mapped[str]
    wrapped_or_hollow: Mapped[bool]
    external_indicator: Mapped[Indicator] = mapped_column(one_of(Indicator))
    internal_indicator: Mapped[Indicator] = mapped_column(one_of(Indicator, constraint_of="internal"))
    internal_indicator_type: Mapped[int] = mapped_column(default=5)
    """ISO 11140-1 type, 4 to 6."""
    dry: Mapped[bool] = mapped_column(default=True)
    loaded_by_id: Mapped[UUID | None]
    loaded_by_name: Mapped[str]
    state: Mapped[LoadState] = mapped_column(one_of(LoadState), default=LoadState.AWAITING)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by_id: Mapped[UUID | None] = mapped_column(default=None)
    decided_by_name: Mapped[str | None] = mapped_column(default=None)
    meaning: Mapped[str | None] = mapped_column(default=None)
