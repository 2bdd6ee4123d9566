"""Taking one event of a device: through the same forms and operations as the page it would have been sent by."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from inventory.audit.actors import Brought
from inventory.audit.once import REUSED, Answer, answer_once
from inventory.audit.once import Event as Named
from inventory.audit.operations import record
from inventory.devices import operations, queries
from inventory.devices.batches import Event
from inventory.devices.models import Device, EventKind
from inventory.devices.timing import happened
from inventory.devices.tokens import witness
from inventory.people.permissions import PERMISSIONS
from inventory.people.queries import member_ever
from inventory.scanning.verdicts import verdict_on
from inventory.sessions.admission import Swap
from inventory.sessions.forms import ScanForm
from inventory.sessions.models import RemovalReason, TreatmentSession
from inventory.sessions.queries import scan_of, treatment_of
from inventory.sessions.steps import STEPS
from inventory.sessions.unconnected import Arrival, Taken, latest_moment, note_late, note_left, take_scan
from inventory.web.forms import Form

WAITING, UNREAD = "waiting", "unread"
LATE_STEPS = {
    EventKind.COUNT: "A count of shots.",
    EventKind.REGION: "A change of region.",
    EventKind.MUST_CHANGE: "A report that the needle must be changed.",
    EventKind.SYRINGE: "A new syringe.",
    EventKind.UNDO: "A swap taken back.",
}


@dataclass(frozen=True)
class Whose:
    by: Brought
    left: bool


def take(device: Device, event: Event, offset: timedelta, now: datetime) -> dict[str, object]:
    """The reply to one event. Raises `NotHere` for a session that is not of this clinic.

    `outcome` is applied, refused, conflict or late: kept for ever, and the device may forget it. It is waiting where
    an earlier event of the device or the right clinic is missing, and unread where it can never be taken.
    """
    whose = _whose(event, device, now)
    if whose is None:
        return _reply(event, WAITING, "Sign in at the clinic where this was done; it waits on this device until then.")
    known = queries.event_of(device.clinic_id, event.id)
    if known is not None:
        same = operations.is_same(known, device, event, whose.by)
        return (
            {**_reply(event, known.outcome, ""), **json.loads(known.answer)} if same else _reused(event, whose.by, now)
        )
    last = queries.last_seq(device.clinic_id, device.id)
    if event.seq <= last:
        return _reused(event, whose.by, now)
    if event.seq > last + 1:
        return _reply(event, WAITING, f"Event {last + 1} of this device must come first.")
    return _new(device, event, whose, offset, now)


def _new(device: Device, event: Event, whose: Whose, offset: timedelta, now: datetime) -> dict[str, object]:
    by = whose.by
    treatment = treatment_of(by.clinic_id, event.treatment_id)
    at = happened(event.device_at, offset, latest_moment(treatment), now)
    taken, answer = _scan(treatment, event, by, at) if event.kind is EventKind.SCAN else _step(treatment, event, by, at)
    said = _said(treatment, taken, answer)
    if whose.left:
        note_left(treatment, by, at, str(event.id))
    operations.keep_event(device, treatment, event, by, at, offset, taken, said)
    return {**_reply(event, taken.arrival, ""), **said}


def _scan(treatment: TreatmentSession, event: Event, by: Brought, at: datetime) -> tuple[Taken, Answer]:
    form = ScanForm(MultiDict({**event.fields, "event_id": str(event.id)}), meta={"csrf": False})
    if not form.validate():
        return Taken(Arrival.REFUSED), _shapeless(form)
    swap = Swap(RemovalReason(form.reason.data), form.shots.data)
    made: list[Taken] = []

    def act() -> Answer:
        made.append(take_scan(treatment, form.text.data, by, at, swap=swap, used=event.used))
        scan = made[0].scan
        return Answer(f"{scan.id}" if scan else "", status=409 if scan and scan.tone == "red" else 200)

    answer = answer_once(event.id, {**form.content, "treatment": treatment.id}, by=by, now=by.received_at, act=act)
    if made and answer.accepted:
        return made[0], answer
    # The page had sent it already, and only the answer was lost on its way.
    scan = scan_of(treatment, UUID(answer.message)) if answer.accepted and answer.message else None
    return Taken(Arrival.APPLIED if answer.accepted else Arrival.REFUSED, scan), answer


def _step(treatment: TreatmentSession, event: Event, by: Brought, at: datetime) -> tuple[Taken, Answer]:
    step = STEPS[event.kind.value]
    form = step.form(MultiDict({**event.fields, "event_id": str(event.id)}), meta={"csrf": False})
    if not form.validate():
        return Taken(Arrival.REFUSED), _shapeless(form)
    late = treatment.closed_at is not None

    def act() -> Answer:
        if not late:
            step.act(treatment, form, by, at)
        elif event.kind in LATE_STEPS:
            note_late(treatment, LATE_STEPS[event.kind], by, at, str(event.id))
        return Answer()

    path = url_for(f"sessions.{event.kind.value}", treatment_id=treatment.id)
    answer = answer_once(event.id, {**form.content, "step": path}, by=by, now=by.received_at, act=act)
    if not answer.accepted:
        return Taken(Arrival.REFUSED), answer
    return Taken(Arrival.LATE if late else Arrival.APPLIED), answer


def _said(treatment: TreatmentSession, taken: Taken, answer: Answer) -> dict[str, object]:
    """What the device is told beside the outcome; kept with the event."""
    said: dict[str, object] = {"state": treatment.state}
    if taken.scan is not None:
        verdict = verdict_on(taken.scan.code)
        said["verdict"] = {
            "code": verdict.code,
            "tone": taken.scan.tone,
            "word": verdict.word,
            "sentence": taken.scan.sentence,
            "next_step": taken.scan.next_step,
        }
    elif not answer.accepted:
        said["sentence"] = answer.message
    return said


def _whose(event: Event, device: Device, now: datetime) -> Whose | None:
    seen = witness(event.token)
    if seen is None or seen.clinic_id != device.clinic_id:
        return None
    found = member_ever(seen.clinic_id, seen.person_id)
    if found is None:
        return None
    membership, time_zone = found
    person = membership.person
    working = membership.ended_at is None and person.active and "sessions.work" in PERMISSIONS[membership.role]
    return Whose(Brought(person.id, person.name, seen.clinic_id, time_zone, now), left=not working)


def _reused(event: Event, by: Brought, now: datetime) -> dict[str, object]:
    record(by, "event.reused", Named(event.id), now=now, seq=event.seq)
    return _reply(event, UNREAD, REUSED.message)


def _shapeless(form: Form) -> Answer:
    """What no page would send; kept as refused, so that what follows it is not held up."""
    errors = [f"{error}" for named in form.errors.values() for error in named]
    return Answer(" ".join(errors) or "It could not be read.", accepted=False, code="INVALID", status=422)


def _reply(event: Event, outcome: str, sentence: str) -> dict[str, object]:
    said = {"sentence": sentence} if sentence else {}
    return {"id": str(event.id), "seq": event.seq, "outcome": outcome, **said}
