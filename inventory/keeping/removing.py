"""The job that removes what is past its term: one class of one clinic in one transaction, with a report.

Nothing else may: the database lets such a row go only through the door that is opened here, and only where its term
is over and no hold is on the clinic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, insert, select, type_coerce

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import Moment, db
from inventory.devices.models import DeviceCheck
from inventory.keeping import queries
from inventory.keeping.classes import RecordClass, cutoff, digest
from inventory.keeping.erasing import forget
from inventory.keeping.models import RemovedRow, RetentionDoor, RetentionReport
from inventory.mail.models import Attachment, MessageState, OutgoingMessage
from inventory.people.models import Clinic, Membership, Person, SignInAttempt
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sessions.subject_models import PatientSubject

AT_ONCE = 500
"""Ids in one statement: SQLite and drivers take only so many values."""


@dataclass(frozen=True)
class Due:
    """What is past its term: ids with the moment each is counted from, and how many a hold keeps."""

    record_class: RecordClass
    days: int
    before: datetime
    found: Sequence[tuple[UUID, datetime]]
    held: int


def due(clinic_id: UUID, record_class: RecordClass, now: datetime) -> Due:
    """What a run would remove now."""
    # A try to sign in belongs to no clinic: the longest term and the holds of all of them count.
    concerned = [clinic_id] if record_class is not RecordClass.SIGN_INS else db.session.scalars(select(Clinic.id)).all()
    days = max(queries.days_of(each, record_class) for each in concerned)
    before = cutoff(now, days)
    past = [(key, moment) for key, moment in db.session.execute(_PAST[record_class](clinic_id, before))]
    free = past
    if any(queries.clinic_hold(each) for each in concerned):
        free = []
    elif record_class is RecordClass.REFERENCES:
        held = select(PatientSubject.id).where(
            PatientSubject.clinic_id == clinic_id, PatientSubject.reference.in_(queries.references_held(clinic_id))
        )
        kept = set(db.session.scalars(held))
        free = [(key, moment) for key, moment in past if key not in kept]
    return Due(record_class, days, before, free, len(past) - len(free))


def remove(found: Due, by: Actor, now: datetime) -> RetentionReport:
    """Remove what is due, and leave a report and an entry. The caller has that signed and commits all at once."""
    report_rows = _REMOVE[found.record_class]
    door = RetentionDoor(clinic_id=by.clinic_id, record_class=found.record_class, before=found.before)
    db.session.add(door)
    db.session.flush()
    removed = report_rows([key for key, _ in found.found], by, now)
    db.session.delete(door)
    moments = [moment for _, moment in found.found]
    report = RetentionReport(
        clinic_id=by.clinic_id,
        record_class=found.record_class,
        days=found.days,
        before=found.before,
        oldest=min(moments),
        newest=max(moments),
        removed=len(removed),
        held=found.held,
        digest=digest(removed),
        made_at=now,
        made_by_name=by.name,
    )
    db.session.add(report)
    record(by, "retention.removed", report, now=now)
    named = [{"clinic_id": by.clinic_id, "report_id": report.id, "kind": kind, "row_id": key} for kind, key in removed]
    db.session.execute(insert(RemovedRow), named)
    return report


Removed = list[tuple[str, UUID]]


def _references_past(clinic_id: UUID, before: datetime) -> Select[UUID, datetime]:
    """Patients whose last session was closed before that; one that is still open is no last one."""
    mine = (
        SessionSubject.clinic_id == PatientSubject.clinic_id,
        SessionSubject.patient_reference == PatientSubject.reference,
        TreatmentSession.id == SessionSubject.treatment_id,
    )
    later = exists().where(*mine, (TreatmentSession.closed_at.is_(None)) | (TreatmentSession.closed_at >= before))
    last = select(type_coerce(func.max(TreatmentSession.closed_at), Moment())).where(*mine).scalar_subquery()
    return select(PatientSubject.id, last).where(PatientSubject.clinic_id == clinic_id, exists().where(*mine), ~later)


def _mail_past(clinic_id: UUID, before: datetime) -> Select[UUID, datetime]:
    return select(OutgoingMessage.id, OutgoingMessage.queued_at).where(
        OutgoingMessage.clinic_id == clinic_id,
        OutgoingMessage.queued_at < before,
        OutgoingMessage.state.in_((MessageState.SENT, MessageState.REFUSED)),
    )


def _sign_ins_past(clinic_id: UUID, before: datetime) -> Select[UUID, datetime]:
    """Of the people of this clinic, and of accounts that nobody has."""
    people = select(Person.email).join(Membership, Membership.person_id == Person.id)
    mine = people.where(Membership.clinic_id == clinic_id)
    return select(SignInAttempt.id, SignInAttempt.at).where(
        SignInAttempt.at < before, SignInAttempt.account.in_(mine) | SignInAttempt.account.not_in(people)
    )


def _checks_past(clinic_id: UUID, before: datetime) -> Select[UUID, datetime]:
    return select(DeviceCheck.id, DeviceCheck.at).where(DeviceCheck.clinic_id == clinic_id, DeviceCheck.at < before)


def _remove_references(keys: Sequence[UUID], by: Actor, now: datetime) -> Removed:
    subjects = [
        subject
        for some in _parts(keys)
        for subject in db.session.scalars(select(PatientSubject).where(PatientSubject.id.in_(some)))
    ]
    gone = forget(subjects, by, now, reason="past its term")
    sessions = [("session_subject", row.treatment_id) for each in gone for row in each.erased]
    return [*(("patient_subject", each.subject_id) for each in gone), *sessions]


def _remove_mail(keys: Sequence[UUID], _by: Actor, _now: datetime) -> Removed:
    removed: Removed = []
    for some in _parts(keys):
        files = db.session.scalars(select(Attachment.id).where(Attachment.message_id.in_(some))).all()
        removed += [("outgoing_attachment", key) for key in files]
        db.session.execute(delete(Attachment).where(Attachment.message_id.in_(some)))
    return removed + _deleted(OutgoingMessage, keys)


def _remove_sign_ins(keys: Sequence[UUID], _by: Actor, _now: datetime) -> Removed:
    return _deleted(SignInAttempt, keys)


def _remove_checks(keys: Sequence[UUID], _by: Actor, _now: datetime) -> Removed:
    return _deleted(DeviceCheck, keys)


def _deleted(model: type[OutgoingMessage | SignInAttempt | DeviceCheck], keys: Sequence[UUID]) -> Removed:
    for some in _parts(keys):
        db.session.execute(delete(model).where(model.id.in_(some)))
    return [(model.__tablename__, key) for key in keys]


def _parts(keys: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)]


_PAST: Mapping[RecordClass, Callable[[UUID, datetime], Select[UUID, datetime]]] = {
    RecordClass.REFERENCES: _references_past,
    RecordClass.MAIL: _mail_past,
    RecordClass.SIGN_INS: _sign_ins_past,
    RecordClass.DEVICE_CHECKS: _checks_past,
}
_REMOVE: Mapping[RecordClass, Callable[[Sequence[UUID], Actor, datetime], Removed]] = {
    RecordClass.REFERENCES: _remove_references,
    RecordClass.MAIL: _remove_mail,
    RecordClass.SIGN_INS: _remove_sign_ins,
    RecordClass.DEVICE_CHECKS: _remove_checks,
}
