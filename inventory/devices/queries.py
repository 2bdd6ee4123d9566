"""Reading devices and what they brought home."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from inventory.audit.models import AuditHead
from inventory.db import db
from inventory.devices.models import Device, DeviceCheck, DeviceEvent, PackUseConflict

_LAST = select(func.max(DeviceEvent.seq)).where(
    DeviceEvent.clinic_id == bindparam("in_clinic"), DeviceEvent.device_id == bindparam("device")
)


def device_of(clinic_id: UUID, device_id: UUID) -> Device | None:
    return db.session.scalar(select(Device).where(Device.clinic_id == clinic_id, Device.id == device_id))


def is_known_elsewhere(clinic_id: UUID, device_id: UUID) -> bool:
    return db.session.scalar(select(Device.id).where(Device.clinic_id != clinic_id, Device.id == device_id)) is not None


def last_seq(clinic_id: UUID, device_id: UUID) -> int:
    """The newest event taken from this device; 0 for none."""
    return db.session.scalar(_LAST, {"in_clinic": clinic_id, "device": device_id}) or 0


def event_of(clinic_id: UUID, event_id: UUID) -> DeviceEvent | None:
    return db.session.scalar(select(DeviceEvent).where(DeviceEvent.clinic_id == clinic_id, DeviceEvent.id == event_id))


def conflicts_of(clinic_id: UUID, treatment_id: UUID) -> Sequence[PackUseConflict]:
    return db.session.scalars(
        select(PackUseConflict)
        .where(PackUseConflict.clinic_id == clinic_id, PackUseConflict.treatment_id == treatment_id)
        .order_by(PackUseConflict.used_at)
    ).all()


def devices_in(clinic_id: UUID) -> Sequence[Device]:
    return db.session.scalars(
        select(Device).where(Device.clinic_id == clinic_id).order_by(Device.registered_at.desc())
    ).all()


def checks_in(clinic_id: UUID, limit: int = 50) -> Sequence[DeviceCheck]:
    """The newest self-tests first."""
    return db.session.scalars(
        select(DeviceCheck).where(DeviceCheck.clinic_id == clinic_id).order_by(DeviceCheck.at.desc()).limit(limit)
    ).all()


def checks_since(clinic_id: UUID, since: datetime) -> Sequence[DeviceCheck]:
    """The self-tests from a moment on, the newest first."""
    return db.session.scalars(
        select(DeviceCheck)
        .where(DeviceCheck.clinic_id == clinic_id, DeviceCheck.at >= since)
        .order_by(DeviceCheck.at.desc(), DeviceCheck.id.desc())
    ).all()


def head_of(clinic_id: UUID) -> tuple[int, str]:
    """Number and hash of the newest entry of the clinic's record: what a device keeps as its receipt."""
    seq, digest = db.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.chain == clinic_id)).one()
    return seq, digest.hex()
