"""What a typed or scanned code leads to: packs, lots and containers, whole or by how they begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.sql.selectable import CompoundSelect

from inventory.db import db
from inventory.disinfection.models import Container
from inventory.errors import Invalid
from inventory.packs.models import Pack
from inventory.sessions.models import NeedleUse, SessionContainer
from inventory.stock.models import Lot, search_key_of
from labels.codes import ALPHABET, LENGTH, UnreadableCode, beginning, parse

MOST_FOUND = 200
"""Of each kind: what begins so often alike is no search."""
LAST = "\U0010ffff"


class TooMany(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(f"More than {MOST_FOUND} codes begin with {code}. Type more of it.", field="code")


@dataclass(frozen=True)
class Found:
    """Ids, of one clinic."""

    packs: Sequence[UUID]
    lots: Sequence[UUID]
    containers: Sequence[UUID]

    def needle_uses(self, clinic_id: UUID) -> CompoundSelect[Any]:
        """The needles themselves, and every needle of a session in which one of the containers was used."""
        of_packs = select(NeedleUse.id).where(NeedleUse.clinic_id == clinic_id, NeedleUse.pack_id.in_(self.packs))
        of_lots = select(NeedleUse.id).where(NeedleUse.clinic_id == clinic_id, NeedleUse.lot_id.in_(self.lots))
        beside = select(NeedleUse.id).where(
            NeedleUse.clinic_id == clinic_id, NeedleUse.treatment_id.in_(self._with_containers(clinic_id))
        )
        return union(of_packs, of_lots, beside)

    def treatments(self, clinic_id: UUID) -> CompoundSelect[Any]:
        fitted = (NeedleUse.clinic_id == clinic_id, NeedleUse.undone_at.is_(None))
        of_packs = select(NeedleUse.treatment_id).where(*fitted, NeedleUse.pack_id.in_(self.packs))
        of_lots = select(NeedleUse.treatment_id).where(*fitted, NeedleUse.lot_id.in_(self.lots))
        return union(of_packs, of_lots, self._with_containers(clinic_id))

    def _with_containers(self, clinic_id: UUID) -> Select[UUID]:
        return select(SessionContainer.treatment_id).where(
            SessionContainer.clinic_id == clinic_id, SessionContainer.container_id.in_(self.containers)
        )


def found_by(clinic_id: UUID, code: str) -> Found:
    """By indexes alone; capital and small letters alike. Raises `TooMany`."""
    key = search_key_of(code.strip())
    lots = _ids(Lot.id, Lot.clinic_id == clinic_id, Lot.search_key >= key, Lot.search_key < key + LAST)
    packs: list[UUID] = []
    containers: list[UUID] = []
    own = _own(code)
    if own:
        # All codes are of one length and of these letters, so that this is the range of those that begin so.
        first, last = own.ljust(LENGTH, ALPHABET[0]), own.ljust(LENGTH, ALPHABET[-1])
        packs = _ids(Pack.id, Pack.code.between(first, last), Pack.clinic_id == clinic_id)
        containers = _ids(Container.id, Container.code.between(first, last), Container.clinic_id == clinic_id)
    if max(map(len, (lots, packs, containers))) > MOST_FOUND:
        raise TooMany(code)
    if lots:
        of_lots = (Container.clinic_id == clinic_id, Container.lot_id.in_(lots))
        containers = [*containers, *db.session.scalars(select(Container.id).where(*of_lots))]
    return Found(packs, lots, containers)


def _own(text: str) -> str:
    """Our code, or its beginning, as it is kept; empty where it is none."""
    try:
        return parse(text).code
    except UnreadableCode:
        return beginning(text)


def _ids(column: Any, *narrowed: ColumnElement[bool]) -> list[UUID]:
    return list(db.session.scalars(select(column).where(*narrowed).limit(MOST_FOUND + 1)))
