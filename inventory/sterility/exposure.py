"""Which sessions something reached, and so which patients were exposed to it. The one place that says so.

An exposure is a session and a moment: when the needle was fitted, the pack opened, the container scanned in or its
agent applied, the session started on the gun, or opened in the room. A disinfectant also reaches the sessions on a gun
it disinfected, until that gun's next disinfection. Cost follows the answer: each way in has its index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery, case, func, literal, select, true, union_all
from sqlalchemy.orm import aliased

from inventory.db import Moment, db
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf
from inventory.packs.models import Pack, PackContent, PackOrigin, PackUse
from inventory.people.models import Membership
from inventory.sessions.models import NeedleUse, SessionContainer, SessionSubject, TreatmentSession
from inventory.sterility.filters import LATEST
from inventory.sterility.subjects import Kind

Way: TypeAlias = tuple[Select[*tuple[Any, ...]], Any]
"""A select of sessions, and the column with the moment of exposure."""
Ids: TypeAlias = Select[*tuple[Any, ...]] | Sequence[UUID]
NEVER = datetime.fromisoformat(f"{LATEST.isoformat()}T00:00:00+00:00")
NEWEST = 50
"""Sessions a trace lists; it counts them all."""
ROWS_A_SESSION = 8
"""Exposures read for each session that is to be listed; one with more stands for a neighbour less in the list."""


@dataclass(frozen=True)
class Period:
    """From `since` on and before `before`; None leaves that side open."""

    since: datetime | None = None
    before: datetime | None = None


EVER = Period()


def unordered(column: Any) -> ColumnElement[Any]:
    """`column` as a value of which no index is known.

    For what is grouped or made distinct: SQLite, without statistics, would walk a whole index of the clinic in its
    order rather than look up the few rows that are asked for.
    """
    return case((true(), column))


def exposures(clinic_id: UUID, kind: Kind, ids: Ids, period: Period = EVER) -> Subquery:
    """`treatment_id` and `at` of each exposure to one of `ids`; a session may have several."""
    return _joined([_within(way, period) for way in _ways(clinic_id, kind, ids)]).subquery()


def sessions_reached(clinic_id: UUID, kind: Kind, ids: Ids) -> Select[*tuple[Any, ...]]:
    """Ids of the sessions, for an IN."""
    return select(exposures(clinic_id, kind, ids).c.treatment_id)


def count_reached(clinic_id: UUID, kind: Kind, ids: Ids, period: Period = EVER) -> int:
    distinct = select(exposures(clinic_id, kind, ids, period).c.treatment_id).distinct().subquery()
    return db.session.scalar(select(func.count()).select_from(distinct)) or 0


def count_patients(clinic_id: UUID, kind: Kind, ids: Ids, period: Period = EVER) -> int:
    """Different references; those erased are not counted."""
    subject = select(func.count(SessionSubject.patient_reference.distinct())).where(
        SessionSubject.clinic_id == clinic_id,
        SessionSubject.treatment_id.in_(select(exposures(clinic_id, kind, ids, period).c.treatment_id)),
    )
    return db.session.scalar(subject) or 0


def newest_reached(
    clinic_id: UUID, kind: Kind, ids: Ids, period: Period = EVER, limit: int = NEWEST
) -> list[tuple[UUID, datetime]]:
    """The sessions reached last, newest first, each with its newest exposure."""
    parts = []
    for way in _ways(clinic_id, kind, ids):
        query, at = _within(way, period)
        parts.append((select(query.order_by(at.desc()).limit(limit * ROWS_A_SESSION).subquery()), at))
    found = _joined(parts).subquery()
    newest = select(found.c.treatment_id, func.max(found.c.at, type_=Moment()).label("last"))
    query = newest.group_by(found.c.treatment_id).order_by(func.max(found.c.at).desc(), found.c.treatment_id)
    return [(row[0], row[1]) for row in db.session.execute(query.limit(limit))]


def _joined(ways: Sequence[Way]) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    selects = [query for query, _ in ways]
    return selects[0] if len(selects) == 1 else union_all(*selects)


def _within(way: Way, period: Period) -> Way:
    query, at = way
    if period.since is not None:
        query = query.where(at >= period.since)
    if period.before is not None:
        query = query.where(at < period.before)
    return query, at


def _ways(clinic_id: UUID, kind: Kind, ids: Ids) -> list[Way]:
    match kind:
        case Kind.LOT:
            return _of_lots(clinic_id, ids)
        case Kind.LOAD:
            return [_by_packs(clinic_id, select(Pack.id).where(Pack.clinic_id == clinic_id, Pack.load_id.in_(ids)))]
        case Kind.PACK:
            return [_by_packs(clinic_id, _made_of(clinic_id, ids))]
        case Kind.CONTAINER:
            return _of_containers(clinic_id, ids)
        case Kind.GUN:
            started = TreatmentSession.started_at.is_not(None)
            return [_own(clinic_id, TreatmentSession.started_at, TreatmentSession.gun_id.in_(ids), started)]
        case Kind.ROOM:
            return [_own(clinic_id, TreatmentSession.opened_at, TreatmentSession.room_id.in_(ids))]
        case Kind.PERSON:
            return _of_people(clinic_id, ids)
    raise ValueError(f"{kind} reaches no session.")


def _own(clinic_id: UUID, at: Any, *wanted: Any) -> Way:
    query = select(unordered(TreatmentSession.id).label("treatment_id"), at.label("at"))
    return query.where(TreatmentSession.clinic_id == clinic_id, *wanted), at


def _of_lots(clinic_id: UUID, ids: Ids) -> list[Way]:
    fitted = select(unordered(NeedleUse.treatment_id).label("treatment_id"), NeedleUse.fitted_at.label("at")).where(
        NeedleUse.clinic_id == clinic_id, NeedleUse.lot_id.in_(ids), NeedleUse.undone_at.is_(None)
    )
    holding = select(PackContent.pack_id).where(PackContent.clinic_id == clinic_id, PackContent.lot_id.in_(ids))
    containers = select(Container.id).where(Container.clinic_id == clinic_id, Container.lot_id.in_(ids))
    return [
        (fitted, NeedleUse.fitted_at),
        _by_packs(clinic_id, holding),
        *_of_containers(clinic_id, containers),
    ]


def _by_packs(clinic_id: UUID, packs: Any) -> Way:
    query = select(unordered(PackUse.treatment_id).label("treatment_id"), PackUse.used_at.label("at")).where(
        PackUse.clinic_id == clinic_id, PackUse.pack_id.in_(packs), PackUse.voided_at.is_(None)
    )
    return query, PackUse.used_at


def _made_of(clinic_id: UUID, ids: Ids) -> Select[*tuple[Any, ...]]:
    """Packs, and those that were made of their contents, however often."""
    made = select(Pack.id.label("id")).where(Pack.clinic_id == clinic_id, Pack.id.in_(ids)).cte("made", recursive=True)
    made = made.union(select(PackOrigin.pack_id).join(made, PackOrigin.source_id == made.c.id))
    return select(made.c.id)


def _of_containers(clinic_id: UUID, ids: Ids) -> list[Way]:
    scanned = select(
        unordered(SessionContainer.treatment_id).label("treatment_id"), SessionContainer.scanned_at.label("at")
    ).where(SessionContainer.clinic_id == clinic_id, SessionContainer.container_id.in_(ids))
    applied = select(
        unordered(Disinfection.treatment_id).label("treatment_id"), Disinfection.finished_at.label("at")
    ).where(
        Disinfection.clinic_id == clinic_id,
        Disinfection.container_id.in_(ids),
        Disinfection.of == DisinfectionOf.SKIN_SITE,
    )
    done, later = aliased(Disinfection), aliased(Disinfection)
    following = (
        select(func.min(later.finished_at))
        .where(later.clinic_id == done.clinic_id, later.gun_id == done.gun_id, later.finished_at > done.finished_at)
        .correlate(done)
        .scalar_subquery()
    )
    by_gun, started = _own(
        clinic_id,
        TreatmentSession.started_at,
        TreatmentSession.gun_id == done.gun_id,
        TreatmentSession.started_at >= done.finished_at,
        TreatmentSession.started_at < func.coalesce(following, literal(NEVER, Moment())),
        done.clinic_id == clinic_id,
        done.container_id.in_(ids),
        done.of == DisinfectionOf.GUN,
    )
    return [(scanned, SessionContainer.scanned_at), (applied, Disinfection.finished_at), (by_gun, started)]


def _of_people(clinic_id: UUID, ids: Ids) -> list[Way]:
    """As practitioner, or as who opened a pack for it."""
    persons = select(Membership.person_id).where(Membership.clinic_id == clinic_id, Membership.id.in_(ids))
    treated = _own(clinic_id, TreatmentSession.opened_at, TreatmentSession.practitioner_membership_id.in_(ids))
    opened = select(unordered(PackUse.treatment_id).label("treatment_id"), PackUse.used_at.label("at")).where(
        PackUse.clinic_id == clinic_id, PackUse.used_by_id.in_(persons), PackUse.voided_at.is_(None)
    )
    return [treated, (opened, PackUse.used_at)]
