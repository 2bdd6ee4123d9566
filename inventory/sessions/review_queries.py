"""Reading lists of sessions, and the flags that wait for a review."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.sessions.models import Flag, FlagReview, TreatmentSession, TreatmentState


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
