"""Whether a lot may be used: quarantine, release, recall."""

from datetime import date, datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.stock.checks import reason_given, same_clinic
from inventory.stock.errors import LotExpired, LotNotQuarantined, LotQuarantined, LotRecalled
from inventory.stock.models import Lot, LotStatus


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
    _put(lot, LotStatus.QUARANTINED, reason, "lot.quarantined", by, now)


def release_from_quarantine(lot: Lot, reason: str, by: Actor, now: datetime) -> None:
    """Raises `LotNotQuarantined`, and `LotRecalled`: a recall is never undone."""
    _lock(lot, by)
    if lot.status is LotStatus.USABLE:
        raise LotNotQuarantined(lot)
    _put(lot, LotStatus.USABLE, reason, "lot.released", by, now)


def recall(lot: Lot, reason: str, by: Actor, now: datetime) -> None:
    """Block the lot for ever. Raises `LotRecalled` where it is already."""
    _lock(lot, by)
    _put(lot, LotStatus.RECALLED, reason, "lot.recalled", by, now)


def _lock(lot: Lot, by: Actor) -> None:
    """Read the lot's state again and hold it, so that a recall at this moment is not overwritten."""
    same_clinic(by, lot)
    # Named columns only: PostgreSQL cannot lock the outer join that a lot loaded with its product brings along.
    db.session.refresh(lot, ["status", "status_reason"], with_for_update=True)
    if lot.status is LotStatus.RECALLED:
        raise LotRecalled(lot)


def _put(lot: Lot, status: LotStatus, reason: str, action: str, by: Actor, now: datetime) -> None:
    lot.status_reason = reason_given(reason)
    lot.status = status
    record(by, action, lot, now=now)
