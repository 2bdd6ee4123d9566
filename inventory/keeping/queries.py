"""Reading terms, holds and reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from inventory.db import db
from inventory.errors import NotHere
from inventory.keeping.classes import RULES, RecordClass
from inventory.keeping.models import ErasedSubject, HoldKind, LegalHold, RemovedRow, RetentionReport, RetentionTerm
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sessions.subject_models import PatientSubject
from inventory.sterility.exposure import sessions_reached
from inventory.sterility.subjects import Kind
from inventory.stock.models import Lot


def terms_in(clinic_id: UUID) -> Mapping[RecordClass, RetentionTerm | None]:
    """The newest term of each class; None where the proposed one stands."""
    rows = db.session.scalars(
        select(RetentionTerm)
        .where(RetentionTerm.clinic_id == clinic_id)
        .order_by(RetentionTerm.set_at, RetentionTerm.id)
    )
    newest = {row.record_class: row for row in rows}
    return {each: newest.get(each) for each in RecordClass}


def days_of(clinic_id: UUID, record_class: RecordClass) -> int:
    term = terms_in(clinic_id)[record_class]
    return term.days if term else RULES[record_class].days


def holds_in(clinic_id: UUID) -> Sequence[LegalHold]:
    """Those that hold first, newest first."""
    return db.session.scalars(
        select(LegalHold)
        .where(LegalHold.clinic_id == clinic_id)
        .order_by(LegalHold.lifted_at.is_not(None), LegalHold.placed_at.desc(), LegalHold.id.desc())
    ).all()


def hold_of(clinic_id: UUID, hold_id: UUID) -> LegalHold:
    """Raises `NotHere`."""
    found = db.session.get(LegalHold, hold_id)
    if found is None or found.clinic_id != clinic_id:
        raise NotHere("There is no such hold in your clinic. Open the list of holds.")
    return found


def live_hold(clinic_id: UUID, kind: HoldKind, subject_id: UUID | None) -> LegalHold | None:
    """The hold on exactly this."""
    return db.session.scalar(_live(clinic_id).where(LegalHold.kind == kind, LegalHold.subject_id == subject_id))


def clinic_hold(clinic_id: UUID) -> LegalHold | None:
    return db.session.scalar(_live(clinic_id).where(LegalHold.kind == HoldKind.CLINIC).limit(1))


def hold_on(subject: PatientSubject) -> LegalHold | None:
    """A hold that keeps a patient's reference: on the clinic, the patient, one of the sessions, or a lot used there."""
    mine = select(SessionSubject.treatment_id).where(
        SessionSubject.clinic_id == subject.clinic_id, SessionSubject.patient_reference == subject.reference
    )
    for hold in db.session.scalars(_live(subject.clinic_id).order_by(LegalHold.placed_at)):
        match hold.kind:
            case HoldKind.CLINIC:
                return hold
            case HoldKind.PATIENT if hold.subject_id == subject.id:
                return hold
            case HoldKind.SESSION if hold.subject_id in set(db.session.scalars(mine)):
                return hold
            case HoldKind.LOT if hold.subject_id is not None:
                touched = sessions_reached(subject.clinic_id, Kind.LOT, [hold.subject_id])
                if db.session.scalar(mine.where(SessionSubject.treatment_id.in_(touched)).limit(1)):
                    return hold
    return None


def references_held(clinic_id: UUID) -> Select[str]:
    """The references that a hold on a patient, a session or a lot keeps."""
    held = {
        kind: select(LegalHold.subject_id).where(
            LegalHold.clinic_id == clinic_id, LegalHold.kind == kind, LegalHold.lifted_at.is_(None)
        )
        for kind in (HoldKind.PATIENT, HoldKind.SESSION, HoldKind.LOT)
    }
    patients = select(PatientSubject.reference).where(
        PatientSubject.clinic_id == clinic_id, PatientSubject.id.in_(held[HoldKind.PATIENT])
    )
    touched = sessions_reached(clinic_id, Kind.LOT, held[HoldKind.LOT])
    return select(SessionSubject.patient_reference).where(
        SessionSubject.clinic_id == clinic_id,
        SessionSubject.patient_reference.in_(patients)
        | SessionSubject.treatment_id.in_(held[HoldKind.SESSION])
        | SessionSubject.treatment_id.in_(touched),
    )


def reports_in(clinic_id: UUID) -> Sequence[RetentionReport]:
    """Newest first."""
    return db.session.scalars(
        select(RetentionReport)
        .where(RetentionReport.clinic_id == clinic_id)
        .order_by(RetentionReport.made_at.desc(), RetentionReport.id.desc())
        .limit(200)
    ).all()


def report_of(clinic_id: UUID, report_id: UUID) -> RetentionReport:
    """Raises `NotHere`."""
    found = db.session.get(RetentionReport, report_id)
    if found is None or found.clinic_id != clinic_id:
        raise NotHere("There is no such report in your clinic. Open the page on what is kept.")
    return found


def removed_in(report: RetentionReport) -> Sequence[tuple[str, UUID]]:
    """Kind and id of each row a run removed."""
    return [
        (kind, key)
        for kind, key in db.session.execute(
            select(RemovedRow.kind, RemovedRow.row_id).where(
                RemovedRow.clinic_id == report.clinic_id, RemovedRow.report_id == report.id
            )
        )
    ]


def erased_at(treatment: TreatmentSession) -> datetime | None:
    """When the reference of a session was erased or removed."""
    return db.session.scalar(
        select(ErasedSubject.erased_at).where(
            ErasedSubject.clinic_id == treatment.clinic_id, ErasedSubject.treatment_id == treatment.id
        )
    )


def session_numbered(clinic_id: UUID, number: int) -> TreatmentSession | None:
    return db.session.scalar(
        select(TreatmentSession).where(TreatmentSession.clinic_id == clinic_id, TreatmentSession.number == number)
    )


def lots_numbered(clinic_id: UUID, number: str) -> Sequence[Lot]:
    """Different products may have lots of one number."""
    return db.session.scalars(
        select(Lot).where(Lot.clinic_id == clinic_id, func.lower(Lot.number) == number.lower()).order_by(Lot.id)
    ).all()


def _live(clinic_id: UUID) -> Select[LegalHold]:
    return select(LegalHold).where(LegalHold.clinic_id == clinic_id, LegalHold.lifted_at.is_(None))
