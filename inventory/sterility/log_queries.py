"""Reading the sterility log, newest first a page at a time, or whole and oldest first.

Both shapes are in the order of their sessions' starts, so that one index leads to either, and a page begins at its key
however deep it lies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, not_, select, tuple_
from sqlalchemy.types import Uuid

from inventory.clock import start_of_day
from inventory.compliance.models import Policy
from inventory.db import Moment, as_text, db
from inventory.guns.models import Gun
from inventory.packs.models import Pack
from inventory.sessions.models import Flag, NeedleUse, SessionSubject, TreatmentSession
from inventory.sterilising.models import Load
from inventory.sterility.code_queries import Found, found_by
from inventory.sterility.columns import (
    LAST_GUN_DISINFECTION,
    Disinfectant,
    DisinfectantContainer,
    DisinfectantLot,
    GunDisinfection,
    columns_of,
)
from inventory.sterility.filters import LogFilter, Shape
from inventory.stock.models import Location, Lot, Product

KEY = "%Y-%m-%dT%H:%M:%S.%fZ"
RARE = 2_000
"""Up to so many flagged sessions are looked up one by one; where more are flagged, the next ones are soon met."""


@dataclass(frozen=True)
class LogPage:
    """Rows newest first; `older` is the key to ask for the next page with, or None at the end."""

    rows: Sequence[Row[tuple[object, ...]]]
    older: str | None


@dataclass(frozen=True)
class Summary:
    """What an export is about to hold: its rows, its sessions, and the policy versions they were judged by."""

    rows: int
    treatments: int
    policies: Sequence[int]


def page_of_log(
    clinic_id: UUID,
    zone: str,
    wanted: LogFilter,
    *,
    shape: Shape = Shape.EVENTS,
    with_references: bool = False,
    older: str | None = None,
    limit: int = 50,
) -> LogPage:
    """One page of the log. `older` is a `LogPage.older`; a malformed one starts from the newest."""
    query = page_query(clinic_id, zone, wanted, shape=shape, with_references=with_references, older=older)
    rows = db.session.execute(query.limit(limit + 1)).all()
    if len(rows) <= limit:
        return LogPage(rows, None)
    last = rows[limit - 1]
    parts = [as_text(last.moment), str(last.treatment_id)]
    return LogPage(rows[:limit], "~".join([*parts, str(last.needle)] if shape is Shape.EVENTS else parts))


def page_query(
    clinic_id: UUID, zone: str, wanted: LogFilter, *, shape: Shape, with_references: bool, older: str | None
) -> Select[tuple[object, ...]]:
    """Without its limit. Every page, however deep, is a range of the index of sessions by their start."""
    query = log_query(clinic_id, zone, wanted, shape, with_references=with_references).add_columns(
        TreatmentSession.id.label("treatment_id"),
        Gun.id.label("gun_id"),
        TreatmentSession.started_at.label("moment"),
    )
    order: list[Any] = [TreatmentSession.started_at.desc(), TreatmentSession.id.desc()]
    if shape is Shape.EVENTS:
        query = query.add_columns(Lot.id.label("lot_id"), NeedleUse.id.label("needle_use_id"), Pack.id.label("pack_id"))
        order.append(NeedleUse.sequence.desc())
    key = _key(older, shape)
    if key is not None:
        moment, treatment_id, sequence = key
        here = tuple_(TreatmentSession.started_at, TreatmentSession.id)
        there = tuple_(literal(moment, Moment()), literal(treatment_id, Uuid()))
        query = query.where(here < there if sequence is None else here <= there)
        if sequence is not None:
            query = query.where(not_(and_(TreatmentSession.id == treatment_id, NeedleUse.sequence >= sequence)))
    return query.order_by(*order)


def log_rows(
    clinic_id: UUID,
    zone: str,
    wanted: LogFilter,
    shape: Shape = Shape.EVENTS,
    *,
    with_references: bool = False,
) -> Iterator[Sequence[object]]:
    """Every row of the log, oldest first, in constant memory."""
    query = whole_query(clinic_id, zone, wanted, shape, with_references=with_references)
    found = db.session.execute(query, execution_options={"yield_per": 2000})
    for part in found.partitions():
        yield from part


def whole_query(
    clinic_id: UUID, zone: str, wanted: LogFilter, shape: Shape = Shape.EVENTS, *, with_references: bool = False
) -> Select[tuple[object, ...]]:
    order: list[Any] = [TreatmentSession.started_at, TreatmentSession.id]
    if shape is Shape.EVENTS:
        order.append(NeedleUse.sequence)
    return log_query(clinic_id, zone, wanted, shape, with_references=with_references).order_by(*order)


def summary_of(clinic_id: UUID, zone: str, wanted: LogFilter, shape: Shape) -> Summary:
    part = _part(select(TreatmentSession.id), clinic_id, zone, wanted, shape).subquery()
    rows, treatments = db.session.execute(select(func.count(), func.count(part.c.id.distinct()))).one()
    judged = _part(select(TreatmentSession.policy_id), clinic_id, zone, wanted, shape).distinct()
    numbers = db.session.scalars(select(Policy.number).where(Policy.id.in_(judged)).order_by(Policy.number)).all()
    return Summary(rows, treatments, numbers)


def log_query(
    clinic_id: UUID, zone: str, wanted: LogFilter, shape: Shape = Shape.EVENTS, *, with_references: bool = False
) -> Select[tuple[object, ...]]:
    shown = columns_of(shape, with_references=with_references)
    query = _begun(select(*(column.value.label(column.header) for column in shown)), shape)
    query = (
        query.join(Policy, Policy.id == TreatmentSession.policy_id)
        .join(Location, Location.id == TreatmentSession.room_id)
        .join(Gun, Gun.id == TreatmentSession.gun_id)
        .outerjoin(GunDisinfection, GunDisinfection.id == LAST_GUN_DISINFECTION)
        .outerjoin(DisinfectantContainer, DisinfectantContainer.id == GunDisinfection.container_id)
        .outerjoin(DisinfectantLot, DisinfectantLot.id == DisinfectantContainer.lot_id)
        .outerjoin(Disinfectant, Disinfectant.id == DisinfectantLot.product_id)
    )
    if with_references:
        query = query.outerjoin(SessionSubject, SessionSubject.treatment_id == TreatmentSession.id)
    if shape is Shape.EVENTS:
        query = (
            query.join(Lot, Lot.id == NeedleUse.lot_id)
            .join(Product, Product.id == Lot.product_id)
            .join(Pack, Pack.id == NeedleUse.pack_id)
            .outerjoin(Load, Load.id == Pack.load_id)
        )
    return _narrowed(query, clinic_id, zone, wanted, shape)


def _part(query: Select[Any], clinic_id: UUID, zone: str, wanted: LogFilter, shape: Shape) -> Select[Any]:
    return _narrowed(_begun(query, shape), clinic_id, zone, wanted, shape)


def _begun(query: Select[Any], shape: Shape) -> Select[Any]:
    """From the sessions, as events with their needles: a swap that was taken back is none."""
    query = query.select_from(TreatmentSession)
    if shape is Shape.SESSIONS:
        return query
    of_session = and_(
        # Always the clinic of the session; but of an expression SQLite does not know that it is the same for every row,
        # and so cannot begin with all needles of the clinic and sort them.
        NeedleUse.clinic_id == func.coalesce(TreatmentSession.clinic_id, TreatmentSession.id),
        NeedleUse.treatment_id == TreatmentSession.id,
        NeedleUse.undone_at.is_(None),
    )
    return query.join(NeedleUse, of_session)


def _narrowed(query: Select[Any], clinic_id: UUID, zone: str, wanted: LogFilter, shape: Shape) -> Select[Any]:
    query = query.where(TreatmentSession.clinic_id == clinic_id, TreatmentSession.started_at.is_not(None))
    if wanted.first_day:
        query = query.where(TreatmentSession.started_at >= start_of_day(zone, wanted.first_day))
    if wanted.last_day:
        query = query.where(TreatmentSession.started_at < start_of_day(zone, wanted.last_day + timedelta(days=1)))
    if wanted.room_id:
        query = query.where(TreatmentSession.room_id == wanted.room_id)
    if wanted.gun_id:
        query = query.where(TreatmentSession.gun_id == wanted.gun_id)
    if wanted.flag:
        query = query.where(_flagged(clinic_id, wanted.flag))
    if wanted.lot_id:
        query = query.where(_holding(clinic_id, Found((), (wanted.lot_id,), ()), shape))
    if wanted.code:
        query = query.where(_holding(clinic_id, found_by(clinic_id, wanted.code), shape))
    return query


def _flagged(clinic_id: UUID, code: str) -> ColumnElement[bool]:
    """Few flags lead to their sessions; of many, each session is asked, in the order of the page."""
    live = [Flag.clinic_id == clinic_id, Flag.cleared_at.is_(None)]
    if code != "any":
        live.append(Flag.code == code)
    some = select(Flag.treatment_id).where(*live).limit(RARE).subquery()
    if (db.session.scalar(select(func.count()).select_from(some)) or 0) < RARE:
        return TreatmentSession.id.in_(select(Flag.treatment_id).where(*live))
    return select(Flag.id).where(*live, Flag.treatment_id == TreatmentSession.id).exists()


def _holding(clinic_id: UUID, found: Found, shape: Shape) -> ColumnElement[bool]:
    """As events the needles that were looked for, and all those of a session in which a container was used."""
    if shape is Shape.EVENTS:
        return NeedleUse.id.in_(found.needle_uses(clinic_id))
    return TreatmentSession.id.in_(found.treatments(clinic_id))


def _key(older: str | None, shape: Shape) -> tuple[datetime, UUID, int | None] | None:
    try:
        moment, treatment_id, *sequence = (older or "").split("~")
        if len(sequence) != (shape is Shape.EVENTS):
            return None
        number = int(sequence[0]) if sequence else None
        return datetime.strptime(moment, KEY).replace(tzinfo=UTC), UUID(treatment_id), number
    except ValueError:
        return None
