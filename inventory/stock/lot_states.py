"""Whether a lot may be used: quarantine, release, recall."""

from datetime import date, datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock.checks import reason_given, same_clinic
from inventory.stock.errors import LotExpired, LotNotQuarantined, LotQuarantined, LotRecalled
from inventory.stock.models import Lot, LotStatus
from inventory.stock.shelf_models import LotDecision, RecallNotice
from inventory.stock.signed_content import content_of_decision


def check_lot(lot: Lot, today: date) -> None:
    """Raises `LotRecalled`, `LotQuarantined` or `LotExpired`, the gravest first."""
    if lot.status is LotStatus.RECALLED:
        raise LotRecalled(lot)
    if lot.status is LotStatus.QUARANTINED:
        raise LotQuarantined(lot)
    if lot.expired_on(today):
        raise LotExpired(lot)


def quarantine(lot: Lot, reason: str, by: Actor, now: datetime) -> None:
    """Nothing of the lot may be used until it is released. Raises `LotRecalled`, `LotQuarantined`."""
    _lock(lot, by)
    if lot.status is LotStatus.QUARANTINED:
        raise LotQuarantined(lot)
    decision = put(lot, LotStatus.QUARANTINED, reason, by, now)
    record(by, "lot.quarantined", lot, now=now, also=[decision])


def release_from_quarantine(lot: Lot, reason: str, by: Signer, now: datetime) -> None:
    """Signed. Raises `LotNotQuarantined`, and `LotRecalled`: a recall is never undone."""
    _lock(lot, by)
    if lot.status is LotStatus.USABLE:
        raise LotNotQuarantined(lot)
    decision = put(lot, LotStatus.USABLE, reason, by, now)
    signed = sign(Meaning.RELEASE, [decision], content_of_decision, by, now)
    record(by, "lot.released", lot, now=now, also=[decision, *signed])


def recall(lot: Lot, reason: str, by: Signer, now: datetime) -> None:
    """Block the lot for ever, signed. Raises `LotRecalled` where it is already."""
    _lock(lot, by)
    decision = put(lot, LotStatus.RECALLED, reason, by, now)
    signed = sign(Meaning.RECALL, [decision], content_of_decision, by, now)
    record(by, "lot.recalled", lot, now=now, also=[decision, *signed])


def put(
    lot: Lot, status: LotStatus, reason: str, by: Actor, now: datetime, *, notice: RecallNotice | None = None
) -> LotDecision:
    """Give a lot its status, with the decision that does. What may follow what is checked by the caller."""
    decision = LotDecision(
        clinic_id=by.clinic_id,
        lot=lot,
        before=lot.status,
        status=status,
        reason=reason_given(reason),
        notice=notice,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    lot.status, lot.status_reason = status, decision.reason
    db.session.add(decision)
    return decision


def _lock(lot: Lot, by: Actor) -> None:
    """Read the lot's state again and hold it, so that a recall at this moment is not overwritten."""
    same_clinic(by, lot)
    # Named columns only: PostgreSQL cannot lock the outer join that a lot loaded with its product brings along.
    db.session.refresh(lot, ["status", "status_reason"], with_for_update=True)
    if lot.status is LotStatus.RECALLED:
        raise LotRecalled(lot)
