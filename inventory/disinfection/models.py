"""Opened containers, their test strips, and every disinfection."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.stock.models import Lot


class RinseWater(StrEnum):
    NONE = "none"
    STERILE = "sterile"
    FILTERED = "filtered"
    TAP = "tap"


class DisinfectionOf(StrEnum):
    GUN = "gun"
    ROOM_SURFACE = "room_surface"
    SKIN_SITE = "skin_site"


class Container(Owned, Model, kw_only=True):
    """One opened bottle, pack of wipes or vial, with its own label."""

    __tablename__ = "container"
    __table_args__ = in_clinic(
        "container",
        UniqueConstraint("code"),
        CheckConstraint("length(code) = 17", name="code_is_ours"),
        CheckConstraint("usable_until > opened_at", name="usable_after_opening"),
        Index("ix_container_clinic_id_lot_id", "clinic_id", "lot_id"),
        lot_id="lot",
    )

    code: Mapped[str]
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    opened_at: Mapped[datetime]
    opened_by_name: Mapped[str]
    usable_until: Mapped[datetime]
    """The first moment at which it may no longer be used."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str | None] = mapped_column(default=None)


class TestStrip(Owned, Model, kw_only=True):
    """One strength test of a solution. A failed one ends the container whatever its date."""

    __tablename__ = "test_strip"
    __test__ = False
    __table_args__ = in_clinic("test_strip", container_id="container")

    container_id: Mapped[UUID] = mapped_column(init=False)
    container: Mapped[Container] = relationship(foreign_keys=[container_id])
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    passed: Mapped[bool]


class Disinfection(Owned, Model, kw_only=True):
    """One disinfection of a gun, a room's surfaces or a skin site. Append-only."""

    __tablename__ = "disinfection"
    __table_args__ = in_clinic(
        "disinfection",
        CheckConstraint("contact_seconds BETWEEN 0 AND 86400", name="contact_time_is_within_a_day"),
        CheckConstraint("of <> 'gun' OR gun_id IS NOT NULL", name="a_gun_is_named"),
        CheckConstraint("of <> 'room_surface' OR room_id IS NOT NULL", name="a_room_is_named"),
        CheckConstraint("of <> 'skin_site' OR treatment_id IS NOT NULL", name="a_session_is_named"),
        Index("ix_disinfection_clinic_id_gun_id_finished_at", "clinic_id", "gun_id", "finished_at"),
        Index("ix_disinfection_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        container_id="container",
        gun_id="gun",
        room_id="location",
        treatment_id="treatment_session",
    )

    of: Mapped[DisinfectionOf] = mapped_column(one_of(DisinfectionOf))
    gun_id: Mapped[UUID | None] = mapped_column(default=None)
    room_id: Mapped[UUID | None] = mapped_column(default=None)
    treatment_id: Mapped[UUID | None] = mapped_column(default=None)
    container_id: Mapped[UUID] = mapped_column(init=False)
    container: Mapped[Container] = relationship(foreign_keys=[container_id])
    contact_seconds: Mapped[int]
    """For a gun or surface the contact time that was kept; for skin the one its product asks for."""
    rinse_water: Mapped[RinseWater] = mapped_column(one_of(RinseWater))
    finished_at: Mapped[datetime]
    """When the agent had acted and the rinse was done; for skin, when it was applied."""
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
