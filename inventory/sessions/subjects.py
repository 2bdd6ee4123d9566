"""A patient's row: the reference, and the key that ties it to the record until it is erased."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from uuid6 import uuid7

from inventory.db import db
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sessions.references import commitment
from inventory.sessions.subject_models import PatientSubject

KEY_BYTES = 32


def subject_for(clinic_id: UUID, reference: str) -> PatientSubject:
    """The patient's row, made with a key of its own where the reference is new."""
    known = db.session.scalar(_of(clinic_id, reference))
    if known is not None:
        return known
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    made = dialect.insert(PatientSubject).on_conflict_do_nothing()
    # Two rooms may open a session for one new patient at one instant: the second takes the first one's row.
    key = secrets.token_bytes(KEY_BYTES)
    db.session.execute(made.values(id=uuid7(), clinic_id=clinic_id, reference=reference, key=key))
    return db.session.scalars(_of(clinic_id, reference)).one()


def subject_in(treatment: TreatmentSession) -> PatientSubject | None:
    """The patient of a session, or None once the reference was erased."""
    mine = select(SessionSubject.patient_reference).where(
        SessionSubject.clinic_id == treatment.clinic_id, SessionSubject.treatment_id == treatment.id
    )
    return db.session.scalar(
        select(PatientSubject).where(
            PatientSubject.clinic_id == treatment.clinic_id, PatientSubject.reference == mine.scalar_subquery()
        )
    )


def sessions_of(subject: PatientSubject) -> Sequence[TreatmentSession]:
    """All sessions of one patient, oldest first."""
    return db.session.scalars(
        select(TreatmentSession)
        .join(SessionSubject, SessionSubject.treatment_id == TreatmentSession.id)
        .where(SessionSubject.clinic_id == subject.clinic_id, SessionSubject.patient_reference == subject.reference)
        .order_by(TreatmentSession.opened_at, TreatmentSession.id)
    ).all()


def reference_opened_by(clinic_id: UUID, event_id: UUID) -> str | None:
    """The reference of the session that one form opened."""
    return db.session.scalar(
        select(SessionSubject.patient_reference).where(
            SessionSubject.clinic_id == clinic_id, SessionSubject.event_id == event_id
        )
    )


def commitment_of(subject: PatientSubject) -> str:
    return commitment(subject.key, subject.clinic_id, subject.reference)


def _of(clinic_id: UUID, reference: str) -> Select[PatientSubject]:
    return select(PatientSubject).where(PatientSubject.clinic_id == clinic_id, PatientSubject.reference == reference)
