"""Reading sterilisers and loads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.sterilising.models import (
    BiologicalIndicator,
    Control,
    Growth,
    Load,
    LoadDecision,
    LoadState,
    Programme,
    StartUpTest,
    Steriliser,
)


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


def load_logged(clinic_id: UUID, sha256: str) -> Load | None:
    """The load whose measurements were read from this very file."""
    return db.session.scalar(select(Load).where(Load.clinic_id == clinic_id, Load.log_sha256 == sha256))


def programmes_in(clinic_id: UUID, steriliser: Steriliser | None = None) -> Sequence[Programme]:
    """Those in use, by steriliser and name."""
    query = (
        select(Programme)
        .join(Steriliser, Steriliser.id == Programme.steriliser_id)
        .where(Programme.clinic_id == clinic_id, Programme.ended_at.is_(None))
        .order_by(Steriliser.name, Programme.name)
        .options(joinedload(Programme.steriliser))
    )
    if steriliser is not None:
        query = query.where(Programme.steriliser_id == steriliser.id)
    return db.session.scalars(query).all()


def programme_of(clinic_id: UUID, programme_id: UUID) -> Programme:
    found = db.session.scalar(
        select(Programme)
        .where(Programme.clinic_id == clinic_id, Programme.id == programme_id)
        .options(joinedload(Programme.steriliser))
    )
    if found is None:
        raise NotHere("There is no such programme in this clinic.")
    return found


def tests_between(steriliser: Steriliser, first: datetime, last: datetime) -> list[StartUpTest]:
    """Oldest first, both ends included."""
    query = select(StartUpTest).where(
        StartUpTest.clinic_id == steriliser.clinic_id,
        StartUpTest.steriliser_id == steriliser.id,
        StartUpTest.at >= first,
        StartUpTest.at <= last,
    )
    return list(db.session.scalars(query.order_by(StartUpTest.at, StartUpTest.id)))


def newest_tests(steriliser: Steriliser, limit: int = 20) -> Sequence[StartUpTest]:
    query = select(StartUpTest).where(
        StartUpTest.clinic_id == steriliser.clinic_id, StartUpTest.steriliser_id == steriliser.id
    )
    return db.session.scalars(query.order_by(StartUpTest.at.desc()).limit(limit)).all()


def biological_of(load: Load) -> BiologicalIndicator | None:
    return db.session.scalar(
        select(BiologicalIndicator).where(
            BiologicalIndicator.clinic_id == load.clinic_id, BiologicalIndicator.load_id == load.id
        )
    )


def biological_to_read(clinic_id: UUID) -> Sequence[BiologicalIndicator]:
    """Those in the incubator, longest there first."""
    query = select(BiologicalIndicator).where(
        BiologicalIndicator.clinic_id == clinic_id, BiologicalIndicator.result == Growth.PENDING
    )
    return db.session.scalars(
        query.order_by(BiologicalIndicator.placed_at).options(joinedload(BiologicalIndicator.load))
    ).all()


def decisions_on(load: Load) -> Sequence[LoadDecision]:
    """Oldest first."""
    query = select(LoadDecision).where(LoadDecision.clinic_id == load.clinic_id, LoadDecision.load_id == load.id)
    return db.session.scalars(query.order_by(LoadDecision.at, LoadDecision.id)).all()


def loads_since_last_negative(load: Load) -> Sequence[Load]:
    """All loads of its steriliser between the proven good ones before and after `load`, oldest first."""
    before, after = _proven(load, earlier=True), _proven(load, earlier=False)
    query = select(Load).where(Load.clinic_id == load.clinic_id, Load.steriliser_id == load.steriliser_id)
    if before is not None:
        query = query.where(Load.started_at > before)
    if after is not None:
        query = query.where(Load.started_at < after)
    return db.session.scalars(query.order_by(Load.started_at)).all()


def _proven(load: Load, *, earlier: bool) -> datetime | None:
    """When the nearest load began whose indicator showed no growth while its control grew."""
    began = func.max(Load.started_at) if earlier else func.min(Load.started_at)
    side = Load.started_at < load.started_at if earlier else Load.started_at > load.started_at
    return db.session.scalar(
        select(began)
        .join(BiologicalIndicator, BiologicalIndicator.load_id == Load.id)
        .where(
            Load.clinic_id == load.clinic_id,
            Load.steriliser_id == load.steriliser_id,
            BiologicalIndicator.result == Growth.NEGATIVE,
            BiologicalIndicator.control == Control.GREW,
            side,
        )
    )
