"""What a device sends: a batch of events, read strictly. Pure.

A batch is JSON: `device` (uuid), `name`, `device_now` (ISO time with zone, of the device's clock at sending), `events`
(at most 200). An event: `id` (uuid), `seq` (1, 2, .. without gap for this device), `session` (uuid), `kind`, `fields`
(the form's fields as text), `device_at` (ISO time with zone), `token` (who was at work, as the server signed it),
`used` (whether the device let the nurse go on).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from inventory.devices.models import EventKind
from inventory.errors import Invalid

MOST_EVENTS = 200
LONGEST = 600
Value = TypeVar("Value", str, int, bool, list[object], dict[str, object])


class BadBatch(Invalid):
    """The batch cannot be read; the sentence names the event. Nothing of it was taken."""


@dataclass(frozen=True)
class Event:
    id: UUID
    seq: int
    treatment_id: UUID
    kind: EventKind
    fields: Mapping[str, str]
    device_at: datetime
    token: str
    used: bool


@dataclass(frozen=True)
class Batch:
    """`events` stand in the order of the device's own counting, whatever order they were sent in."""

    device_id: UUID
    name: str
    device_now: datetime
    events: Sequence[Event]


def read(given: object) -> Batch:
    """Raises `BadBatch`."""
    batch = _only(given, "The batch", {"device", "name", "device_now", "events"})
    events = _typed(batch, "events", list, "The batch")
    if len(events) > MOST_EVENTS:
        raise BadBatch(f"A batch holds at most {MOST_EVENTS} events. Send the rest after it.")
    found = [_event(event, f"Event {place}") for place, event in enumerate(events, start=1)]
    name = _typed(batch, "name", str, "The batch").strip()[:60]
    return Batch(
        _uuid(batch, "device", "The batch"),
        name or "A device",
        _moment(batch, "device_now", "The batch"),
        sorted(found, key=lambda event: event.seq),
    )


def _event(given: object, where: str) -> Event:
    event = _only(given, where, {"id", "seq", "session", "kind", "fields", "device_at", "token", "used"})
    kind = _typed(event, "kind", str, where)
    if kind not in {member.value for member in EventKind}:
        raise BadBatch(f"{where}: {kind[:40]!r} is no kind of event.")
    fields = {name: value for name, value in _typed(event, "fields", dict, where).items() if isinstance(value, str)}
    if len(fields) != len(_typed(event, "fields", dict, where)) or any(len(text) > LONGEST for text in fields.values()):
        raise BadBatch(f"{where}: each field is a text of at most {LONGEST} characters.")
    seq = _typed(event, "seq", int, where)
    if not 1 <= seq < 2**31:
        raise BadBatch(f"{where}: seq counts from 1.")
    return Event(
        _uuid(event, "id", where),
        seq,
        _uuid(event, "session", where),
        EventKind(kind),
        fields,
        _moment(event, "device_at", where),
        _typed(event, "token", str, where),
        _typed(event, "used", bool, where),
    )


def _only(given: object, where: str, names: set[str]) -> Mapping[str, object]:
    if not isinstance(given, dict) or set(given) != names:
        raise BadBatch(f"{where} must hold exactly {', '.join(sorted(names))}.")
    return given


def _typed(given: Mapping[str, object], name: str, kind: type[Value], where: str) -> Value:
    value = given[name]
    if type(value) is not kind:
        raise BadBatch(f"{where}: {name} must be {kind.__name__}.")
    return value


def _uuid(given: Mapping[str, object], name: str, where: str) -> UUID:
    try:
        return UUID(_typed(given, name, str, where))
    except ValueError:
        raise BadBatch(f"{where}: {name} is no uuid.") from None


def _moment(given: Mapping[str, object], name: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_typed(given, name, str, where))
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadBatch(f"{where}: {name} is no time with a zone.") from None
