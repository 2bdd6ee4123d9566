"""What the page of a session shows: everything decided here, nothing in the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from inventory.compliance.counters import Counter, CounterState, counter_of
from inventory.compliance.queries import thresholds_of
from inventory.compliance.rules import Finding, needles_required
from inventory.scanning.verdicts import Tone, verdict_on
from inventory.sessions import queries
from inventory.sessions.facts import facts_of, spacing_of
from inventory.sessions.forms import (
    AreaForm,
    CloseForm,
    CountForm,
    EventForm,
    ReasonForm,
    RegionForm,
    ScanForm,
)
from inventory.sessions.judging import findings_of
from inventory.sessions.models import Scan, TreatmentSession, TreatmentState
from inventory.sessions.regions import label_of
from inventory.sessions.setup import checklist
from inventory.web.access import SignedIn
from inventory.web.forms import Form, choices

Kind = TypeVar("Kind", bound=Form)
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
class ShownCounter:
    counter: Counter
    tone: str
    word: str
    soon: int


def asked_scan(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def of(
    treatment: TreatmentSession, by: SignedIn, now: datetime, *, refused: Form | None, scan_id: UUID | None
) -> dict[str, object]:
    """The names the templates use. `refused` is a form to show again with its errors."""
    facts = facts_of(treatment, now)
    thresholds = thresholds_of(treatment.policy)
    fitted = next((use for use in facts.needle_uses if not use.ended), None)
    areas = queries.areas_of(treatment)
    setup_list = checklist(treatment)
    scan = queries.scan_of(treatment, scan_id) if scan_id else None
    return {
        "treatment": treatment,
        "may_work": by.may("sessions.work"),
        "in_setup": treatment.state is TreatmentState.SETUP,
        "running": treatment.state is TreatmentState.RUNNING,
        "over": treatment.state in (TreatmentState.CLOSED, TreatmentState.ABANDONED),
        "reference": queries.subject_of(treatment) if by.may("sessions.work") else None,
        "verdict": _verdict(scan, by) if scan else None,
        "last_scan": scan,
        "checklist": setup_list,
        "ready": all(item.done for item in setup_list if item.required),
        "areas": areas,
        "area_total": sum(area.area_cm2 for area in areas),
        "uses": queries.needle_uses_of(treatment),
        "use_facts": {use.sequence: use for use in facts.needle_uses},
        "fitted": fitted,
        "counter": _counter(fitted, treatment) if fitted else None,
        "needles_used": len(facts.needle_uses),
        "needles_required": needles_required(facts, thresholds),
        "findings": _shown(findings_of(treatment, now)),
        "flags": queries.live_flags(treatment),
        "scans": queries.scans_of(treatment),
        "containers": queries.containers_of(treatment),
        "label_of": label_of,
        **_forms(refused, [queries.key_of(area) for area in areas], fitted.regions if fitted else ()),
        "refused": refused,
    }


def _verdict(scan: Scan, by: SignedIn) -> ShownVerdict:
    verdict = verdict_on(scan.code)
    return ShownVerdict(
        TONES[scan.tone],
        verdict.word,
        scan.sentence,
        scan.next_step,
        verdict.override and by.may("sessions.override"),
    )


def _counter(fitted: object, treatment: TreatmentSession) -> ShownCounter:
    thresholds = thresholds_of(treatment.policy)
    counter = counter_of(fitted, thresholds, spacing_of(treatment))  # type: ignore[arg-type]
    tone, word = COUNTER[counter.state]
    return ShownCounter(counter, tone, word, thresholds.soon_punctures * 1000 // counter.limit)


def _shown(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    tones = {"advice": "accent", "soon": "caution", "warning": "caution", "major": "stop"}
    return [(tones[finding.severity.value], finding.sentence) for finding in findings]


def _forms(refused: Form | None, regions: list[str], worked: Sequence[str]) -> dict[str, Form]:
    region_form = _again(RegionForm, refused)
    region_form.region.choices = choices([(key, label_of(key)) for key in dict.fromkeys(regions)])
    if worked and region_form is not refused:
        region_form.region.data = worked[-1]
    return {
        "scan_form": _again(ScanForm, refused),
        "area_form": _again(AreaForm, refused),
        "count_form": _again(CountForm, refused),
        "region_form": region_form,
        "event_form": _again(EventForm, refused),
        "close_form": _again(CloseForm, refused),
        "abandon_form": _again(ReasonForm, refused),
        "plain_form": Form(formdata=None),
    }


def _again(kind: type[Kind], refused: Form | None) -> Kind:
    """The refused form itself where it is of this kind, else a fresh one with a new event id."""
    if type(refused) is kind:
        return refused
    return kind(formdata=None)
