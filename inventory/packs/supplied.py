"""Which lot in stock a supplier's barcode stands for, when packs are made up from its box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.stock.models import Location, Lot
from inventory.stock.queries import lot_numbered, trade_item_for
from inventory.stock.receiving import carton_of
from labels import barcodes
from labels.barcodes import UnreadableBarcode


@dataclass(frozen=True)
class Scanned:
    """`choice` names the lot and its place in the form; empty where `sentence` says why none is chosen."""

    choice: str
    sentence: str


def scanned_lot(text: str, lots: Sequence[tuple[Lot, Location, int]], clinic_id: UUID, today: date) -> Scanned | None:
    """The usable lot with stock, among `lots`, that `text` names; None where nothing was scanned."""
    if not text.strip():
        return None
    try:
        carton = carton_of(barcodes.read(text, today=today))
    except UnreadableBarcode as unreadable:
        return Scanned("", unreadable.sentence)
    item = trade_item_for(clinic_id, carton.scheme, carton.code) if carton.scheme else None
    if item is None:
        return Scanned("", "This code is not in the catalogue. Choose the lot from the list.")
    lot = lot_numbered(item.product, carton.lot) if carton.lot else None
    if lot is None:
        named = f"Lot {carton.lot}" if carton.lot else "The lot in this code"
        return Scanned("", f"{named} of {item.product.name} is not known here. Choose the lot from the list.")
    for usable, place, _ in lots:
        if usable.id == lot.id:
            return Scanned(f"{lot.id}~{place.id}", f"{item.product.name}, lot {lot.number}.")
    return Scanned("", f"Nothing of lot {lot.number} may be used: none in stock, expired, in quarantine or recalled.")
