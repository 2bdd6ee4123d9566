"""Reading sharps containers, and counting what is in them from the needles of the sessions.

A needle is in the container that was in use in its room when it was removed. It is counted when somebody looks, from
what the sessions keep anyway: no scan and no swap writes or reads anything more because of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sharps.lifecycle import Fill, SharpsState, fill_of
from inventory.sharps.models import SharpsContainer


@dataclass(frozen=True)
class Filled:
    container: SharpsContainer
    needles: int

    @property
    def fill(self) -> Fill:
        return fill_of(self.needles, self.container.needles_to_line)

    @property
    def percent(self) -> int:
        return self.needles * 100 // self.container.needles_to_line


def container_of(clinic_id: UUID, sharps_id: UUID) -> Filled:
    """Raises `NotHere`."""
    found = _filled(clinic_id, SharpsContainer.id == sharps_id)
    if not found:
        raise NotHere("There is no such sharps container in your clinic. Open the list of containers.")
    return found[0]


def standing(clinic_id: UUID) -> Sequence[Filled]:
    """What stands in the clinic, in use first, then what waits for its pickup."""
    found = _filled(clinic_id, SharpsContainer.state != SharpsState.PICKED_UP)
    order = list(SharpsState)
    return sorted(found, key=lambda each: (order.index(each.container.state), each.container.room.name))


def picked_up(clinic_id: UUID, limit: int = 50) -> Sequence[SharpsContainer]:
    """What left, newest first."""
    return db.session.scalars(
        select(SharpsContainer)
        .where(SharpsContainer.clinic_id == clinic_id, SharpsContainer.state == SharpsState.PICKED_UP)
        .order_by(SharpsContainer.picked_up_on.desc(), SharpsContainer.id.desc())
        .limit(limit)
        .options(joinedload(SharpsContainer.room))
    ).all()


def nearly_full(clinic_id: UUID) -> Sequence[Filled]:
    """Containers in use that are near their fill line or at it."""
    found = _filled(clinic_id, SharpsContainer.state == SharpsState.IN_USE)
    return [each for each in found if each.fill is not Fill.ROOM_LEFT]


def _filled(clinic_id: UUID, *conditions: ColumnElement[bool]) -> list[Filled]:
    until = SharpsContainer.closed_at
    needles = (
        select(func.count(NeedleUse.id))
        .join(TreatmentSession, TreatmentSession.id == NeedleUse.treatment_id)
        .where(
            NeedleUse.clinic_id == clinic_id,
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.room_id == SharpsContainer.room_id,
            or_(TreatmentSession.closed_at.is_(None), TreatmentSession.closed_at >= SharpsContainer.opened_at),
            NeedleUse.removed_at >= SharpsContainer.opened_at,
            or_(until.is_(None), NeedleUse.removed_at < until),
            NeedleUse.undone_at.is_(None),
        )
        .correlate(SharpsContainer)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(SharpsContainer, needles)
        .where(SharpsContainer.clinic_id == clinic_id, *conditions)
        .options(joinedload(SharpsContainer.room))
    )
    return [Filled(container, count) for container, count in rows]
