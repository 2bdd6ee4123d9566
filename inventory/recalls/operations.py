"""Entering a recall notice: its lots, and every pack that holds something of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inventory.packs.models import Pack
from inventory.packs.operations import recall_holding
from inventory.signatures.signer import Signer
from inventory.stock.models import Lot, Product
from inventory.stock.recalling import enter_notice
from inventory.stock.shelf_models import RecallNotice, RecallReach


@dataclass(frozen=True)
class Entered:
    notice: RecallNotice
    lots: Sequence[Lot]
    packs: Sequence[Pack]


def enter(
    product: Product,
    reference: str,
    issued_on: date,
    text: str,
    reach: RecallReach,
    by: Signer,
    now: datetime,
    *,
    lots: Sequence[Lot] = (),
    first_number: str = "",
    last_number: str = "",
) -> Entered:
    """Keep the notice; block its lots and their packs at once. Raises what `enter_notice` raises."""
    notice, reached = enter_notice(
        product,
        reference,
        issued_on,
        text,
        reach,
        by,
        now,
        lots=lots,
        first_number=first_number,
        last_number=last_number,
    )
    return Entered(notice, reached, recall_holding(reached, by, now) if reached else [])
