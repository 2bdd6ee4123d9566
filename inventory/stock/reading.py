"""What a scan at a delivery tells the manager: ready, what is missing, or why it is put aside."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.errors import DomainError
from inventory.stock import operations, queries
from inventory.stock.models import Product, TradeItem
from inventory.stock.receiving import Carton, base_units, carton_of, is_next_box, merged, starts_over, with_next_box
from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode

TYPE_IT = "Scan again, or choose the product below and type what is printed on the box."


@dataclass(frozen=True)
class Reading:
    """`tone`: go, caution or stop. `product` is None for a package the catalogue does not know."""

    tone: str
    word: str
    sentence: str
    next: str
    carton: Carton
    product: Product | None = None
    quantity: int | None = None

    @property
    def ready(self) -> bool:
        return self.tone == "go"

    @property
    def unknown_package(self) -> bool:
        return self.product is None and bool(self.carton.code)


def read(text: str, known: Carton, clinic_id: UUID, today: date) -> Reading:
    """Read one more scan of a carton of which `known` is known. Changes nothing, refuses nothing: it says."""
    if codes.looks_like_own(text):
        return Reading("stop", "Our label", "This is one of the clinic's own labels.", TYPE_IT, known)
    try:
        scanned = carton_of(barcodes.read(text, today=today))
    except UnreadableBarcode as unreadable:
        return Reading("stop", "Not read", unreadable.sentence, TYPE_IT, known)
    if is_next_box(known, scanned):
        return judge(with_next_box(known, scanned), clinic_id, today)
    reading = judge(merged(known, scanned), clinic_id, today)
    if known.lot and starts_over(known, scanned):
        boxes = f"{known.boxes} cartons" if known.boxes > 1 else "carton"
        were = "were" if known.boxes > 1 else "was"
        return _noting(reading, f"The {boxes} scanned before, lot {known.lot}, {were} not booked.")
    return reading


def judge(carton: Carton, clinic_id: UUID, today: date) -> Reading:
    """What is known of a carton, against the catalogue and the lots in stock."""
    if carton.scheme is None:
        return Reading(
            "caution",
            "Product missing",
            _lot_of(carton),
            "Scan the other code, or choose the product.",
            carton,
        )
    item = queries.trade_item_for(clinic_id, carton.scheme, carton.code)
    if item is None:
        sentence = f"The code {carton.code} is not in the catalogue yet."
        return Reading("caution", "New package", sentence, "Add it once; what was scanned is kept.", carton)
    product, quantity = item.product, base_units(carton, item.base_units)
    if not carton.lot:
        word, sentence, step = _lot_missing(carton, product)
        return Reading("caution", word, sentence, step, carton, product, quantity)
    try:
        known_lot = operations.check_delivery(product, carton.lot, carton.expires_on, today)
    except DomainError as refusal:
        return Reading("stop", "Put it aside", refusal.sentence, "", carton, product, quantity)
    expires_on = carton.expires_on or (known_lot.expires_on if known_lot else None)
    boxes = f"{carton.boxes} boxes: " if carton.boxes > 1 else ""
    sentence = f"{boxes}{quantity} x {product.name}, {_lot_of(carton)}"
    if expires_on is None:
        return Reading(
            "caution",
            "Expiry missing",
            sentence,
            "Type the expiry printed on the box.",
            carton,
            product,
            quantity,
        )
    sentence = f"{sentence} Good until {expires_on}."
    return Reading("go", "Ready", sentence, _other_count(carton, item), carton, product, quantity)


def _lot_missing(carton: Carton, product: Product) -> tuple[str, str, str]:
    if carton.lot_unread:
        return (
            "Lot not read",
            f"{product.name}: the lot could not be told apart from what follows it in the code.",
            "Scan again or scan the other code; else type lot and expiry as they are printed on the box.",
        )
    return (
        "Lot missing",
        f"{product.name}: this code does not name the lot.",
        "Scan the other code on the box, or type lot and expiry.",
    )


def _other_count(carton: Carton, item: TradeItem) -> str:
    if carton.pieces is None or carton.pieces == item.base_units:
        return ""
    return f"The code says {carton.pieces} pieces, the catalogue {item.base_units}. Count before booking."


def _lot_of(carton: Carton) -> str:
    return f"lot {carton.lot}." if carton.lot else "No lot was read."


def _noting(reading: Reading, note: str) -> Reading:
    return Reading(
        reading.tone,
        reading.word,
        reading.sentence,
        f"{note} {reading.next}".strip(),
        reading.carton,
        reading.product,
        reading.quantity,
    )
