"""Reading lists of sessions, and the flags that wait for a review."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, union
from sqlalchemy.orm import joinedload

from inventory.audit.models import AuditEntry
from inventory.db import db
from inventory.errors import NotHere
from inventory.people.models import Membership
from inventory.sessions.models import Flag, FlagReview, Scan, TreatmentSession, TreatmentState


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


def reviews_of(clinic_id: UUID, flags: Sequence[Flag]) -> dict[UUID, FlagReview]:
    """The review of each flag that has one, by flag id."""
    found = db.session.scalars(
        select(FlagReview).where(FlagReview.clinic_id == clinic_id, FlagReview.flag_id.in_([flag.id for flag in flags]))
    )
    return {review.flag_id: review for review in found}


def flags_in(clinic_id: UUID, *, waiting: bool = True, limit: int = 100) -> Sequence[tuple[Flag, TreatmentSession]]:
    """Live flags with their session, newest first; only those still without review when `waiting`."""
    query = (
        select(Flag, TreatmentSession)
        .join(TreatmentSession, TreatmentSession.id == Flag.treatment_id)
        .where(Flag.clinic_id == clinic_id, Flag.cleared_at.is_(None))
        .order_by(Flag.raised_at.desc(), Flag.id)
        .limit(limit)
    )
    if waiting:
        query = query.where(~select(FlagReview.id).where(FlagReview.flag_id == Flag.id).exists())
    return [(flag, treatment) for flag, treatment in db.session.execute(query)]


def who_worked_in(treatment: TreatmentSession) -> set[UUID | None]:
    """Who opened it, who treated, who scanned, and whoever the record names at any of its steps."""
    scanned = select(Scan.by_id).where(Scan.clinic_id == treatment.clinic_id, Scan.treatment_id == treatment.id)
    treated = select(Membership.person_id).where(
        Membership.clinic_id == treatment.clinic_id, Membership.id == treatment.practitioner_membership_id
    )
    # A review is an entry about the session too, but no work in it.
    recorded = select(AuditEntry.actor_id).where(
        AuditEntry.chain == treatment.clinic_id,
        AuditEntry.subject_id == treatment.id,
        or_(*(AuditEntry.action.startswith(of, autoescape=True) for of in ("session.", "needle."))),
    )
    return {treatment.opened_by_id, *db.session.scalars(union(scanned, treated, recorded))}
