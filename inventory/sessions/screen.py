"""What the page of a session shows: everything decided here, nothing in the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from inventory.compliance.counters import NEARLY, Counter, CounterState, counter_of
from inventory.compliance.facts import NeedleUseFacts
from inventory.compliance.needles import limits_of
from inventory.compliance.rules import Finding, judge, needles_required
from inventory.scanning.verdicts import Tone, verdict_on
from inventory.sessions import queries, review_queries
from inventory.sessions.bundle_queries import bundles_of
from inventory.sessions.explaining import explained
from inventory.sessions.facts import facts_from, spacing_of, thresholds_for
from inventory.sessions.forms import AreaForm, CloseForm, CountForm, EventForm, ReasonForm, RegionForm, ScanForm
from inventory.sessions.judging import is_due
from inventory.sessions.models import Scan, TreatmentSession, TreatmentState
from inventory.sessions.overriding import may_override
from inventory.sessions.regions import label_of
from inventory.sessions.setup import checklist
from inventory.sessions.setup_queries import prepared
from inventory.sessions.signed_content import reviews_of
from inventory.sessions.timeline import bars, marks
from inventory.sessions.undoing import swap_to_undo
from inventory.web.access import SignedIn
from inventory.web.forms import Form, choices

Kind = TypeVar("Kind", bound=Form)
MOST_MARKS = 200
TONES = {Tone.GREEN: "go", Tone.AMBER: "caution", Tone.RED: "stop"}
COUNTER = {
    CounterState.OK: ("go", "Fine"),
    CounterState.SOON: ("caution", "Change soon"),
    CounterState.OVERDUE: ("stop", "Change now"),
}


@dataclass(frozen=True)
class ShownVerdict:
    tone: str
    word: str
    sentence: str
    next_step: str
    may_override: bool


@dataclass(frozen=True)
class Due:
    """When the time on the gun alone makes the counter amber and red (N7)."""

    soon_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class ShownCounter:
    counter: Counter
    tone: str
    word: str
    soon: int
    fitted_at: datetime
    due: Due


def asked_scan(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def of(
    treatment: TreatmentSession, by: SignedIn, now: datetime, *, refused: Form | None, scan_id: UUID | None
) -> dict[str, object]:
    """The names the page uses. `refused` is a form to show again with its errors."""
    course, flags = queries.course_of(treatment), queries.live_flags(treatment)
    return {
        **_answer(treatment, course, by, now, refused, queries.scan_of(treatment, scan_id) if scan_id else None),
        "areas": course.areas,
        "area_total": sum(area.area_cm2 for area in course.areas),
        "reference": queries.subject_of(treatment) or "reference erased" if by.may("sessions.work") else None,
        "flags": flags,
        "reviews": reviews_of(treatment.clinic_id, flags) if treatment.closed_at else {},
        "cleared_flags": review_queries.cleared_flags(treatment) if treatment.closed_at else (),
        "scans": queries.scans_of(treatment),
        "area_form": _again(AreaForm, refused),
        "close_form": _again(CloseForm, refused),
        "abandon_form": _again(ReasonForm, refused),
        "label_of": label_of,
        **_timeline(treatment, course, now),
        **_account(treatment, course, now),
    }


def after_scan(
    treatment: TreatmentSession, by: SignedIn, now: datetime, scan_id: UUID, course: queries.Course | None
) -> dict[str, object]:
    """The names the answer to one scan uses: a part of the page's. In setup no needle was used yet, so none is read,
    and none twice where `course` was read to judge the session by this scan.
    """
    if course is None:
        in_setup = treatment.state is TreatmentState.SETUP
        course = queries.Course((), (), ()) if in_setup else queries.course_of(treatment)
    return _answer(treatment, course, by, now, None, queries.scan_of(treatment, scan_id))


def _answer(
    treatment: TreatmentSession,
    course: queries.Course,
    by: SignedIn,
    now: datetime,
    refused: Form | None,
    scan: Scan | None,
) -> dict[str, object]:
    there = prepared(treatment) if treatment.state is TreatmentState.SETUP else None
    listed = checklist(treatment, there) if there else []
    return {
        "treatment": treatment,
        "may_work": by.may("sessions.work"),
        "in_setup": treatment.state is TreatmentState.SETUP,
        "running": treatment.state is TreatmentState.RUNNING,
        "over": treatment.state in (TreatmentState.CLOSED, TreatmentState.ABANDONED),
        "verdict": _verdict(scan, treatment, by) if scan else None,
        "last_scan": scan,
        "checklist": listed,
        "act_until": there.act_until if there and there.act_until and there.act_until > now else None,
        "ready": all(item.done for item in listed if item.required),
        "scan_form": _again(ScanForm, refused),
        "plain_form": Form(formdata=None),
        "refused": refused,
        **_needles(treatment, course, now, refused),
    }


def _needles(
    treatment: TreatmentSession, course: queries.Course, now: datetime, refused: Form | None
) -> dict[str, object]:
    if treatment.started_at is None:
        return {"uses": (), "use_facts": {}, "counter": None, "findings": (), "may_undo": False}
    facts, thresholds = facts_from(course, treatment, now), thresholds_for(treatment)
    fitted = next((use for use in facts.needle_uses if not use.ended), None)
    return {
        "uses": course.needle_uses,
        "use_facts": {use.sequence: use for use in facts.needle_uses},
        "fitted": fitted,
        "counter": _counter(fitted, course.needle_uses[-1].fitted_at, treatment, facts.shots_per_minute)
        if fitted
        else None,
        "needles_used": len(facts.needle_uses),
        "needles_required": needles_required(facts, thresholds),
        "findings": _shown(judge(facts, thresholds), treatment),
        "may_undo": swap_to_undo(treatment, course.needle_uses, now) is not None,
        "may_move_on": _elsewhere(course, fitted),
        "count_form": _again(CountForm, refused),
        "region_form": _region_form([queries.key_of(area) for area in course.areas], fitted, refused),
        "event_form": _again(EventForm, refused),
    }


def _timeline(treatment: TreatmentSession, course: queries.Course, now: datetime) -> dict[str, object]:
    began = treatment.started_at
    if began is None or not course.needle_uses:
        return {"bars": ()}
    facts = facts_from(course, treatment, now)
    fitted_at = [use.fitted_at for use in course.needle_uses]
    return {
        "bars": bars(facts, fitted_at, began, thresholds_for(treatment)),
        "bar_tones": {state: tone for state, (tone, _) in COUNTER.items()},
        "minutes": -(-facts.seconds // 60),
        "marks": marks(
            [(scan.at, scan.tone, scan.sentence) for scan in queries.scans_of(treatment, limit=MOST_MARKS)],
            began,
            facts.seconds,
        ),
        "scan_tones": TONES,
    }


def _account(treatment: TreatmentSession, course: queries.Course, now: datetime) -> dict[str, object]:
    """Of a closed session: why it was judged as it was, and its sterility bundle."""
    if treatment.state is not TreatmentState.CLOSED:
        return {"explained": (), "bundle": None}
    return {
        "explained": list(explained(facts_from(course, treatment, now), thresholds_for(treatment))),
        "bundle": bundles_of(treatment.clinic_id, [treatment.id]).get(treatment.id),
    }


def _verdict(scan: Scan, treatment: TreatmentSession, by: SignedIn) -> ShownVerdict:
    """The way past it stands only where the policy allows it, for who scanned it and so was told."""
    verdict = verdict_on(scan.code)
    return ShownVerdict(
        TONES[scan.tone],
        verdict.word,
        scan.sentence,
        scan.next_step,
        verdict.override and scan.by_id == by.id and may_override(by, verdict.code, thresholds_for(treatment)),
    )


def _counter(
    fitted: NeedleUseFacts, fitted_at: datetime, treatment: TreatmentSession, rate: int | None
) -> ShownCounter:
    thresholds = thresholds_for(treatment)
    counter = counter_of(fitted, thresholds, spacing_of(treatment), rate)
    tone, word = COUNTER[counter.state]
    limits = limits_of(fitted, thresholds)
    limit = timedelta(seconds=limits.seconds)
    due = Due(fitted_at + limit * NEARLY / 1000, fitted_at + limit)
    return ShownCounter(counter, tone, word, limits.soon * 1000 // counter.limit, fitted_at, due)


def _shown(findings: Sequence[Finding], treatment: TreatmentSession) -> list[tuple[str, str]]:
    """What would become a flag only at the close is a warning until then: the next swap may still come."""
    tones = {"advice": "accent", "soon": "caution", "warning": "caution", "major": "stop"}
    return [
        (tones[finding.severity.value] if is_due(finding, treatment) else "caution", finding.sentence)
        for finding in findings
    ]


def _elsewhere(course: queries.Course, fitted: NeedleUseFacts | None) -> bool:
    """Whether there is a region the needle is not on; also where its own was taken out meanwhile."""
    here = fitted.regions[-1] if fitted and fitted.regions else ""
    return any(queries.key_of(area) != here for area in course.areas)


def _region_form(regions: Sequence[str], fitted: NeedleUseFacts | None, refused: Form | None) -> RegionForm:
    form = _again(RegionForm, refused)
    form.region.choices = choices([(key, label_of(key)) for key in dict.fromkeys(regions)])
    if fitted and fitted.regions and form is not refused:
        form.region.data = fitted.regions[-1]
    return form


def _again(kind: type[Kind], refused: Form | None) -> Kind:
    """The refused form itself where it is of this kind, else a fresh one with a new event id."""
    if type(refused) is kind:
        return refused
    return kind(formdata=None)
