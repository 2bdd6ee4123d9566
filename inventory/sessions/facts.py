"""What a session was, as the rules see it: rows in, frozen facts out."""

from datetime import datetime

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.needles import observed_rate
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
    uses, areas = course.needle_uses, course.areas
    until = treatment.closed_at or now
    began = treatment.started_at or until
    total = sum(area.area_cm2 for area in areas)
    shares = area_shares(
        [Worked(use.sequence, regions_of(use), use.area_cm2) for use in uses],
        {queries.key_of(area): area.area_cm2 for area in areas},
    )
    needles = tuple(needle_facts(treatment, use, _area(treatment, use, shares), until) for use in uses)
    return SessionFacts(
        area_cm2=total or None,
        regions=tuple(dict.fromkeys(queries.key_of(area) for area in areas)),
        planned_punctures=treatment.planned_punctures,
        seconds=_seconds(began, until),
        syringes=treatment.syringes,
        needle_uses=needles,
        body_protocol=treatment.body_protocol,
        contact_time=_contact_time(course, began),
        fastest_shots_per_minute=treatment.gun.fastest_shots_per_minute if treatment.gun else None,
        shots_per_minute=observed_rate(needles),
        closed=treatment.state is TreatmentState.CLOSED,
        spacing_mm=spacing_mm,
    )


def _area(treatment: SittingRow, use: UseRow, shares: dict[int, int | None]) -> int | None:
    """A needle still on the gun has not worked on its whole share yet: only what was entered counts until close."""
    working = use.removed_at is None and treatment.state is TreatmentState.RUNNING
    return use.area_cm2 if working else shares[use.sequence]


def needle_facts(treatment: SittingRow, use: UseRow, area_cm2: int | None, until: datetime) -> NeedleUseFacts:
    return NeedleUseFacts(
        needle_use=str(use.id),
        sequence=use.sequence,
        pins=use.pins,
        shots=use.shots,
        estimated=use.estimated,
        seconds=_seconds(use.fitted_at, use.removed_at or until),
        area_cm2=area_cm2,
        regions=regions_of(use),
        high_speed=treatment.gun.high_speed if treatment.gun else False,
        must_change=use.must_change.value if use.must_change else None,
        ended=use.removed_at is not None,
    )


def spacing_of(treatment: TreatmentSession) -> int | None:
    """The policy's usual distance between two punctures of the session's technique, in mm."""
    return thresholds_for(treatment).spacing_mm.get(treatment.technique.value)


def thresholds_for(treatment: TreatmentSession) -> Thresholds:
    """What the policy the session began under says of its technique."""
    return thresholds_of(treatment.policy, treatment.technique.value)


def regions_of(use: UseRow) -> tuple[str, ...]:
    return tuple(key for key in use.regions.split(",") if key)


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
    return max(0, (end - start).days * 86_400 + (end - start).seconds)
