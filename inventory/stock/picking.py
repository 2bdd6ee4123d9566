"""First expired, first out: which lot goes first, and why another was taken."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from inventory.db import db
from inventory.errors import DomainError
from inventory.stock.models import Balance, Location, Lot, LotStatus

_EARLIER_THERE = (
    select(Lot)
    .join(Balance, (Balance.lot_id == Lot.id) & (Balance.clinic_id == Lot.clinic_id))
    .where(
        Lot.clinic_id == bindparam("clinic_id", type_=Uuid()),
        Lot.product_id == bindparam("product_id"),
        Lot.id != bindparam("lot_id"),
        Lot.status == LotStatus.USABLE,
        Lot.expires_on >= bindparam("today"),
        Lot.expires_on < bindparam("expires_on"),
        Balance.location_id == bindparam("location_id"),
        Balance.on_hand > 0,
    )
    .order_by(Lot.expires_on, Lot.id)
    .limit(1)
)


class EarlierLotFirst(DomainError):
    """Another usable lot of the product at the same place expires earlier, and nobody said why it stays."""

    code = "FIRST_EXPIRED_FIRST_OUT"

    def __init__(self, lot: Lot, location: Location, earlier: Lot) -> None:
        super().__init__(
            f"Lot {earlier.number} in {location.name} expires earlier, on {earlier.expires_on}. Take it first, or say "
            f"below why lot {lot.number} is taken.",
            field="out_of_order",
        )
        self.lot = lot
        self.earlier = earlier


def first_expired(lot: Lot, location: Location, today: date) -> Lot | None:
    """The usable lot of the product at `location` that should go before `lot`."""
    wanted = {
        "clinic_id": lot.clinic_id,
        "product_id": lot.product_id,
        "lot_id": lot.id,
        "location_id": location.id,
        "today": today,
        "expires_on": lot.expires_on or date.max,
    }
    return db.session.scalar(_EARLIER_THERE, wanted)


def reason_out_of_order(
    lot: Lot, location: Location, said: str | None, today: date, *, besides: Collection[UUID] = ()
) -> str | None:
    """None where `lot` goes first, or only lots taken `besides` it do; else `said` as the ledger keeps it.

    Raises `EarlierLotFirst` where nothing is `said`.
    """
    earlier = first_expired(lot, location, today)
    if earlier is None or earlier.id in besides:
        return None
    if not (said or "").strip():
        raise EarlierLotFirst(lot, location, earlier)
    return f"Lot {earlier.number} expires earlier, on {earlier.expires_on}. {(said or '').strip()}"
