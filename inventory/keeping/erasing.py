"""Erasing a patient's reference: the record stays whole, and nobody can tell any more of whom it speaks.

What goes is the reference and the key. What stays is the commitment in the record, which without its key says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text

from inventory.audit.actors import Actor
from inventory.audit.operations import Act, record_all
from inventory.db import db
from inventory.keeping import queries
from inventory.keeping.classes import LOOK_BACK_DAYS, cutoff
from inventory.keeping.errors import AlreadyErased, Held, PatientInTreatment
from inventory.keeping.models import ErasedSubject
from inventory.keeping.operations import check_nameless
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sessions.subject_models import PatientSubject
from inventory.sessions.subjects import commitment_of, sessions_of, subject_in


@dataclass(frozen=True)
class Gone:
    """One patient that nobody can name any more; `erased` are the sessions that were theirs."""

    subject_id: UUID
    commitment: str
    erased: tuple[ErasedSubject, ...]


def erase(treatment: TreatmentSession, reason: str, signed_with: str, by: Actor, now: datetime) -> Gone:
    """Erase the reference of a session's patient in all their sessions, for good.

    Raises `AlreadyErased`, `Held`, `PatientInTreatment`, `NamesPatient`.
    """
    subject = subject_in(treatment)
    if subject is None:
        raise AlreadyErased
    hold = queries.hold_on(subject)
    if hold is not None:
        raise Held(hold)
    check_nameless(reason, subject)
    treatments = sessions_of(subject)
    for each in treatments:
        if each.closed_at is None:
            raise PatientInTreatment(each.number)
    facts = {"reason": reason, "signed_with": signed_with, "within_look_back": is_within_look_back(treatments, now)}
    return forget([subject], by, now, **facts)[0]


def is_within_look_back(treatments: Sequence[TreatmentSession], now: datetime) -> bool:
    """Whether a recall could still have to find this patient."""
    least = cutoff(now, LOOK_BACK_DAYS)
    return any(each.closed_at is None or each.closed_at > least for each in treatments)


def forget(subjects: Sequence[PatientSubject], by: Actor, now: datetime, **facts: object) -> list[Gone]:
    """Delete each patient's reference and key, with an entry that names the commitment and whose sessions they were."""
    gone = [_gone(subject, now) for subject in subjects]
    db.session.add_all(row for each in gone for row in each.erased)
    record_all(by, [_act(each, facts) for each in gone], now=now)
    for subject in subjects:
        mine = SessionSubject.patient_reference == subject.reference
        db.session.execute(delete(SessionSubject).where(SessionSubject.clinic_id == subject.clinic_id, mine))
    for each in gone:
        db.session.execute(delete(PatientSubject).where(PatientSubject.id == each.subject_id))
    _rewrite_indexes()
    return gone


def subjects_of(clinic_id: UUID, treatment_ids: Sequence[UUID]) -> Sequence[PatientSubject]:
    """The patients of these sessions, as far as they are known."""
    references = select(SessionSubject.patient_reference).where(
        SessionSubject.clinic_id == clinic_id, SessionSubject.treatment_id.in_(treatment_ids)
    )
    return db.session.scalars(
        select(PatientSubject).where(PatientSubject.clinic_id == clinic_id, PatientSubject.reference.in_(references))
    ).all()


def _gone(subject: PatientSubject, now: datetime) -> Gone:
    said = commitment_of(subject)
    rows = [
        ErasedSubject(clinic_id=subject.clinic_id, treatment_id=each.id, commitment=said, erased_at=now)
        for each in sessions_of(subject)
    ]
    return Gone(subject.id, said, tuple(rows))


def _act(gone: Gone, facts: Mapping[str, object]) -> Act:
    sessions = [row.treatment_id for row in gone.erased]
    return Act(
        "subject.erased", gone.erased[0], gone.erased[1:], {"patient": gone.commitment, "sessions": sessions, **facts}
    )


def _rewrite_indexes() -> None:
    """A page that was split may keep stale copies of what was moved. None was found in 200 tries."""
    if db.session.get_bind().dialect.name == "sqlite":
        for table in ("session_subject", "patient_subject"):
            db.session.execute(text(f"REINDEX {table}"))
