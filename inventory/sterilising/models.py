"""Sterilisers, their programmes and tests; loads, their biological indicators, and what was decided on them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.sterilising.release import LoadState

__all__ = [
    "BiologicalIndicator",
    "Control",
    "CycleType",
    "Growth",
    "Indicator",
    "Load",
    "LoadDecision",
    "LoadState",
    "Programme",
    "RecallScope",
    "SignedWith",
    "StartUpTest",
    "Steriliser",
    "TestKind",
]


class CycleType(StrEnum):
    """Cycle types of small steam sterilisers, EN 13060."""

    B = "B"
    N = "N"
    S = "S"


class Indicator(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_READ = "not_read"


class TestKind(StrEnum):
    """Tests before the first load of a day: of steam penetration, or of the chamber's tightness."""

    __test__ = False

    BOWIE_DICK = "bowie_dick"
    HELIX = "helix"
    VACUUM_LEAK = "vacuum_leak"


PENETRATION = (TestKind.BOWIE_DICK, TestKind.HELIX)


class Growth(StrEnum):
    """Of a biological indicator: positive is growth, so that spores survived the cycle."""

    PENDING = "pending"
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Control(StrEnum):
    """An indicator of the same lot that was not in the steriliser must grow, or the test says nothing."""

    PENDING = "pending"
    GREW = "grew"
    DID_NOT_GROW = "did_not_grow"


