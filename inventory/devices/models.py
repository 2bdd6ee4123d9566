"""Devices, the events they bring home, uses in conflict, and the morning's self-test."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic, one_of


class EventKind(StrEnum):
    SCAN = "scan"
    COUNT = "count"
    REGION = "region"
    MUST_CHANGE = "must_change"
    SYRINGE = "syringe"
    UNDO = "undo"
    CLOSE = "close"


class Outcome(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"
    CONFLICT = "conflict"
    LATE = "late"


class Device(Owned, Model, kw_only=True):
    """One browser on one phone or tablet; its id is made on the device when it first works here."""

    __tablename__ = "device"
    __table_args__ = in_clinic("device")

    name: Mapped[str]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[UUID | None]
    registered_by_name: Mapped[str]


class DeviceEvent(Owned, Model, kw_only=True):
    """One act done on a device, as it claimed it and as the server took it. Its id is the event's. Append-only."""

    __tablename__ = "device_event"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "device_event",
        UniqueConstraint("clinic_id", "device_id", "seq"),
        CheckConstraint("seq >= 1", name="seq_counts_from_one"),
        Index("ix_device_event_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        device_id="device",
        treatment_id="treatment_session",
    )

    device_id: Mapped[UUID]
    seq: Mapped[int]
    """Counts the device's events from 1 without a gap."""
    treatment_id: Mapped[UUID]
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind))
    content: Mapped[str]
    """What was sent, as canonical JSON."""
    device_at: Mapped[datetime]
    """The device's clock, as claimed; never used for order or permission."""
    offset_ms: Mapped[int]
    """How far the device's clock was ahead of the server's when it sent this, as measured."""
    happened_at: Mapped[datetime]
    """`device_at` less the offset, kept between the event before it and its arrival."""
    received_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome))
    answer: Mapped[str]
    """What the device was told, as canonical JSON."""
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class PackUseConflict(Owned, Model, kw_only=True):
    """A use without network that would have been refused: a fact, kept beside the one live use. Append-only."""

    __tablename__ = "pack_use_conflict"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "pack_use_conflict",
        Index("ix_pack_use_conflict_clinic_id_pack_id", "clinic_id", "pack_id"),
        pack_id="pack",
        treatment_id="treatment_session",
        event_id="device_event",
    )

    pack_id: Mapped[UUID]
    treatment_id: Mapped[UUID]
    event_id: Mapped[UUID]
    code: Mapped[str]
    """The verdict it would have been refused with, such as ALREADY_USED."""
    sentence: Mapped[str]
    used_at: Mapped[datetime]
    used_by_id: Mapped[UUID | None]
    used_by_name: Mapped[str]


class DeviceCheck(Owned, Model, kw_only=True):
    """One self-test of a device with its scanner and a freshly printed label. Append-only."""

    __tablename__ = "device_check"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "device_check",
        Index("ix_device_check_clinic_id_at", "clinic_id", "at"),
        device_id="device",
    )

    device_id: Mapped[UUID | None]
    device_name: Mapped[str]
    scanned: Mapped[str]
    """What arrived, control characters shown as symbols."""
    faults: Mapped[str]
    """The names of the faults found, comma-separated; empty when all was well."""
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
