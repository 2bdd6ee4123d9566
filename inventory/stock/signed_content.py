"""What is signed in the stock: a correction, what was decided on a lot, and a recall notice."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.stock.models import Lot, Movement
from inventory.stock.shelf_models import LotDecision, RecallNotice, RecallNoticeLot

Contents = dict[UUID, Mapping[str, object] | None]


def content_of_movement(movement: Movement) -> dict[str, object]:
    """A correction: what the books said, what they say from then on, and why."""
    before = movement.on_hand_before
    return {
        **_lot(movement.lot),
        "place": movement.location_id or movement.location.id,
        "place_then": movement.location.name,
        "kind": movement.kind,
        "old": before,
        "new": None if before is None else before + movement.quantity,
        "difference": movement.quantity,
        "reason": movement.reason,
    }


def contents_of_movements(movements: Iterable[Movement]) -> Contents:
    """Of the movements that a person corrected the books with, by their ids."""
    return {each.id: content_of_movement(each) for each in movements if each.on_hand_before is not None}


def content_of_decision(decision: LotDecision) -> dict[str, object]:
    return _decision(decision, is_newest=decisions_on(decision.lot)[-1:] == [decision])


def contents_of_decisions(decisions: list[LotDecision]) -> Contents:
    """Of all decisions on one lot, oldest first, by their ids."""
    return {each.id: _decision(each, is_newest=each is decisions[-1]) for each in decisions}


def decisions_on(lot: Lot) -> list[LotDecision]:
    """Oldest first."""
    query = select(LotDecision).where(LotDecision.clinic_id == lot.clinic_id, LotDecision.lot_id == lot.id)
    return list(db.session.scalars(query.order_by(LotDecision.at, LotDecision.id)))


def content_of_notice(notice: RecallNotice) -> dict[str, object]:
    """The notice, and the lots of the clinic it blocked when it was entered."""
    lots = db.session.scalars(
        select(Lot)
        .join(RecallNoticeLot, RecallNoticeLot.lot_id == Lot.id)
        .where(RecallNoticeLot.clinic_id == notice.clinic_id, RecallNoticeLot.notice_id == notice.id)
        .options(joinedload(Lot.product))
    )
    return content_of_notice_with(notice, lots.all())


def content_of_notice_with(notice: RecallNotice, lots: Iterable[Lot]) -> dict[str, object]:
    """As it is being entered: its lots are not stored yet."""
    return {
        "product": notice.product_id or notice.product.id,
        "product_then": notice.product.name,
        "reference": notice.reference,
        "issued_on": notice.issued_on,
        "text": notice.text,
        "reach": notice.reach,
        "first_number": notice.first_number,
        "last_number": notice.last_number,
        "lots": sorted(lot.number for lot in lots),
    }


def _decision(decision: LotDecision, *, is_newest: bool) -> dict[str, object]:
    lot = decision.lot
    return {
        **_lot(lot),
        "old": decision.before,
        # The lot holds the newest decision's status; one that was put there otherwise is not what was signed.
        "new": lot.status if is_newest else decision.status,
        "reason": decision.reason,
    }


def _lot(lot: Lot) -> dict[str, object]:
    return {
        "product": lot.product_id or lot.product.id,
        "product_then": lot.product.name,
        "lot": lot.number,
        "expires_on_then": lot.expires_on,
    }
