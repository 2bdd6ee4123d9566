"""Reading lists of sessions, and one flag."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, union
from sqlalchemy.orm import joinedload

from inventory.audit.models import AuditEntry
from inventory.db import db
from inventory.errors import NotHere
from inventory.people.models import Membership
from inventory.sessions.models import Flag, Scan, TreatmentSession, TreatmentState


def open_treatments(clinic_id: UUID) -> Sequence[TreatmentSession]:
    return db.session.scalars(
        select(TreatmentSession)
        .where(
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.state.in_([TreatmentState.SETUP, TreatmentState.RUNNING]),
        )
        .order_by(TreatmentSession.opened_at.desc())
        .options(joinedload(TreatmentSession.room), joinedload(TreatmentSession.gun))
    ).all()


def latest_over(clinic_id: UUID, limit: int = 30) -> Sequence[TreatmentSession]:
    return db.session.scalars(
        select(TreatmentSession)
        .where(
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.state.in_([TreatmentState.CLOSED, TreatmentState.ABANDONED]),
        )
        .order_by(TreatmentSession.opened_at.desc())
        .limit(limit)
        .options(joinedload(TreatmentSession.room), joinedload(TreatmentSession.gun))
    ).all()


def latest_of(clinic_id: UUID, membership_id: UUID) -> TreatmentSession | None:
    """The practitioner's newest session."""
    return db.session.scalar(
        select(TreatmentSession)
        .where(TreatmentSession.clinic_id == clinic_id, TreatmentSession.practitioner_membership_id == membership_id)
        .order_by(TreatmentSession.number.desc())
        .limit(1)
    )


def flag_of(clinic_id: UUID, flag_id: UUID) -> Flag:
    found = db.session.scalar(select(Flag).where(Flag.clinic_id == clinic_id, Flag.id == flag_id))
    if found is None:
        raise NotHere("There is no such flag in this clinic.")
    return found


def cleared_flags(treatment: TreatmentSession) -> Sequence[Flag]:
    """What a session was flagged for until a later fact spoke against it, in order."""
    return db.session.scalars(
        select(Flag)
        .where(Flag.clinic_id == treatment.clinic_id, Flag.treatment_id == treatment.id, Flag.cleared_at.is_not(None))
        .order_by(Flag.raised_at, Flag.id)
    ).all()


def who_worked_in(treatment: TreatmentSession) -> set[UUID | None]:
    """Who opened it, who treated, who scanned, and whoever the record names at any of its steps."""
    scanned = select(Scan.by_id).where(Scan.clinic_id == treatment.clinic_id, Scan.treatment_id == treatment.id)
    treated = select(Membership.person_id).where(
        Membership.clinic_id == treatment.clinic_id, Membership.id == treatment.practitioner_membership_id
    )
    recorded = select(AuditEntry.actor_id).where(
        AuditEntry.chain == treatment.clinic_id, AuditEntry.subject_id == treatment.id, is_work()
    )
    return {treatment.opened_by_id, *db.session.scalars(union(scanned, treated, recorded))}


def is_work() -> ColumnElement[bool]:
    """Of an entry about a session. A review is one too, but no work in it."""
    return or_(*(AuditEntry.action.startswith(of, autoescape=True) for of in ("session.", "needle.")))
