"""What leads to what, among things that are drawn: a pair of kinds, the one way between them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from inventory.db import db
from inventory.disinfection.models import Container, Disinfection
from inventory.packs.models import Pack, PackContent, PackOrigin, PackUse
from inventory.sessions.models import SessionContainer, TreatmentSession
from inventory.sterility.exposure import unordered
from inventory.sterility.subjects import Kind, Thing


def links_between(
    clinic_id: UUID, subject: Thing, stages: Sequence[tuple[Kind, list[UUID]]]
) -> frozenset[tuple[UUID, UUID]]:
    """Pairs of ids. What no pair leads to hangs on the subject itself: it was found by it."""
    found: set[tuple[UUID, UUID]] = set()
    for place, (kind, ids) in enumerate(stages):
        for later, later_ids in stages[place + 1 :]:
            way = _WAYS.get((kind, later))
            if way is not None and ids and later_ids:
                found |= _pairs(clinic_id, way, ids, later_ids)
    linked = {each for pair in found for each in pair}
    own = next(place for place, (_, ids) in enumerate(stages) if subject.id in ids)
    for place, (_, ids) in enumerate(stages):
        loose = [each for each in ids if each not in linked and each != subject.id]
        found |= {(each, subject.id) if place < own else (subject.id, each) for each in loose}
    return frozenset(found)


def _pairs(clinic_id: UUID, way: tuple[Any, Any], ids: list[UUID], later_ids: list[UUID]) -> set[tuple[UUID, UUID]]:
    first, last = way
    query: Select[*tuple[Any, ...]] = select(unordered(first), unordered(last)).distinct()
    query = query.where(last.class_.clinic_id == clinic_id, first.in_(ids), last.in_(later_ids))
    return {(row[0], row[1]) for row in db.session.execute(query)}


_WAYS: dict[tuple[Kind, Kind], tuple[Any, Any]] = {
    (Kind.LOT, Kind.PACK): (PackContent.lot_id, PackContent.pack_id),
    (Kind.LOT, Kind.CONTAINER): (Container.lot_id, Container.id),
    (Kind.LOAD, Kind.PACK): (Pack.load_id, Pack.id),
    (Kind.PACK, Kind.PACK): (PackOrigin.source_id, PackOrigin.pack_id),
    (Kind.PACK, Kind.SESSION): (PackUse.pack_id, PackUse.treatment_id),
    (Kind.CONTAINER, Kind.GUN): (Disinfection.container_id, Disinfection.gun_id),
    (Kind.CONTAINER, Kind.ROOM): (Disinfection.container_id, Disinfection.room_id),
    (Kind.CONTAINER, Kind.SESSION): (SessionContainer.container_id, SessionContainer.treatment_id),
    (Kind.GUN, Kind.SESSION): (TreatmentSession.gun_id, TreatmentSession.id),
    (Kind.ROOM, Kind.SESSION): (TreatmentSession.room_id, TreatmentSession.id),
    (Kind.PERSON, Kind.SESSION): (TreatmentSession.practitioner_membership_id, TreatmentSession.id),
}
