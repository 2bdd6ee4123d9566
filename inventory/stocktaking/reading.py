"""What a scan at a count stands for."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.errors import NotHere
from inventory.stock import queries
from inventory.stock.models import Lot
from inventory.stock.receiving import base_units, carton_of
from inventory.stocktaking.errors import LotNotKnown, NotCounted
from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode

LOT_PAGE = re.compile(r"/stock/lots/([0-9a-f-]{36})$", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """`lot` None: nobody knows the code, and `sentence` says what to do with it."""

    lot: Lot | None
    quantity: int
    sentence: str = ""


def read(text: str, clinic_id: UUID, today: date) -> Read:
    """The lot and how many base units the scanned package holds. Raises `NotCounted`, `LotNotKnown`."""
    page = LOT_PAGE.search(text.strip())
    if page:
        return _by_page(page.group(1), clinic_id)
    if codes.looks_like_own(text):
        raise NotCounted(
            "This is one of the clinic's own labels. Packs and opened containers have left the stock; "
            "count what is still in the supplier's boxes."
        )
    try:
        carton = carton_of(barcodes.read(text, today=today))
    except UnreadableBarcode as unreadable:
        raise NotCounted(unreadable.sentence) from None
    item = queries.trade_item_for(clinic_id, carton.scheme, carton.code) if carton.scheme else None
    if item is None:
        named = f"The code {carton.code} is" if carton.code else "This code names no product that is"
        return Read(None, 0, f"{named} not in the catalogue. Put the box aside; it is listed with the stocktake.")
    if not carton.lot:
        said = "The lot could not be told apart" if carton.lot_unread else "This code does not name the lot"
        raise NotCounted(f"{item.product.name}: {said.lower()}. Scan the other code, or count it by hand below.")
    lot = queries.lot_numbered(item.product, carton.lot)
    if lot is None:
        raise LotNotKnown(item.product, carton.lot, carton.expires_on)
    return Read(lot, base_units(carton, item.base_units))


def quantity_in(text: str, clinic_id: UUID, today: date) -> int:
    """Base units of a package of a lot that is not known yet."""
    carton = carton_of(barcodes.read(text, today=today))
    item = queries.trade_item_for(clinic_id, carton.scheme, carton.code) if carton.scheme else None
    return base_units(carton, item.base_units if item else 1)


def _by_page(lot_id: str, clinic_id: UUID) -> Read:
    try:
        return Read(queries.lot_of(clinic_id, UUID(lot_id)), 1)
    except (NotHere, ValueError):
        raise NotCounted("This label is of no lot of this clinic. Count it by hand below.") from None
