"""Reading the sterility log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select

from inventory.clock import start_of_day
from inventory.compliance.models import Policy
from inventory.db import db
from inventory.guns.models import Gun
from inventory.packs.models import Pack
from inventory.sessions.models import Flag, NeedleUse, TreatmentSession
from inventory.sterilising.models import Load
from inventory.sterility.columns import COLUMNS
from inventory.sterility.filters import LogFilter
from inventory.sterility.models import Export
from inventory.stock.models import Location, LocationKind, Lot, Product

KEY = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class LogPage:
    """Rows newest first; `older` is the key to ask for the next page with, or None at the end."""

    rows: Sequence[Row[tuple[object, ...]]]
    older: str | None


def page_of_log(clinic_id: UUID, zone: str, wanted: LogFilter, *, older: str | None = None, limit: int = 50) -> LogPage:
    """One page of the log. `older` is a `LogPage.older`; a malformed one starts from the newest."""
    query = log_query(clinic_id, zone, wanted).add_columns(
        TreatmentSession.id.label("treatment_id"),
        Gun.id.label("gun_id"),
        Lot.id.label("lot_id"),
        NeedleUse.id.label("needle_use_id"),
        NeedleUse.fitted_at.label("moment"),
    )
    key = _key(older)
    if key is not None:
        moment, last = key
        query = query.where(or_(NeedleUse.fitted_at < moment, and_(NeedleUse.fitted_at == moment, NeedleUse.id < last)))
    query = query.order_by(NeedleUse.fitted_at.desc(), NeedleUse.id.desc()).limit(limit + 1)
    rows = db.session.execute(query).all()
    more = len(rows) > limit
    last_row = rows[limit - 1] if more else None
    return LogPage(rows[:limit], f"{last_row.moment.strftime(KEY)}~{last_row.needle_use_id}" if last_row else None)


def log_rows(clinic_id: UUID, zone: str, wanted: LogFilter) -> Iterator[Sequence[object]]:
    """Every row of the log, oldest first, in constant memory."""
    query = log_query(clinic_id, zone, wanted).order_by(NeedleUse.fitted_at, NeedleUse.id)
    found = db.session.execute(query, execution_options={"yield_per": 2000})
    for part in found.partitions():
        yield from part


def exports_of(clinic_id: UUID, limit: int = 20) -> Sequence[Export]:
    return db.session.scalars(
        select(Export).where(Export.clinic_id == clinic_id).order_by(Export.at.desc()).limit(limit)
    ).all()


def rooms_of(clinic_id: UUID) -> Sequence[Location]:
    """Every room, also those no longer in use: the log still speaks of them."""
    query = select(Location).where(Location.clinic_id == clinic_id, Location.kind == LocationKind.ROOM)
    return db.session.scalars(query.order_by(Location.name)).all()


def log_query(clinic_id: UUID, zone: str, wanted: LogFilter) -> Select[tuple[object, ...]]:
    query = (
        select(*(column.value.label(column.header) for column in COLUMNS))
        .select_from(NeedleUse)
        .join(TreatmentSession, TreatmentSession.id == NeedleUse.treatment_id)
        .join(Policy, Policy.id == TreatmentSession.policy_id)
        .join(Location, Location.id == TreatmentSession.room_id)
        .join(Gun, Gun.id == TreatmentSession.gun_id)
        .join(Lot, Lot.id == NeedleUse.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Pack, Pack.id == NeedleUse.pack_id)
        .outerjoin(Load, Load.id == Pack.load_id)
        .where(NeedleUse.clinic_id == clinic_id, NeedleUse.undone_at.is_(None))
    )
    if wanted.first_day:
        query = query.where(NeedleUse.fitted_at >= start_of_day(zone, wanted.first_day))
    if wanted.last_day:
        query = query.where(NeedleUse.fitted_at < start_of_day(zone, wanted.last_day + timedelta(days=1)))
    if wanted.room_id:
        query = query.where(TreatmentSession.room_id == wanted.room_id)
    if wanted.gun_id:
        query = query.where(TreatmentSession.gun_id == wanted.gun_id)
    if wanted.lot_id:
        query = query.where(NeedleUse.lot_id == wanted.lot_id)
    if wanted.flag:
        flagged = select(Flag.id).where(
            Flag.clinic_id == clinic_id, Flag.treatment_id == TreatmentSession.id, Flag.cleared_at.is_(None)
        )
        if wanted.flag != "any":
            flagged = flagged.where(Flag.code == wanted.flag)
        query = query.where(flagged.exists())
    return query


def _key(older: str | None) -> tuple[datetime, UUID] | None:
    try:
        moment, _, last = (older or "").partition("~")
        return datetime.strptime(moment, KEY).replace(tzinfo=UTC), UUID(last)
    except ValueError:
        return None
