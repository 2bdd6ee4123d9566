"""Opening, starting and closing a session, and its treated areas."""

from datetime import datetime
from uuid import UUID

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.compliance.queries import policy_on
from inventory.db import db
from inventory.guns import operations as guns
from inventory.packs import operations as packs
from inventory.people.models import Membership
from inventory.sessions import estimating, needles, queries
from inventory.sessions.errors import (
    BadArea,
    BadReference,
    NotRunning,
    NotSettingUp,
    SessionOver,
    SetupIncomplete,
)
from inventory.sessions.judging import reassess
from inventory.sessions.models import (
    AgeBand,
    RemovalReason,
    SessionSubject,
    Sex,
    Side,
    Technique,
    TreatedArea,
    TreatmentSession,
    TreatmentState,
)
from inventory.sessions.references import looks_personal
from inventory.sessions.setup import checklist
from inventory.sessions.sizes import check_once, size_of
from inventory.sessions.subjects import commitment_of, subject_for
from inventory.stock.models import Location


def open_session(
    patient_reference: str,
    practitioner: Membership,
    room: Location,
    technique: Technique,
    needle_length_mm: int,
    by: Actor,
    now: datetime,
    *,
    tilt_degrees: int | None = None,
    age_band: AgeBand | None = None,
    sex: Sex | None = None,
    planned_punctures: int | None = None,
    body_protocol: bool = False,
    event_id: UUID | None = None,
) -> TreatmentSession:
    """Open a session in setup, under the policy in force now. The record speaks of the patient by a keyed commitment.

    `event_id` names the form that asked for it. Raises `BadReference`.
    """
    if looks_personal(patient_reference):
        raise BadReference
    treatment = TreatmentSession(
        clinic_id=by.clinic_id,
        number=queries.next_number(by.clinic_id),
        practitioner_membership_id=practitioner.id,
        practitioner_name=practitioner.person.name,
        room=room,
        policy=policy_on(by.clinic_id, now),
        technique=technique,
        needle_length_mm=needle_length_mm,
        tilt_degrees=tilt_degrees,
        age_band=age_band,
        sex=sex,
        planned_punctures=planned_punctures,
        body_protocol=body_protocol,
        opened_at=now,
        opened_by_id=by.id,
        opened_by_name=by.name,
    )
    db.session.add(treatment)
    subject = subject_for(by.clinic_id, patient_reference)
    record(by, "session.opened", treatment, now=now, patient=commitment_of(subject))
    db.session.add(
        SessionSubject(
            treatment_id=treatment.id,
            clinic_id=by.clinic_id,
            patient_reference=patient_reference,
            event_id=event_id,
        )
    )
    db.session.flush()
    return treatment


def add_area(
    treatment: TreatmentSession,
    region: str,
    side: Side,
    by: Actor,
    now: datetime,
    *,
    area_cm2: int | None = None,
    palms: int | None = None,
) -> TreatedArea:
    """Add a region: its area typed in cm2, else counted in palms, else the region's preset. Raises `BadArea`, and
    `CoveredTwice` where it lies on the skin of another one.
    """
    _not_over(treatment)
    source, area = size_of(region, side, area_cm2, palms)
    check_once([*map(queries.key_of, queries.areas_of(treatment)), f"{region}:{side.value}"])
    added = TreatedArea(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        region=region,
        side=side,
        area_cm2=area,
        source=source,
        added_at=now,
    )
    db.session.add(added)
    record(by, "session.area_added", treatment, now=now, also=[added])
    reassess(treatment, by, now)
    return added


def withdraw_area(treatment: TreatmentSession, area: TreatedArea, by: Actor, now: datetime) -> None:
    """Take a wrongly entered region out of the sum; the row stays."""
    _not_over(treatment)
    area.withdrawn_at = now
    record(by, "session.area_withdrawn", treatment, now=now, also=[area])
    reassess(treatment, by, now)


def draw_syringe(treatment: TreatmentSession, by: Actor, now: datetime) -> None:
    """One more syringe was drawn."""
    _not_over(treatment)
    treatment.syringes += 1
    record(by, "session.syringe_drawn", treatment, now=now)
    reassess(treatment, by, now)


