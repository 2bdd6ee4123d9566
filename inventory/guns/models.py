"""Injection guns and their service."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of


class GunState(StrEnum):
    AVAILABLE = "available"
    IN_USE = "in_use"
    NEEDS_DISINFECTION = "needs_disinfection"
    OUT_OF_SERVICE = "out_of_service"


class Gun(Owned, Model, kw_only=True):
    """One injector."""

    __tablename__ = "gun"
    __table_args__ = in_clinic(
        "gun",
        UniqueConstraint("code"),
        UniqueConstraint("clinic_id", "serial_number"),
        CheckConstraint("length(code) = 17", name="code_is_ours"),
        CheckConstraint("fastest_shots_per_minute BETWEEN 1 AND 100000", name="rate_is_positive"),
        CheckConstraint(
            "(state = 'out_of_service') = (out_of_service_reason IS NOT NULL)",
            name="out_of_service_has_a_reason",
        ),
    )

    code: Mapped[str]
    model: Mapped[str]
    serial_number: Mapped[str]
    state: Mapped[GunState] = mapped_column(one_of(GunState), default=GunState.NEEDS_DISINFECTION)
    fastest_shots_per_minute: Mapped[int | None] = mapped_column(default=None)
    high_speed: Mapped[bool] = mapped_column(default=False)
    service_due_on: Mapped[date | None] = mapped_column(default=None)
    out_of_service_reason: Mapped[str | None] = mapped_column(default=None)
    rinsed_with_tap_water: Mapped[bool] = mapped_column(default=False)
    """True while the last disinfection used tap water; cleared by a service, not by another rinse."""
    created_at: Mapped[datetime]


class GunService(Owned, Model, kw_only=True):
    """One service or repair, after which the gun must be disinfected before use."""

    __tablename__ = "gun_service"
    __happened__ = "at"
    __table_args__ = in_clinic("gun_service", gun_id="gun")

    gun_id: Mapped[UUID] = mapped_column(init=False)
    gun: Mapped[Gun] = relationship(foreign_keys=[gun_id])
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    work_done: Mapped[str]
    next_due_on: Mapped[date | None] = mapped_column(default=None)
