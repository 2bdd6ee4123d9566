"""Reading lists of sessions, and one flag."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.sessions.models import Flag, TreatmentSession, TreatmentState


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
