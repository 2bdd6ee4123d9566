"""What a positive biological indicator reaches: packs, sessions and patients of the loads in a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.packs.models import Pack, PackState
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sterilising.biological import in_scope
from inventory.sterilising.models import Load, RecallScope
from inventory.sterility.exposure import sessions_reached
from inventory.sterility.subjects import Kind

ON_THE_SHELF = (PackState.MADE_UP, PackState.AVAILABLE)


@dataclass(frozen=True)
class Reached:
    """What one scope would recall. `treatments` are the sessions that opened one of its packs."""

    scope: RecallScope
    loads: Sequence[Load]
    packs: Sequence[Pack]
    treatments: Sequence[TreatmentSession]
    references: Mapping[UUID, str]
    """The clinic's own reference of the patient, by session; an erased one is missing."""

    @property
    def blocked(self) -> int:
        """Packs still on the shelf, which no session could open any more."""
        return sum(pack.state in ON_THE_SHELF for pack in self.packs)


def reached_by(load: Load, scope: RecallScope) -> Reached:
    loads = in_scope(load, scope)
    ids = [each.id for each in loads]
    mine = (Pack.clinic_id == load.clinic_id, Pack.load_id.in_(ids))
    packs = db.session.scalars(select(Pack).where(*mine).order_by(Pack.id).options(joinedload(Pack.load))).all()
    opened = sessions_reached(load.clinic_id, Kind.LOAD, ids)
    treatments = db.session.scalars(
        select(TreatmentSession)
        .where(TreatmentSession.clinic_id == load.clinic_id, TreatmentSession.id.in_(opened))
        .order_by(TreatmentSession.opened_at)
        .options(joinedload(TreatmentSession.room))
    ).all()
    references = db.session.execute(
        select(SessionSubject.treatment_id, SessionSubject.patient_reference).where(
            SessionSubject.clinic_id == load.clinic_id, SessionSubject.treatment_id.in_(opened)
        )
    )
    return Reached(scope, loads, packs, treatments, dict(references.all()))
