"""Reading sterilisers and loads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.sterilising.models import Load, LoadState, Steriliser


def sterilisers_in(clinic_id: UUID) -> Sequence[Steriliser]:
    return db.session.scalars(
        select(Steriliser).where(Steriliser.clinic_id == clinic_id).order_by(Steriliser.name)
    ).all()


def steriliser_of(clinic_id: UUID, steriliser_id: UUID) -> Steriliser:
    found = db.session.scalar(
        select(Steriliser).where(Steriliser.clinic_id == clinic_id, Steriliser.id == steriliser_id)
    )
    if found is None:
        raise NotHere("There is no such steriliser in this clinic.")
    return found


def load_of(clinic_id: UUID, load_id: UUID) -> Load:
    found = db.session.scalar(
        select(Load).where(Load.clinic_id == clinic_id, Load.id == load_id).options(joinedload(Load.steriliser))
    )
    if found is None:
        raise NotHere("There is no such load in this clinic.")
    return found


def loads_in(clinic_id: UUID, states: Sequence[LoadState] | None = None, limit: int = 100) -> Sequence[Load]:
    """Newest first."""
    query = (
        select(Load)
        .where(Load.clinic_id == clinic_id)
        .order_by(Load.started_at.desc())
        .limit(limit)
        .options(joinedload(Load.steriliser))
    )
    if states:
        query = query.where(Load.state.in_(list(states)))
    return db.session.scalars(query).all()


def loads_begun(steriliser: Steriliser, first: datetime, last: datetime) -> int:
    """How many cycles of a steriliser began in a stretch of time; the next one's number follows from it."""
    return (
        db.session.scalar(
            select(func.count(Load.id)).where(
                Load.clinic_id == steriliser.clinic_id,
                Load.steriliser_id == steriliser.id,
                Load.started_at >= first,
                Load.started_at < last,
            )
        )
        or 0
    )