class SignedWith(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a means
    PIN = "pin"
    RULE = "rule"
    """Nobody decided: the record's own rules did."""


class RecallScope(StrEnum):
    THIS_LOAD = "this_load"
    SINCE_LAST_NEGATIVE = "since_last_negative"


class Steriliser(Owned, Model, kw_only=True):
    __tablename__ = "steriliser"
    __table_args__ = in_clinic("steriliser", UniqueConstraint("clinic_id", "name"))

    name: Mapped[str]
    serial_number: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    log_format: Mapped[str | None] = mapped_column(default=None)
    """How its CSV log is read, `cycle_log.LogFormat` as text."""


class Programme(Owned, Model, kw_only=True):
    """One programme of a steriliser as its maker validated it. Never edited: ended, and another one added."""

    __tablename__ = "programme"
    __table_args__ = in_clinic(
        "programme",
        CheckConstraint("set_temperature_tenths BETWEEN 1000 AND 1500", name="temperature_is_of_steam"),
        CheckConstraint("hold_seconds BETWEEN 1 AND 86400", name="hold_is_within_a_day"),
        CheckConstraint("drying_seconds BETWEEN 0 AND 86400", name="drying_is_within_a_day"),
        Index(
            "uq_programme_name",
            "clinic_id",
            "steriliser_id",
            "name",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        steriliser_id="steriliser",
    )

    steriliser_id: Mapped[UUID] = mapped_column(init=False)
    steriliser: Mapped[Steriliser] = relationship(foreign_keys=[steriliser_id])
    name: Mapped[str]
    cycle_type: Mapped[CycleType] = mapped_column(one_of(CycleType))
    gravity: Mapped[bool] = mapped_column(default=False)
    """Gravity drives the air out, not a vacuum: wrapped goods need a longer hold."""
    set_temperature_tenths: Mapped[int]
    hold_seconds: Mapped[int]
    drying_seconds: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class StartUpTest(Owned, Model, kw_only=True):
    """A daily test of a steriliser. Append-only."""

    __tablename__ = "start_up_test"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "start_up_test",
        CheckConstraint("leak_rate_tenths >= 0", name="leak_rate_is_positive"),
        CheckConstraint("(kind = 'vacuum_leak') = (leak_rate_tenths IS NOT NULL)", name="a_leak_has_its_rate"),
        Index("ix_start_up_test_clinic_id_steriliser_id", "clinic_id", "steriliser_id", "at"),
        steriliser_id="steriliser",
    )

    steriliser_id: Mapped[UUID] = mapped_column(init=False)
    steriliser: Mapped[Steriliser] = relationship(foreign_keys=[steriliser_id])
    kind: Mapped[TestKind] = mapped_column(one_of(TestKind))
    passed: Mapped[bool]
    leak_rate_tenths: Mapped[int | None] = mapped_column(default=None)
    """Tenths of a mbar a minute."""
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


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
        # One file tells of one cycle.
        Index("uq_load_log_sha256", "clinic_id", "log_sha256", unique=True),
        steriliser_id="steriliser",
    )

    steriliser_id: Mapped[UUID] = mapped_column(init=False)
    steriliser: Mapped[Steriliser] = relationship(foreign_keys=[steriliser_id])
    number: Mapped[str]
    """Steriliser, date and running number, such as `S1-20261123-02`."""
    cycle_type: Mapped[CycleType] = mapped_column(one_of(CycleType))
    programme: Mapped[str]
    """Its name when the load was run; what it was set to stands below, None in records older than programmes."""
    set_temperature_tenths: Mapped[int | None] = mapped_column(default=None)
    set_hold_seconds: Mapped[int | None] = mapped_column(default=None)
    set_drying_seconds: Mapped[int | None] = mapped_column(default=None)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    temperature_tenths: Mapped[int]
    """Lowest measured temperature of the hold, in tenths of a degree Celsius."""
    highest_temperature_tenths: Mapped[int | None] = mapped_column(default=None)
    pressure_millibar: Mapped[int | None] = mapped_column(default=None)
    """Lowest absolute pressure of the hold."""
    hold_seconds: Mapped[int]
    drying_seconds: Mapped[int | None] = mapped_column(default=None)
    log_name: Mapped[str | None] = mapped_column(default=None)
    log_sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the raw file the measurements were read from."""
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


class LoadDecision(Owned, Model, kw_only=True):
    """Each decision on a load, signed. Append-only; the load itself holds the newest."""

    __tablename__ = "load_decision"
    __table_args__ = in_clinic(
        "load_decision",
        CheckConstraint("length(meaning) > 0", name="a_decision_has_a_meaning"),
        Index("ix_load_decision_clinic_id_load_id", "clinic_id", "load_id"),
        load_id="load",
        because_of_id="load",
    )

    load_id: Mapped[UUID] = mapped_column(init=False)
    load: Mapped[Load] = relationship(foreign_keys=[load_id])
    state: Mapped[LoadState] = mapped_column(one_of(LoadState))
    meaning: Mapped[str]
    warnings: Mapped[str] = mapped_column(default="")
    """What was shown as a warning and seen, one sentence a line."""
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    signed_with: Mapped[SignedWith] = mapped_column(one_of(SignedWith))
    scope: Mapped[RecallScope | None] = mapped_column(one_of(RecallScope), default=None)
    because_of_id: Mapped[UUID | None] = mapped_column(default=None)
    """The load whose positive biological indicator it follows from."""


class BiologicalIndicator(Owned, Model, kw_only=True):
    """Spores that went through a load, and their control. Read once."""

    __tablename__ = "biological_indicator"
    __table_args__ = in_clinic(
        "biological_indicator",
        UniqueConstraint("clinic_id", "load_id"),
        CheckConstraint("incubation_hours BETWEEN 1 AND 336", name="incubation_is_within_two_weeks"),
        CheckConstraint(
            "(result = 'pending') = (read_at IS NULL) AND (result = 'pending') = (control = 'pending')",
            name="a_result_was_read",
        ),
        load_id="load",
    )

    load_id: Mapped[UUID] = mapped_column(init=False)
    load: Mapped[Load] = relationship(foreign_keys=[load_id])
    product: Mapped[str]
    lot: Mapped[str]
    incubation_hours: Mapped[int]
    placed_at: Mapped[datetime]
    """When it was put into the incubator."""
    placed_by_name: Mapped[str]
    result: Mapped[Growth] = mapped_column(one_of(Growth), default=Growth.PENDING)
    control: Mapped[Control] = mapped_column(one_of(Control), default=Control.PENDING)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    read_by_name: Mapped[str | None] = mapped_column(default=None)

    @property
    def outcome(self) -> str:
        """`pending`, `negative`, `positive`, or `invalid` where the control did not grow."""
        if self.result is Growth.NEGATIVE and self.control is Control.DID_NOT_GROW:
            return "invalid"
        return self.result.value
