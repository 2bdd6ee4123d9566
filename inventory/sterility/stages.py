"""The stages of a trace: for a thing of each kind, what came before it and what came after."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, func, select

from inventory.db import db
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf
from inventory.packs.models import Pack, PackContent, PackOrigin, PackUse
from inventory.sessions.models import NeedleUse, SessionContainer, TreatmentSession
from inventory.sterility.exposure import NEWEST, unordered
from inventory.sterility.subjects import Kind, Thing, things_of


@dataclass(frozen=True)
class Stage:
    """Things of one kind, those of the listed sessions first, at most `NEWEST`; `total` counts all of them.

    `listed_only`: looked for in the listed sessions or packs, as there are more than are listed.
    """

    kind: Kind
    title: str
    things: Sequence[Thing]
    total: int
    listed_only: bool = False

    @property
    def more(self) -> int:
        return self.total - len(self.things)


@dataclass(frozen=True)
class Reached:
    clinic_id: UUID
    subject: Thing
    ids: list[UUID]
    cut: bool
    """Whether there are more sessions than are listed."""


def _stage(
    reached: Reached,
    kind: Kind,
    title: str,
    ids: Select[*tuple[Any, ...]],
    *,
    by: Any = None,
    listed_only: bool = False,
) -> Stage:
    """`ids` may repeat; ordered by the newest of `by`, else as they are, newest id first."""
    (column,) = ids.selected_columns
    ids = ids.with_only_columns(unordered(column).label("found"))
    grouped = ids.group_by(unordered(column))
    newest = grouped.order_by(func.max(by).desc() if by is not None else unordered(column).desc()).limit(NEWEST)
    first = [each for each in db.session.scalars(newest) if each is not None]
    total = len(first)
    if total >= NEWEST:
        total = db.session.scalar(select(func.count()).select_from(ids.distinct().subquery())) or 0
    return Stage(kind, title, things_of(reached.clinic_id, kind, first), total, listed_only)


def _packs_with(reached: Reached) -> Stage:
    query = select(PackContent.pack_id).where(
        PackContent.clinic_id == reached.clinic_id, PackContent.lot_id == reached.subject.id
    )
    opened = query.join(PackUse, PackUse.pack_id == PackContent.pack_id)
    return _used_first(reached, _stage(reached, Kind.PACK, "Packs made up from it", query), opened)


def _used_first(reached: Reached, packs: Stage, opened: Any) -> Stage:
    """The packs that lead to the listed sessions before the others. `opened` selects them with their use."""
    used = opened.where(
        PackUse.clinic_id == reached.clinic_id,
        PackUse.treatment_id.in_(reached.ids),
        PackUse.voided_at.is_(None),
    ).order_by(PackUse.used_at.desc())
    first = dict.fromkeys([*db.session.scalars(used.limit(NEWEST)), *(pack.id for pack in packs.things)])
    return replace(packs, things=things_of(reached.clinic_id, Kind.PACK, list(first)[:NEWEST]))


def _loads_with(reached: Reached) -> Stage:
    packs = _packs_with(reached)
    query = select(Pack.load_id).where(
        Pack.clinic_id == reached.clinic_id,
        Pack.id.in_([pack.id for pack in packs.things]),
        Pack.load_id.is_not(None),
    )
    return _stage(reached, Kind.LOAD, "Loads of its packs", query, listed_only=packs.more > 0)


def _containers_with(reached: Reached) -> Stage:
    query = select(Container.id).where(Container.clinic_id == reached.clinic_id, Container.lot_id == reached.subject.id)
    return _stage(reached, Kind.CONTAINER, "Containers opened of it", query)


def _guns_used(reached: Reached) -> Stage:
    query = select(TreatmentSession.gun_id).where(
        TreatmentSession.clinic_id == reached.clinic_id,
        TreatmentSession.id.in_(reached.ids),
        TreatmentSession.gun_id.is_not(None),
    )
    return _stage(reached, Kind.GUN, "Guns", query, by=TreatmentSession.opened_at, listed_only=reached.cut)


def _lots_in(reached: Reached) -> Stage:
    query = select(PackContent.lot_id).where(PackContent.clinic_id == reached.clinic_id)
    if reached.subject.kind is Kind.PACK:
        query = query.where(PackContent.pack_id == reached.subject.id)
    else:
        query = query.join(Pack, Pack.id == PackContent.pack_id).where(
            Pack.clinic_id == reached.clinic_id, Pack.load_id == reached.subject.id
        )
    return _stage(reached, Kind.LOT, "Lots in it", query)


def _packs_of_load(reached: Reached) -> Stage:
    query = select(Pack.id).where(Pack.clinic_id == reached.clinic_id, Pack.load_id == reached.subject.id)
    opened = query.join(PackUse, PackUse.pack_id == Pack.id)
    return _used_first(reached, _stage(reached, Kind.PACK, "Packs in it", query), opened)


def _load_of_pack(reached: Reached) -> Stage:
    query = select(Pack.load_id).where(
        Pack.clinic_id == reached.clinic_id, Pack.id == reached.subject.id, Pack.load_id.is_not(None)
    )
    return _stage(reached, Kind.LOAD, "Load it was in", query)


def _sources_of_pack(reached: Reached) -> Stage:
    query = select(PackOrigin.source_id).where(
        PackOrigin.clinic_id == reached.clinic_id, PackOrigin.pack_id == reached.subject.id
    )
    return _stage(reached, Kind.PACK, "Pack it was made of", query)


def _made_of_pack(reached: Reached) -> Stage:
    query = select(PackOrigin.pack_id).where(
        PackOrigin.clinic_id == reached.clinic_id, PackOrigin.source_id == reached.subject.id
    )
    return _stage(reached, Kind.PACK, "Packs made of it", query)


def _lot_of_container(reached: Reached) -> Stage:
    query = select(Container.lot_id).where(Container.clinic_id == reached.clinic_id, Container.id == reached.subject.id)
    return _stage(reached, Kind.LOT, "Lot it was opened of", query)


def _disinfected(column: Any, kind: Kind, of: DisinfectionOf, title: str) -> Callable[[Reached], Stage]:
    def found(reached: Reached) -> Stage:
        query = select(column).where(
            Disinfection.clinic_id == reached.clinic_id,
            Disinfection.container_id == reached.subject.id,
            Disinfection.of == of,
        )
        return _stage(reached, kind, title, query, by=Disinfection.finished_at)

    return found


def _disinfected_with(column: Any, title: str) -> Callable[[Reached], Stage]:
    def found(reached: Reached) -> Stage:
        query = select(Disinfection.container_id).where(
            Disinfection.clinic_id == reached.clinic_id, column == reached.subject.id
        )
        return _stage(reached, Kind.CONTAINER, title, query, by=Disinfection.finished_at)

    return found


def _in_sessions(column: Any, kind: Kind, title: str, at: Any, *wanted: Any) -> Callable[[Reached], Stage]:
    """What was used in the listed sessions."""
    table = column.class_

    def found(reached: Reached) -> Stage:
        query = select(column).where(table.clinic_id == reached.clinic_id, table.treatment_id.in_(reached.ids), *wanted)
        return _stage(reached, kind, title, query, by=at, listed_only=reached.cut)

    return found


_LOTS_USED = _in_sessions(
    NeedleUse.lot_id, Kind.LOT, "Lots of the needles", NeedleUse.fitted_at, NeedleUse.undone_at.is_(None)
)
_PACKS_USED = _in_sessions(PackUse.pack_id, Kind.PACK, "Packs opened", PackUse.used_at, PackUse.voided_at.is_(None))
_SCANNED_IN = _in_sessions(
    SessionContainer.container_id, Kind.CONTAINER, "Containers scanned in", SessionContainer.scanned_at
)
Find: TypeAlias = Callable[[Reached], Stage]
AROUND: dict[Kind, tuple[Iterable[Find], Iterable[Find]]] = {
    Kind.LOT: ((), (_loads_with, _packs_with, _containers_with, _guns_used)),
    Kind.LOAD: ((_lots_in,), (_packs_of_load,)),
    Kind.PACK: ((_lots_in, _load_of_pack, _sources_of_pack), (_made_of_pack, _guns_used)),
    Kind.CONTAINER: (
        (_lot_of_container,),
        (
            _disinfected(Disinfection.gun_id, Kind.GUN, DisinfectionOf.GUN, "Guns disinfected with it"),
            _disinfected(Disinfection.room_id, Kind.ROOM, DisinfectionOf.ROOM_SURFACE, "Rooms disinfected with it"),
        ),
    ),
    Kind.GUN: (
        (_LOTS_USED, _PACKS_USED, _disinfected_with(Disinfection.gun_id, "Containers it was disinfected with")),
        (),
    ),
    Kind.ROOM: (
        (
            _LOTS_USED,
            _PACKS_USED,
            _disinfected_with(Disinfection.room_id, "Containers its surfaces were disinfected with"),
            _guns_used,
        ),
        (),
    ),
    Kind.PERSON: ((_LOTS_USED, _PACKS_USED, _SCANNED_IN, _guns_used), ()),
}
"""Stages before and after a thing of each kind, in the order in which one becomes part of the next."""
