"""What a session was, as the rules see it: rows in, frozen facts out."""

from collections.abc import Mapping
from datetime import datetime

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.punctures import observed_rate
from inventory.compliance.queries import thresholds_of
from inventory.sessions import queries
from inventory.sessions.models import TreatmentSession, TreatmentState
from inventory.sessions.queries import Course
from inventory.sessions.rows import CourseRows, SittingRow, UseRow
from inventory.sessions.shares import Worked, area_shares


def facts_of(treatment: TreatmentSession, now: datetime) -> SessionFacts:
    """The facts of a session as they stand at `now`; a closed one does not change any more."""
    return facts_from(queries.course_of(treatment), treatment, now)


def facts_from(course: Course, treatment: TreatmentSession, now: datetime) -> SessionFacts:
    """The same from rows already read."""
    return facts_in(course, treatment, spacing_of(treatment), now)


def facts_in(course: CourseRows, treatment: SittingRow, spacing_mm: int | None, now: datetime) -> SessionFacts:
    """The same from rows of any make, with the distance between punctures that some policy says."""
    uses, areas, gun = course.needle_uses, course.areas, treatment.gun
    until = treatment.closed_at or now
    began = treatment.started_at or until
    worked = [Worked(use.sequence, regions_of(use), use.area_cm2) for use in uses]
    by_region = {queries.key_of(area): area.area_cm2 for area in areas}
    shares = area_shares(worked, by_region)
    running = treatment.state is TreatmentState.RUNNING
    high_speed = gun.high_speed if gun else False
    needles = [
        _needle(use, on.regions, _area(use, running, shares), high_speed, until)
        for use, on in zip(uses, worked, strict=True)
    ]
    return SessionFacts(
        area_cm2=sum([area.area_cm2 for area in areas]) or None,
        regions=tuple(by_region),
        planned_punctures=treatment.planned_punctures,
        seconds=_seconds(began, until),
        syringes=treatment.syringes,
        needle_uses=tuple(needles),
        body_protocol=treatment.body_protocol,
        contact_time=_contact_time(course, began),
        fastest_shots_per_minute=gun.fastest_shots_per_minute if gun else None,
        shots_per_minute=observed_rate(needles),
        closed=treatment.state is TreatmentState.CLOSED,
        spacing_mm=spacing_mm,
    )


def needle_facts(treatment: SittingRow, use: UseRow, area_cm2: int | None, until: datetime) -> NeedleUseFacts:
    return _needle(use, regions_of(use), area_cm2, treatment.gun.high_speed if treatment.gun else False, until)


def spacing_of(treatment: TreatmentSession) -> int | None:
    """The policy's usual distance between two punctures of the session's technique, in mm."""
    return thresholds_for(treatment).spacing_mm.get(treatment.technique.value)


def thresholds_for(treatment: TreatmentSession) -> Thresholds:
    """What the policy the session began under says of its technique."""
    return thresholds_of(treatment.policy, treatment.technique.value)


def regions_of(use: UseRow) -> tuple[str, ...]:
    return tuple([key for key in use.regions.split(",") if key])


def _needle(
    use: UseRow, regions: tuple[str, ...], area_cm2: int | None, high_speed: bool, until: datetime
) -> NeedleUseFacts:
    removed_at = use.removed_at
    return NeedleUseFacts(
        needle_use=str(use.id),
        sequence=use.sequence,
        pins=use.pins,
        shots=use.shots,
        estimated=use.estimated,
        seconds=_seconds(use.fitted_at, removed_at or until),
        area_cm2=area_cm2,
        regions=regions,
        high_speed=high_speed,
        must_change=use.must_change.value if use.must_change else None,
        ended=removed_at is not None,
    )


def _area(use: UseRow, running: bool, shares: Mapping[int, int | None]) -> int | None:
    """A needle still on the gun has not worked on its whole share yet: only what was entered counts until close."""
    return use.area_cm2 if running and use.removed_at is None else shares[use.sequence]


def _contact_time(course: CourseRows, began: datetime) -> tuple[tuple[int, int], ...]:
    """Required and kept seconds of the last antiseptic put on before the first puncture.

    Of two put on at one moment the one that must act longer counts: the order of equal times says nothing.
    """
    before = [(skin.finished_at, skin.contact_seconds) for skin in course.skin if skin.finished_at <= began]
    if not before:
        return ()
    applied_at, required = max(before)
    return ((required, _seconds(applied_at, began)),)


def _seconds(start: datetime, end: datetime) -> int:
    gone = end - start
    return max(0, gone.days * 86_400 + gone.seconds)
