"""Reading sterile packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from inventory.db import db
from inventory.errors import NotHere
from inventory.packs.models import Pack, PackContent, PackOrigin, PackPart, PackState, PackUse, Part
from inventory.sterilising.models import Load
from inventory.stock.models import Lot

PAGE = 50
LONG_AGO = datetime.min.replace(tzinfo=UTC)
_WITH_CONTENTS = (
    joinedload(Pack.load),
    selectinload(Pack.contents).joinedload(PackContent.lot).joinedload(Lot.product),
    selectinload(Pack.parts).joinedload(PackPart.part),
)
_CODED = (
    select(Pack)
    .where(Pack.clinic_id == bindparam("in_clinic"), Pack.code == bindparam("wanted"))
    .options(joinedload(Pack.load), joinedload(Pack.contents).joinedload(PackContent.lot).joinedload(Lot.product))
)
_LIVE_USE = select(PackUse).where(
    PackUse.clinic_id == bindparam("in_clinic"),
    PackUse.pack_id == bindparam("wanted"),
    PackUse.voided_at.is_(None),
)


@dataclass(frozen=True)
class PackFilter:
    """Which packs a list shows. `lot` and `load` are numbers as printed; `due_by` the last day of what expires soon."""

    state: PackState | None = None
    lot: str = ""
    load: str = ""
    due_by: date | None = None


@dataclass(frozen=True)
class Shelf:
    """How many packs wait for what. `to_release` have their label and wait for their load."""

    to_label: int
    to_release: int
    available: int
    expiring: int
    """Of the available ones: expired already, or within the days asked for."""


def pack_coded(clinic_id: UUID, code: str) -> Pack | None:
    """The pack with this code, its contents, lots, products and load."""
    return db.session.scalars(_CODED, {"in_clinic": clinic_id, "wanted": code}).unique().one_or_none()


def use_of(clinic_id: UUID, use_id: UUID) -> PackUse:
    """One use of a pack, taken back or not. Raises `NotHere`."""
    found = db.session.scalar(select(PackUse).where(PackUse.clinic_id == clinic_id, PackUse.id == use_id))
    if found is None:
        raise NotHere("There is no such use of a pack in this clinic.")
    return found


def pack_of(clinic_id: UUID, pack_id: UUID) -> Pack:
    """Raises `NotHere`."""
    found = db.session.scalar(
        select(Pack).where(Pack.clinic_id == clinic_id, Pack.id == pack_id).options(*_WITH_CONTENTS)
    )
    if found is None:
        raise NotHere("There is no such pack in this clinic. Scan its label, or look among the packs.")
    return found


def live_use_of(pack: Pack) -> PackUse | None:
    return db.session.scalar(_LIVE_USE, {"in_clinic": pack.clinic_id, "wanted": pack.id})


def packs_in(
    clinic_id: UUID,
    state: PackState | None = None,
    *,
    wanted: PackFilter | None = None,
    before: UUID | None = None,
    limit: int = PAGE,
) -> Sequence[Pack]:
    """Newest first; `before` is the pack the page stands after: ids are made in order of time."""
    asked = wanted or PackFilter(state)
    query = select(Pack).where(Pack.clinic_id == clinic_id).order_by(Pack.id.desc()).limit(limit)
    if asked.state is not None:
        query = query.where(Pack.state == asked.state)
    if asked.due_by is not None:
        query = query.where(Pack.use_by <= asked.due_by)
    if asked.load:
        query = query.where(Pack.load_id.in_(_loads_numbered(clinic_id, asked.load)))
    if asked.lot:
        query = query.where(Pack.id.in_(_holding_lot(clinic_id, asked.lot)))
    if before is not None:
        query = query.where(Pack.id < before)
    return _loaded(query)


def packs_named(clinic_id: UUID, pack_ids: Sequence[UUID]) -> Sequence[Pack]:
    """The packs with these ids, in the order they were made up; ids of another clinic find nothing."""
    return _loaded(select(Pack).where(Pack.clinic_id == clinic_id, Pack.id.in_(list(pack_ids))).order_by(Pack.id))


def unlabelled(clinic_id: UUID, limit: int = 500) -> Sequence[Pack]:
    """Packs made up that have no label yet, oldest first."""
    return _loaded(
        select(Pack)
        .where(Pack.clinic_id == clinic_id, Pack.labelled_at.is_(None), Pack.state == PackState.MADE_UP)
        .order_by(Pack.id)
        .limit(limit)
    )


def without_load(clinic_id: UUID, limit: int = 500) -> Sequence[Pack]:
    """Packs that must be sterilised and are in no load yet, oldest first."""
    return _loaded(
        select(Pack)
        .where(Pack.clinic_id == clinic_id, Pack.needs_load, Pack.load_id.is_(None), Pack.state == PackState.MADE_UP)
        .order_by(Pack.id)
        .limit(limit)
    )


def packs_of_load(clinic_id: UUID, load_id: UUID) -> Sequence[Pack]:
    return _loaded(select(Pack).where(Pack.clinic_id == clinic_id, Pack.load_id == load_id).order_by(Pack.id))


def packs_holding(lots: Sequence[Lot]) -> Sequence[Pack]:
    """Packs that hold something of `lots`, held against other writers; without their contents."""
    holding = select(PackContent.pack_id).where(PackContent.lot_id.in_([lot.id for lot in lots]))
    query = select(Pack).where(Pack.id.in_(holding)).order_by(Pack.id).with_for_update()
    return db.session.scalars(query).all()


def shelf(clinic_id: UUID, today: date, soon_days: int) -> Shelf:
    """What the preparation room has to do, counted in one statement."""
    made_up, available = Pack.state == PackState.MADE_UP, Pack.state == PackState.AVAILABLE
    last = today + timedelta(days=soon_days)
    conditions = (
        made_up & Pack.labelled_at.is_(None),
        made_up & Pack.labelled_at.is_not(None),
        available,
        available & (Pack.use_by <= last),
    )
    counted = select(*(func.coalesce(func.sum(case((met, 1), else_=0)), 0) for met in conditions)).where(
        Pack.clinic_id == clinic_id, Pack.state.in_([PackState.MADE_UP, PackState.AVAILABLE])
    )
    return Shelf(*db.session.execute(counted).one())


def made_of(pack: Pack) -> Sequence[Pack]:
    """The packs its contents went into."""
    into = select(PackOrigin.pack_id).where(PackOrigin.clinic_id == pack.clinic_id, PackOrigin.source_id == pack.id)
    return db.session.scalars(
        select(Pack).where(Pack.clinic_id == pack.clinic_id, Pack.id.in_(into)).order_by(Pack.id)
    ).all()


def source_of(pack: Pack) -> Pack | None:
    """The pack it was made of."""
    origin = select(PackOrigin.source_id).where(PackOrigin.clinic_id == pack.clinic_id, PackOrigin.pack_id == pack.id)
    return db.session.scalar(select(Pack).where(Pack.clinic_id == pack.clinic_id, Pack.id.in_(origin)))


def busy_until(pack: Pack) -> datetime:
    """Until when its contents were in another pack: it can have been in no load before that. Long ago for new goods."""
    parts = select(PackPart.part_id).where(PackPart.clinic_id == pack.clinic_id, PackPart.pack_id == pack.id)
    freed = db.session.scalar(
        select(func.max(PackPart.freed_at)).where(PackPart.clinic_id == pack.clinic_id, PackPart.part_id.in_(parts))
    )
    remade = pack.made_up_at if pack.needs_load and source_of(pack) is not None else LONG_AGO
    return max(remade, freed or LONG_AGO)


def parts_in(clinic_id: UUID) -> Sequence[tuple[Part, Pack | None]]:
    """Every part, those in use first, with the pack it lies in."""
    return [
        (part, pack)
        for part, pack in db.session.execute(
            select(Part, Pack)
            .outerjoin(PackPart, (PackPart.part_id == Part.id) & PackPart.freed_at.is_(None))
            .outerjoin(Pack, Pack.id == PackPart.pack_id)
            .where(Part.clinic_id == clinic_id)
            .order_by(Part.retired_at.is_not(None), Part.name, Part.serial_number)
        )
    ]


def parts_named(clinic_id: UUID, part_ids: Sequence[UUID]) -> Sequence[Part]:
    query = select(Part).where(Part.clinic_id == clinic_id, Part.id.in_(list(part_ids)))
    return db.session.scalars(query.order_by(Part.name, Part.serial_number)).all()


def part_of(clinic_id: UUID, part_id: UUID) -> Part:
    """Raises `NotHere`."""
    found = db.session.scalar(select(Part).where(Part.clinic_id == clinic_id, Part.id == part_id))
    if found is None:
        raise NotHere("There is no such part in this clinic. Look it up among the parts.")
    return found


def part_coded(clinic_id: UUID, code: str) -> Part | None:
    return db.session.scalar(select(Part).where(Part.clinic_id == clinic_id, Part.code == code))


def packs_with(part: Part) -> Sequence[Pack]:
    """Every pack a part was in, newest first."""
    held = select(PackPart.pack_id).where(PackPart.clinic_id == part.clinic_id, PackPart.part_id == part.id)
    return db.session.scalars(
        select(Pack)
        .where(Pack.clinic_id == part.clinic_id, Pack.id.in_(held))
        .order_by(Pack.id.desc())
        .options(joinedload(Pack.load))
    ).all()


def _loads_numbered(clinic_id: UUID, number: str) -> Select[UUID]:
    return select(Load.id).where(Load.clinic_id == clinic_id, func.lower(Load.number) == number.lower())


def _holding_lot(clinic_id: UUID, number: str) -> Select[UUID]:
    return (
        select(PackContent.pack_id)
        .join(Lot, Lot.id == PackContent.lot_id)
        .where(PackContent.clinic_id == clinic_id, func.lower(Lot.number) == number.lower())
    )


def _loaded(query: Select[Pack]) -> Sequence[Pack]:
    return db.session.scalars(query.options(*_WITH_CONTENTS)).all()
