"""When shots that nobody counted are estimated and stored. The arithmetic is `compliance.punctures.estimated_shots`.

At a swap only what will not change is known: the needle's own area, where it was typed, or the rate of the session's
needles that were counted. Its share of a region is not: the next needles may go on there. So what no area and no
rate tells stays open, marked as estimated, and is stored at the close, when every share is known. Once stored it is
never changed (trigger); what nothing tells even then (no area, no counted needle) stays empty.
"""

from collections.abc import Sequence

from inventory.compliance.facts import NeedleUseFacts
from inventory.compliance.punctures import estimated_shots, observed_rate
from inventory.db import db
from inventory.sessions.facts import facts_from, needle_facts, spacing_of, thresholds_for
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sessions.queries import Course


def store_at_swap(treatment: TreatmentSession, uses: Sequence[NeedleUse], removed: NeedleUse) -> None:
    """Estimate the needle just `removed`, where it was not counted and its own area or a rate is known."""
    # A lazy load would flush the removal before its entry in the record has read what changed.
    with db.session.no_autoflush:
        until = removed.removed_at or removed.fitted_at
        facts = [needle_facts(treatment, use, use.area_cm2, use.removed_at or until) for use in uses]
        _store(treatment, removed, facts[uses.index(removed)], observed_rate(facts))


def store_at_close(treatment: TreatmentSession, course: Course) -> None:
    """Estimate every needle of a closed session that was neither counted nor estimated before."""
    closed_at = treatment.closed_at
    if closed_at is None:
        return
    with db.session.no_autoflush:
        facts = facts_from(course, treatment, closed_at)
        for use, judged in zip(course.needle_uses, facts.needle_uses, strict=True):
            _store(treatment, use, judged, facts.shots_per_minute)


def _store(treatment: TreatmentSession, use: NeedleUse, facts: NeedleUseFacts, rate: int | None) -> None:
    if use.shots is None:
        use.shots = estimated_shots(facts, thresholds_for(treatment), spacing_of(treatment), rate)
