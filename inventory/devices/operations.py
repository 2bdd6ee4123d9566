"""Registering devices, and keeping what they brought home."""

from datetime import datetime, timedelta
from uuid import UUID

from inventory.audit.actors import Actor, Brought
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.db import db
from inventory.devices import queries
from inventory.devices.batches import Event
from inventory.devices.models import Device, DeviceCheck, DeviceEvent, Outcome, PackUseConflict
from inventory.errors import Invalid
from inventory.sessions.models import TreatmentSession
from inventory.sessions.unconnected import Taken


class DeviceElsewhere(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "This device worked in another clinic. Sign out and in again, so that it gets a new name here."
        )


def register(device_id: UUID, name: str, by: Actor, now: datetime) -> Device:
    """The device with this id, new or known. Raises `DeviceElsewhere`."""
    found = queries.device_of(by.clinic_id, device_id)
    if found is not None:
        return found
    if queries.is_known_elsewhere(by.clinic_id, device_id):
        raise DeviceElsewhere
    device = Device(
        id=device_id,
        clinic_id=by.clinic_id,
        name=name,
        registered_at=now,
        registered_by_id=by.id,
        registered_by_name=by.name,
    )
    db.session.add(device)
    record(by, "device.registered", device, now=now)
    return device


def note_clock(device: Device, offset: timedelta, by: Actor, now: datetime) -> None:
    """The device's clock is too far off: its times are corrected, and the record says by how much."""
    record(by, "device.clock_off", device, now=now, offset_ms=in_ms(offset))


def keep_event(
    device: Device,
    treatment: TreatmentSession,
    event: Event,
    by: Brought,
    happened_at: datetime,
    offset: timedelta,
    taken: Taken,
    answer: dict[str, object],
) -> DeviceEvent:
    """Keep one event as it was claimed and as it was taken; its conflict too, where it was one."""
    kept = DeviceEvent(
        id=event.id,
        clinic_id=by.clinic_id,
        device_id=device.id,
        seq=event.seq,
        treatment_id=treatment.id,
        kind=event.kind,
        content=content_of(event),
        device_at=event.device_at,
        offset_ms=in_ms(offset),
        happened_at=happened_at,
        received_at=by.received_at,
        outcome=Outcome(taken.arrival),
        answer=canonical(answer).decode(),
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(kept)
    record(by, "device.event_taken", treatment, now=happened_at, also=[kept])
    if taken.pack is not None and taken.against:
        conflict = PackUseConflict(
            clinic_id=by.clinic_id,
            pack_id=taken.pack.id,
            treatment_id=treatment.id,
            event_id=kept.id,
            code=taken.against,
            sentence=taken.sentence,
            used_at=happened_at,
            used_by_id=by.id,
            used_by_name=by.name,
        )
        db.session.add(conflict)
        record(by, "pack.used_regardless", taken.pack, now=happened_at, also=[conflict])
    return kept


def keep_check(device_name: str, scanned: str, faults: str, by: Actor, now: datetime) -> DeviceCheck:
    """Keep one morning's self-test; `faults` are their names, comma-separated, empty when all was well."""
    check = DeviceCheck(
        clinic_id=by.clinic_id,
        device_id=None,
        device_name=device_name,
        scanned=scanned,
        faults=faults,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(check)
    record(by, "device.checked", check, now=now)
    return check


def is_same(known: DeviceEvent, device: Device, event: Event, by: Brought) -> bool:
    """Whether an event is one that was taken before, in every part a device claims."""
    claimed = (device.id, event.seq, event.treatment_id, content_of(event), event.device_at, by.id)
    return claimed == (known.device_id, known.seq, known.treatment_id, known.content, known.device_at, known.by_id)


def content_of(event: Event) -> str:
    """What was sent, as the one spelling two copies of it share."""
    return canonical({"kind": event.kind, "fields": event.fields, "used": event.used}).decode()


def in_ms(offset: timedelta) -> int:
    return offset // timedelta(milliseconds=1)
