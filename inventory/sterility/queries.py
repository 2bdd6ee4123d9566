"""Reading exports and kept views of the log."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from inventory.db import db
from inventory.errors import NotHere
from inventory.sterility.models import Export, SavedView
from inventory.stock.models import Location, LocationKind


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
