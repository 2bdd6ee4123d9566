"""Judging a session when it changes: facts in, findings out, flags kept."""

from collections.abc import Container, Sequence
from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.compliance.rules import Finding, FindingCode, judge
from inventory.db import db
from inventory.packs.models import PackState
from inventory.sessions import judgements, queries
from inventory.sessions.facts import facts_from, facts_of, thresholds_for
from inventory.sessions.models import Flag, FlagSeverity, NeedleUse, TreatmentSession, TreatmentState
from inventory.sessions.scan_queries import passed_for
from inventory.stock.models import LotStatus

STORED = {
    FindingCode.NEEDLE_CHANGE_TOO_FEW: FlagSeverity.MAJOR,
    FindingCode.NEEDLE_OVERDUE: FlagSeverity.MAJOR,
    FindingCode.NEEDLE_CHANGE_DUE: FlagSeverity.MAJOR,
    FindingCode.REGION_CARRYOVER: FlagSeverity.MAJOR,
    FindingCode.CONTACT_TIME_SHORT: FlagSeverity.MAJOR,
    FindingCode.RATE_IMPLAUSIBLE: FlagSeverity.WARNING,
    FindingCode.AREA_MISSING: FlagSeverity.WARNING,
}
"""Findings that become flags; the others are advice while the session runs."""
INCIDENTS = (
    "ALREADY_USED",
    "OVERRIDDEN",
    "RECALLED",
    "QUARANTINED",
    "USED_REGARDLESS",
    "LATE_ENTRY",
    "PERSON_LEFT",
    "ADVERSE_REACTION",
)
"""What happened and stays true: raised once, never cleared, no part of what the rules find."""
STOPPED = {"RECALLED": "recalled", "QUARANTINED": "put into quarantine"}
STORED_CODES = tuple(code.value for code in STORED) + INCIDENTS


def findings_of(treatment: TreatmentSession, now: datetime) -> Sequence[Finding]:
    """What the policy the session began under says of it now; nothing before its first puncture."""
    if treatment.started_at is None:
        return ()
    return judge(facts_of(treatment, now), thresholds_for(treatment))


def reassess(treatment: TreatmentSession, by: Actor, now: datetime) -> queries.Course | None:
    """Raise a flag for each finding that has none, clear the flags whose finding is gone. Never deletes.

    Cost follows the session's own rows, not the clinic's history. Too few needles is judged at close only: until
    then the next swap may still come. Gives back the course it judged, none where nothing is judged yet.
    """
    if treatment.state not in (TreatmentState.RUNNING, TreatmentState.CLOSED):
        return None
    course = queries.course_of(treatment)
    facts = facts_from(course, treatment, now)
    findings = judge(facts, thresholds_for(treatment))
    found = {
        (finding.code.value, finding.subject or "session"): finding
        for finding in findings
        if finding.code in STORED and is_due(finding, treatment)
    }
    live = {(flag.code, flag.subject): flag for flag in queries.live_flags(treatment)}
    # What is recalled after the close is traced by its lot; it says nothing of how the session went.
    if treatment.closed_at in (None, now):
        _name_bad_needles(treatment, course.needle_uses, live.keys(), by, now)
    for key in found.keys() - live.keys():
        _raise(treatment, found[key], by, now)
    for key, flag in live.items():
        if key not in found and flag.code not in INCIDENTS:
            flag.cleared_at = now
            record(by, "flag.cleared", treatment, now=now, also=[flag])
    if treatment.state is TreatmentState.CLOSED:
        judgements.keep(treatment, facts, findings, by, now)
    return course


def raise_incident(
    treatment: TreatmentSession,
    code: str,
    subject: str,
    sentence: str,
    by: Actor,
    now: datetime,
    *,
    rule: str,
    severity: FlagSeverity = FlagSeverity.CRITICAL,
) -> None:
    """Keep what went wrong as a flag of the session. `rule` is the rule's id, else the verdict's code."""
    flag = Flag(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        code=code,
        rule=rule,
        subject=subject,
        severity=severity,
        sentence=sentence,
        facts=canonical({"sentence": sentence}).decode(),
        policy_number=treatment.policy.number,
        raised_at=now,
    )
    db.session.add(flag)
    record(by, "flag.raised", treatment, now=now, also=[flag])


def is_due(finding: Finding, treatment: TreatmentSession) -> bool:
    """Too few needles is judged at the close only."""
    return finding.code is not FindingCode.NEEDLE_CHANGE_TOO_FEW or treatment.state is TreatmentState.CLOSED


def _name_bad_needles(
    treatment: TreatmentSession, uses: Sequence[NeedleUse], live: Container[tuple[str, str]], by: Actor, now: datetime
) -> None:
    """N2, INV-3: needles fitted while they were good, whose lot or pack was stopped before the session was over."""
    for use in uses:
        code = _stopped(use)
        if code is None or (code, str(use.id)) in live or code in passed_for(treatment, use.pack):
            continue
        sentence = (
            f"Needle {use.sequence}, lot {use.lot.number}, was {STOPPED[code]} before the session was over; "
            "clinic policy lets none of it be fitted any more."
        )
        raise_incident(treatment, code, str(use.id), sentence, by, now, rule="N2")


def _stopped(use: NeedleUse) -> str | None:
    if LotStatus.RECALLED is use.lot.status or PackState.RECALLED is use.pack.state:
        return "RECALLED"
    return "QUARANTINED" if use.lot.status is LotStatus.QUARANTINED else None


def _raise(treatment: TreatmentSession, finding: Finding, by: Actor, now: datetime) -> None:
    flag = Flag(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        code=finding.code.value,
        rule=finding.rule,
        subject=finding.subject or "session",
        severity=STORED[finding.code],
        sentence=finding.sentence,
        facts=canonical(dict(finding.facts)).decode(),
        policy_number=treatment.policy.number,
        raised_at=now,
    )
    db.session.add(flag)
    record(by, "flag.raised", treatment, now=now, also=[flag])
