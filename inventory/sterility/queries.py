"""Reading exports and kept views, and tracing a lot forward and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.guns.models import Gun
from inventory.packs.models import Pack, PackContent
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sterility.models import Export, SavedView
from inventory.stock.models import Location, LocationKind, Lot

SHOWN = 500
"""Most packs and sessions a trace lists; it counts them all."""


@dataclass(frozen=True)
class Reach:
    """How far a lot went. Counts are of everything, whatever is listed."""

    packs: int
    treatments: int
    guns: Sequence[Gun]


def exports_of(clinic_id: UUID, limit: int = 20) -> Sequence[Export]:
    return db.session.scalars(
        select(Export).where(Export.clinic_id == clinic_id).order_by(Export.at.desc()).limit(limit)
    ).all()


def export_of(clinic_id: UUID, export_id: UUID) -> Export:
    """Raises `NotHere`."""
    found = db.session.scalar(select(Export).where(Export.clinic_id == clinic_id, Export.id == export_id))
    if found is None:
        raise NotHere("There is no such export in this clinic.")
    return found


def views_for(clinic_id: UUID, membership_id: UUID) -> Sequence[SavedView]:
    """One's own and those everybody shares, by name."""
    return db.session.scalars(
        select(SavedView)
        .where(
            SavedView.clinic_id == clinic_id,
            SavedView.removed_at.is_(None),
            or_(SavedView.membership_id == membership_id, SavedView.shared),
        )
        .order_by(SavedView.name, SavedView.id)
    ).all()


def view_of(clinic_id: UUID, view_id: UUID, *, removed: bool = False) -> SavedView:
    """With `removed` also one that is no longer kept. Raises `NotHere`."""
    found = db.session.scalar(select(SavedView).where(SavedView.clinic_id == clinic_id, SavedView.id == view_id))
    if found is None or (found.removed_at is not None and not removed):
        raise NotHere("There is no such view in this clinic. It may have been removed.")
    return found


def rooms_of(clinic_id: UUID) -> Sequence[Location]:
    """Every room, also those no longer in use: the log still speaks of them."""
    query = select(Location).where(Location.clinic_id == clinic_id, Location.kind == LocationKind.ROOM)
    return db.session.scalars(query.order_by(Location.name)).all()


def packs_holding(lot: Lot) -> Sequence[Pack]:
    """Forward: packs made up from a lot, newest first, at most `SHOWN`."""
    return (
        db.session.scalars(
            select(Pack)
            .join(PackContent, PackContent.pack_id == Pack.id)
            .where(PackContent.clinic_id == lot.clinic_id, PackContent.lot_id == lot.id)
            .order_by(Pack.made_up_at.desc(), Pack.id.desc())
            .limit(SHOWN)
            .options(joinedload(Pack.load))
        )
        .unique()
        .all()
    )


def treatments_with(lot: Lot) -> Sequence[TreatmentSession]:
    """Forward: sessions in which a needle of the lot was fitted, newest first, at most `SHOWN`."""
    used = select(NeedleUse.treatment_id).where(
        NeedleUse.clinic_id == lot.clinic_id, NeedleUse.lot_id == lot.id, NeedleUse.undone_at.is_(None)
    )
    return db.session.scalars(
        select(TreatmentSession)
        .where(TreatmentSession.clinic_id == lot.clinic_id, TreatmentSession.id.in_(used))
        .order_by(TreatmentSession.opened_at.desc())
        .limit(SHOWN)
        .options(joinedload(TreatmentSession.gun), joinedload(TreatmentSession.room))
    ).all()


def reach_of(lot: Lot) -> Reach:
    """Forward, counted: packs made up from a lot, sessions in which a needle of it was fitted, and their guns."""
    fitted = (NeedleUse.clinic_id == lot.clinic_id, NeedleUse.lot_id == lot.id, NeedleUse.undone_at.is_(None))
    packs = select(func.count(PackContent.pack_id.distinct())).where(
        PackContent.clinic_id == lot.clinic_id, PackContent.lot_id == lot.id
    )
    treatments = select(func.count(NeedleUse.treatment_id.distinct())).where(*fitted)
    counted = db.session.execute(select(packs.scalar_subquery(), treatments.scalar_subquery())).one()
    used = select(TreatmentSession.gun_id).join(NeedleUse, NeedleUse.treatment_id == TreatmentSession.id).where(*fitted)
    guns = select(Gun).where(Gun.clinic_id == lot.clinic_id, Gun.id.in_(used)).order_by(Gun.serial_number)
    return Reach(*counted, db.session.scalars(guns).all())
