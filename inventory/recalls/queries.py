"""Reading recall notices, and whom their lots reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.packs.models import Pack, PackContent
from inventory.sessions.models import SessionSubject, TreatmentSession
from inventory.sterility.exposure import sessions_reached
from inventory.sterility.subjects import Kind
from inventory.stock.models import Balance, Lot
from inventory.stock.shelf_models import RecallNotice, RecallNoticeLot


@dataclass(frozen=True)
class NoticeLot:
    lot: Lot
    on_hand: int
    packs: int


@dataclass(frozen=True)
class Reached:
    """Sessions in which something of the lots was opened or used, oldest first, and the clinic's own references of
    their patients, by session; an erased one is missing.
    """

    treatments: Sequence[TreatmentSession]
    references: Mapping[UUID, str]

    @property
    def by_reference(self) -> dict[str, list[TreatmentSession]]:
        """The sessions of each patient; of those whose reference was erased nobody can be told."""
        found: dict[str, list[TreatmentSession]] = {}
        for treatment in self.treatments:
            if treatment.id in self.references:
                found.setdefault(self.references[treatment.id], []).append(treatment)
        return found


def notice_of(clinic_id: UUID, notice_id: UUID) -> RecallNotice:
    """Raises `NotHere`."""
    found = db.session.scalar(
        select(RecallNotice)
        .where(RecallNotice.clinic_id == clinic_id, RecallNotice.id == notice_id)
        .options(joinedload(RecallNotice.product))
    )
    if found is None:
        raise NotHere("There is no such notice in your clinic. Open the list of recall notices.")
    return found


def notices_in(clinic_id: UUID) -> Sequence[RecallNotice]:
    """Newest first."""
    return db.session.scalars(
        select(RecallNotice)
        .where(RecallNotice.clinic_id == clinic_id)
        .order_by(RecallNotice.entered_at.desc(), RecallNotice.id.desc())
        .options(joinedload(RecallNotice.product))
    ).all()


def lots_in(notice: RecallNotice) -> list[NoticeLot]:
    """The lots the notice blocked, with what of them is still in stock and in how many packs."""
    held = (
        select(func.coalesce(func.sum(Balance.on_hand), 0))
        .where(Balance.clinic_id == Lot.clinic_id, Balance.lot_id == Lot.id)
        .scalar_subquery()
    )
    packs = select(func.count(PackContent.pack_id)).where(PackContent.lot_id == Lot.id).scalar_subquery()
    rows = db.session.execute(
        select(Lot, held, packs)
        .join(RecallNoticeLot, RecallNoticeLot.lot_id == Lot.id)
        .where(RecallNoticeLot.clinic_id == notice.clinic_id, RecallNoticeLot.notice_id == notice.id)
        .order_by(Lot.number)
    )
    return [NoticeLot(lot, on_hand, count) for lot, on_hand, count in rows]


def reached_by(notice: RecallNotice) -> Reached:
    """By whatever `exposure` knows: a needle, a pack, a vial, an agent, or a gun that was disinfected with it."""
    lots = select(RecallNoticeLot.lot_id).where(
        RecallNoticeLot.clinic_id == notice.clinic_id, RecallNoticeLot.notice_id == notice.id
    )
    ids = sessions_reached(notice.clinic_id, Kind.LOT, lots)
    treatments = db.session.scalars(
        select(TreatmentSession)
        .where(TreatmentSession.clinic_id == notice.clinic_id, TreatmentSession.id.in_(ids))
        .order_by(TreatmentSession.opened_at)
        .options(joinedload(TreatmentSession.room))
    ).all()
    references = db.session.execute(
        select(SessionSubject.treatment_id, SessionSubject.patient_reference).where(
            SessionSubject.clinic_id == notice.clinic_id, SessionSubject.treatment_id.in_(ids)
        )
    )
    return Reached(treatments, dict(references.all()))


def packs_in(notice: RecallNotice) -> Sequence[Pack]:
    """Packs that hold something of its lots."""
    lots = select(RecallNoticeLot.lot_id).where(
        RecallNoticeLot.clinic_id == notice.clinic_id, RecallNoticeLot.notice_id == notice.id
    )
    holding = select(PackContent.pack_id).where(PackContent.lot_id.in_(lots))
    return db.session.scalars(
        select(Pack).where(Pack.clinic_id == notice.clinic_id, Pack.id.in_(holding)).order_by(Pack.id)
    ).all()
