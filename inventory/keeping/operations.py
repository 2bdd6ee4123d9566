"""Deciding how long things are kept, and what a dispute holds."""

from collections.abc import Iterable
from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import Act, record, record_all
from inventory.db import db
from inventory.errors import Invalid
from inventory.keeping import queries
from inventory.keeping.classes import LONGEST_DAYS, RULES, RecordClass
from inventory.keeping.errors import AlreadyHeld, AlreadyLifted, NamesPatient, NothingToHold, TermAsBefore, TermTooShort
from inventory.keeping.models import HoldKind, LegalHold, RetentionTerm
from inventory.sessions.models import TreatmentSession
from inventory.sessions.subject_models import PatientSubject
from inventory.sessions.subjects import subject_in
from inventory.stock.models import Lot


def set_term(
    record_class: RecordClass, days: int, reason: str, signed_with: str, by: Actor, now: datetime
) -> RetentionTerm:
    """From now on keep the class for `days`. Raises `TermTooShort`, `TermAsBefore`, `Invalid`."""
    rule = RULES[record_class]
    if days < rule.least:
        raise TermTooShort(rule.what, rule.least)
    if days > LONGEST_DAYS:
        raise Invalid(f"Type at most {LONGEST_DAYS} days, which is 100 years.", field="days")
    before = queries.days_of(by.clinic_id, record_class)
    if days == before:
        raise TermAsBefore(days)
    made = RetentionTerm(
        clinic_id=by.clinic_id,
        record_class=record_class,
        days=days,
        reason=reason,
        set_at=now,
        set_by_id=by.id,
        set_by_name=by.name,
        signed_with=signed_with,
    )
    db.session.add(made)
    record(by, "retention.term_set", made, now=now, days_before=before)
    return made


def hold(kind: HoldKind, what: str, reason: str, by: Actor, now: datetime) -> list[LegalHold]:
    """Hold the clinic, a session, the patient of a session, or every lot of a number, which `what` names.

    Raises `NothingToHold`, `AlreadyHeld`, `NamesPatient`.
    """
    placed = []
    for subject, label in _found(kind, what, reason, by):
        if queries.live_hold(by.clinic_id, kind, subject.id if subject else None):
            raise AlreadyHeld(label)
        placed.append(
            LegalHold(
                clinic_id=by.clinic_id,
                kind=kind,
                subject_id=subject.id if subject else None,
                label=label,
                reason=reason,
                placed_at=now,
                placed_by_id=by.id,
                placed_by_name=by.name,
            )
        )
    db.session.add_all(placed)
    record_all(by, [Act("hold.placed", each) for each in placed], now=now)
    return placed


def lift(held: LegalHold, reason: str, by: Actor, now: datetime) -> None:
    """From now on it holds nothing. Raises `AlreadyLifted`."""
    if held.lifted_at is not None:
        raise AlreadyLifted
    held.lifted_at, held.lifted_by_name, held.lift_reason = now, by.name, reason
    record(by, "hold.lifted", held, now=now)


def check_nameless(reason: str, subject: PatientSubject | None) -> None:
    """Raises `NamesPatient` where what the record will keep repeats the patient's reference."""
    if subject is not None and subject.reference.lower() in reason.lower():
        raise NamesPatient


Found = Iterable[tuple[TreatmentSession | PatientSubject | Lot | None, str]]


def _found(kind: HoldKind, what: str, reason: str, by: Actor) -> Found:
    if kind is HoldKind.CLINIC:
        return [(None, "The whole clinic")]
    if kind is HoldKind.LOT:
        lots = queries.lots_numbered(by.clinic_id, what)
        if not lots:
            raise NothingToHold("lot", what)
        return [(lot, f"Lot {lot.number} of {lot.product.name}") for lot in lots]
    number = what.lower().removeprefix("session").strip()
    treatment = queries.session_numbered(by.clinic_id, int(number)) if number.isdecimal() and len(number) < 10 else None
    if treatment is None:
        raise NothingToHold("session", what)
    subject = subject_in(treatment)
    check_nameless(reason, subject)
    if kind is HoldKind.SESSION:
        return [(treatment, f"Session {treatment.number}")]
    if subject is None:
        raise NothingToHold("reference kept of session", what)
    return [(subject, f"The patient of session {treatment.number}")]