def start(treatment: TreatmentSession, by: Actor, now: datetime, *, region: str | None = None) -> None:
    """The first puncture: fits the first needle. Raises `SetupIncomplete` naming what is still missing, and what
    `needles.fit_first` raises where every pack was recalled or put into quarantine meanwhile.
    """
    if treatment.state is not TreatmentState.SETUP:
        raise NotSettingUp(treatment)
    missing = [item.scan for item in checklist(treatment) if item.required and not item.done]
    if missing:
        raise SetupIncomplete(missing)
    treatment.state = TreatmentState.RUNNING
    treatment.started_at = now
    record(by, "session.started", treatment, now=now)
    needles.fit_first(treatment, by, now, region=region)
    reassess(treatment, by, now)


def count_shots(
    treatment: TreatmentSession, shots: int, by: Actor, now: datetime, *, area_cm2: int | None = None
) -> None:
    """What the gun's counter shows for the needle now fitted, and the skin it has done so far where that is known."""
    needles.count(treatment, shots, by, now, area_cm2=area_cm2)
    reassess(treatment, by, now)


def check_running(treatment: TreatmentSession) -> None:
    """Raises `NotRunning`."""
    if treatment.state is not TreatmentState.RUNNING:
        raise NotRunning(treatment)


def note_locked(treatment: TreatmentSession, by: Actor, now: datetime) -> None:
    """What was just done came from a locked tablet: by whoever stood there, under the name of who was at work."""
    check_running(treatment)
    record(by, "session.done_on_locked_tablet", treatment, now=now)


def treat_region(treatment: TreatmentSession, region: str, by: Actor, now: datetime) -> None:
    """The needle now fitted goes on to another region of the session."""
    if region not in {queries.key_of(area) for area in queries.areas_of(treatment)}:
        raise BadArea("Add this region to the session first.")
    needles.treat_region(treatment, region, by, now)
    reassess(treatment, by, now)


def must_change(treatment: TreatmentSession, event: RemovalReason, by: Actor, now: datetime) -> None:
    """The needle touched bone, fell, was touched, bent or blocked."""
    needles.must_change(treatment, event, by, now)
    reassess(treatment, by, now)


def close(
    treatment: TreatmentSession,
    by: Actor,
    now: datetime,
    *,
    shots: int | None = None,
    area_cm2: int | None = None,
) -> None:
    """End the last needle and the session, store the estimates that were left open, finish its packs, give the gun
    back, judge it a last time.
    """
    if treatment.state is not TreatmentState.RUNNING:
        raise NotRunning(treatment)
    course = queries.course_of(treatment)
    fitted = next((use for use in course.needle_uses if use.removed_at is None), None)
    if fitted is not None:
        needles.remove(fitted, RemovalReason.SESSION_END, now, shots=shots, area_cm2=area_cm2)
    treatment.state = TreatmentState.CLOSED
    treatment.closed_at = now
    treatment.closed_by_name = by.name
    estimating.store_at_close(treatment, course)
    record(by, "session.closed", treatment, now=now, also=course.needle_uses)
    _put_away(treatment, by, now)
    reassess(treatment, by, now)


def abandon(treatment: TreatmentSession, reason: str, by: Actor, now: datetime) -> None:
    """End a session before its first puncture. What was opened for it stays used up: it left its sterile barrier."""
    if treatment.state is not TreatmentState.SETUP:
        raise NotSettingUp(treatment)
    treatment.state = TreatmentState.ABANDONED
    treatment.closed_at = now
    treatment.closed_by_name = by.name
    treatment.close_reason = reason
    record(by, "session.abandoned", treatment, now=now)
    _put_away(treatment, by, now)


def _put_away(treatment: TreatmentSession, by: Actor, now: datetime) -> None:
    for pack in queries.packs_of(treatment):
        packs.finish_pack(pack, by, now)
    if treatment.gun is not None:
        guns.give_back(treatment.gun, by, now)


def _not_over(treatment: TreatmentSession) -> None:
    if treatment.state in (TreatmentState.CLOSED, TreatmentState.ABANDONED):
        raise SessionOver(treatment)
