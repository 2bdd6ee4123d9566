"""Reading sterile packs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from inventory.db import db
from inventory.errors import NotHere
from inventory.packs.models import Pack, PackContent, PackState, PackUse
from inventory.stock.models import Lot

_WITH_CONTENTS = (
    joinedload(Pack.load),
    selectinload(Pack.contents).joinedload(PackContent.lot).joinedload(Lot.product),
)
_CODED = (
    select(Pack)
    .where(Pack.clinic_id == bindparam("in_clinic"), Pack.code == bindparam("wanted"))
    .options(*_WITH_CONTENTS)
)
_LIVE_USE = select(PackUse).where(
    PackUse.clinic_id == bindparam("in_clinic"),
    PackUse.pack_id == bindparam("wanted"),
    PackUse.voided_at.is_(None),
)


def pack_coded(clinic_id: UUID, code: str) -> Pack | None:
    """The pack with this code, its contents, lots, products and load."""
    return db.session.scalar(_CODED, {"in_clinic": clinic_id, "wanted": code})


def pack_of(clinic_id: UUID, pack_id: UUID) -> Pack:
    found = db.session.scalar(
        select(Pack).where(Pack.clinic_id == clinic_id, Pack.id == pack_id).options(*_WITH_CONTENTS)
    )
    if found is None:
        raise NotHere("There is no such pack in this clinic.")
    return found


def live_use_of(pack: Pack) -> PackUse | None:
    return db.session.scalar(_LIVE_USE, {"in_clinic": pack.clinic_id, "wanted": pack.id})


def packs_in(
    clinic_id: UUID, state: PackState | None = None, *, older: datetime | None = None, limit: int = 50
) -> Sequence[Pack]:
    """Newest first; `older` continues below that moment."""
    query = (
        select(Pack)
        .where(Pack.clinic_id == clinic_id)
        .order_by(Pack.made_up_at.desc(), Pack.id.desc())
        .limit(limit)
        .options(*_WITH_CONTENTS)
    )
    if state is not None:
        query = query.where(Pack.state == state)
    if older is not None:
        query = query.where(Pack.made_up_at < older)
    return db.session.scalars(query).unique().all()


def packs_named(clinic_id: UUID, pack_ids: Sequence[UUID]) -> Sequence[Pack]:
    """The packs with these ids, in the order they were made up; ids of another clinic find nothing."""
    return (
        db.session.scalars(
            select(Pack)
            .where(Pack.clinic_id == clinic_id, Pack.id.in_(list(pack_ids)))
            .order_by(Pack.made_up_at, Pack.id)
            .options(*_WITH_CONTENTS)
        )
        .unique()
        .all()
    )


def unlabelled(clinic_id: UUID, limit: int = 500) -> Sequence[Pack]:
    """Packs made up that have no label yet, oldest first."""
    return (
        db.session.scalars(
            select(Pack)
            .where(Pack.clinic_id == clinic_id, Pack.labelled_at.is_(None), Pack.state == PackState.MADE_UP)
            .order_by(Pack.made_up_at, Pack.id)
            .limit(limit)
            .options(*_WITH_CONTENTS)
        )
        .unique()
        .all()
    )


def packs_of_load(clinic_id: UUID, load_id: UUID) -> Sequence[Pack]:
    return (
        db.session.scalars(
            select(Pack)
            .where(Pack.clinic_id == clinic_id, Pack.load_id == load_id)
            .order_by(Pack.made_up_at, Pack.id)
            .options(*_WITH_CONTENTS)
        )
        .unique()
        .all()
    )


def counts(clinic_id: UUID) -> dict[PackState, int]:
    """How many packs are in each state."""
    rows = db.session.execute(
        select(Pack.state, func.count(Pack.id)).where(Pack.clinic_id == clinic_id).group_by(Pack.state)
    )
    return {row[0]: row[1] for row in rows}
