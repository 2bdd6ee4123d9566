"""Who was exposed: the sessions something reached, with the clinic's own references of their patients."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select

from inventory.db import Moment, db
from inventory.guns.models import Gun
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sterility.exposure import Period, exposures
from inventory.sterility.sql_text import iso
from inventory.sterility.subjects import Kind
from inventory.stock.models import Location

LISTED = 500
"""Sessions a page lists; a file holds all."""
ERASED = "reference erased"
HEADER = ("patient_reference", "session", "exposed_at", "room", "gun", "practitioner")
GUARDED = (0, 3, 4, 5)


def exposed(clinic_id: UUID, kind: Kind, ids: Sequence[UUID], period: Period) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest `LISTED` sessions, without references: `treatment_id, number, at, room, gun, practitioner`."""
    first = _first_exposures(clinic_id, kind, ids, period)
    reached = first.order_by(first.selected_columns.at.desc()).limit(LISTED)
    return db.session.execute(_described(clinic_id, reached)).all()


def references_of(clinic_id: UUID, treatment_ids: Sequence[UUID]) -> dict[UUID, str]:
    """By session; an erased one is missing."""
    rows = db.session.execute(
        select(SessionSubject.treatment_id, SessionSubject.patient_reference).where(
            SessionSubject.clinic_id == clinic_id, SessionSubject.treatment_id.in_(treatment_ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def exposed_rows(clinic_id: UUID, kind: Kind, ids: Sequence[UUID], period: Period) -> Iterator[Sequence[object]]:
    """All of them, oldest first, as `HEADER` names their cells."""
    reached = _first_exposures(clinic_id, kind, ids, period).subquery()
    query = (
        select(
            func.coalesce(SessionSubject.patient_reference, ERASED),
            TreatmentSession.number,
            iso(reached.c.at),
            Location.name,
            Gun.serial_number,
            TreatmentSession.practitioner_name,
        )
        .select_from(reached)
        .join(TreatmentSession, TreatmentSession.id == reached.c.treatment_id)
        .join(Location, Location.id == TreatmentSession.room_id)
        .outerjoin(Gun, Gun.id == TreatmentSession.gun_id)
        .outerjoin(
            SessionSubject,
            and_(SessionSubject.clinic_id == clinic_id, SessionSubject.treatment_id == TreatmentSession.id),
        )
        .order_by(reached.c.at, TreatmentSession.number)
    )
    for part in db.session.execute(query, execution_options={"yield_per": 2000}).partitions():
        yield from part


def _first_exposures(clinic_id: UUID, kind: Kind, ids: Sequence[UUID], period: Period) -> Select[*tuple[Any, ...]]:
    found = exposures(clinic_id, kind, ids, period)
    first = func.min(found.c.at, type_=Moment()).label("at")
    return select(found.c.treatment_id, first).group_by(found.c.treatment_id)


def _described(clinic_id: UUID, reached: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    found = reached.subquery()
    return (
        select(
            TreatmentSession.id.label("treatment_id"),
            TreatmentSession.number,
            found.c.at,
            Location.name.label("room"),
            Gun.serial_number.label("gun"),
            TreatmentSession.practitioner_name.label("practitioner"),
        )
        .select_from(found)
        .join(TreatmentSession, TreatmentSession.id == found.c.treatment_id)
        .join(Location, Location.id == TreatmentSession.room_id)
        .outerjoin(Gun, Gun.id == TreatmentSession.gun_id)
        .where(TreatmentSession.clinic_id == clinic_id)
        .order_by(found.c.at.desc(), TreatmentSession.number.desc())
    )
