"""What a scanned carton means: package, lot, expiry and count, put together from one code or two. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from inventory.stock.models import LARGEST_QUANTITY, CodeScheme
from labels.barcodes import SupplierCode

MOST_BOXES = 999


@dataclass(frozen=True)
class Carton:
    """What is known of a carton so far: `packages` it holds (AI 37), or single `pieces` (AI 30, HIBC)."""

    scheme: CodeScheme | None = None
    code: str = ""
    lot: str = ""
    expires_on: date | None = None
    packages: int | None = None
    pieces: int | None = None
    lot_unread: bool = False
    serial: str = ""
    boxes: int = 1
    """Boxes of this lot scanned one after the other, each like the first."""


def carton_of(scanned: SupplierCode) -> Carton:
    """A lot that swallowed what follows it is left out, and so is the expiry it may have swallowed."""
    scheme = CodeScheme.GTIN if scanned.gtin else CodeScheme.HIBC if scanned.hibc_id else None
    holds_packages = any(identifier == "37" for identifier, _ in scanned.elements)
    return Carton(
        scheme=scheme,
        code=scanned.gtin or scanned.hibc_id or "",
        lot="" if scanned.lot_unread else scanned.lot or "",
        expires_on=scanned.expires_on,
        packages=scanned.quantity if holds_packages else None,
        pieces=None if holds_packages else scanned.quantity,
        lot_unread=scanned.lot_unread,
        serial=scanned.serial or "",
    )


def is_next_box(known: Carton, scanned: Carton) -> bool:
    """Whether the scan is of one more box of the lot that is known: its code that names the package again.

    The code that names only the lot never is: of a pack with two codes it is the other half. A box with a serial
    number is counted once.
    """
    complete = bool(known.code and known.lot)
    same = known.code == scanned.code and known.scheme is scanned.scheme
    of_lot = scanned.lot in ("", known.lot) and not scanned.lot_unread
    dated = scanned.expires_on in (None, known.expires_on)
    return complete and same and of_lot and dated and not (scanned.serial and scanned.serial == known.serial)


def with_next_box(known: Carton, scanned: Carton) -> Carton:
    return replace(known, boxes=min(known.boxes + 1, MOST_BOXES), serial=scanned.serial or known.serial)


def starts_over(known: Carton, scanned: Carton) -> bool:
    """Whether the scan is of another carton: another package, or another lot than the one known."""
    other_package = bool(known.code and scanned.code and known.code != scanned.code)
    other_lot = bool(known.lot and scanned.lot and known.lot != scanned.lot)
    return other_package or (other_lot and bool(scanned.code))


def merged(known: Carton, scanned: Carton) -> Carton:
    """Both codes of a two-code pack: the newer scan wins, a blank never overwrites a known value."""
    if starts_over(known, scanned):
        return scanned
    if known.lot and scanned.lot and known.lot != scanned.lot:
        # The expiry known so far belongs to the lot that is replaced.
        known = replace(known, expires_on=None, boxes=1)
    lot = scanned.lot or known.lot
    return Carton(
        scheme=scanned.scheme or known.scheme,
        code=scanned.code or known.code,
        lot=lot,
        expires_on=scanned.expires_on or known.expires_on,
        packages=scanned.packages or known.packages,
        pieces=scanned.pieces or known.pieces,
        lot_unread=(scanned.lot_unread or known.lot_unread) and not lot,
        serial=scanned.serial or known.serial,
        boxes=known.boxes,
    )


def base_units(carton: Carton, package: int) -> int:
    """How many base units came, where one package holds `package`; the code's own count goes first."""
    counted = (carton.pieces or package * (carton.packages or 1)) * carton.boxes
    return min(counted, LARGEST_QUANTITY)


def as_query(carton: Carton) -> dict[str, str]:
    """What is known of the carton as parts of an address; `forms.ScanForm.known` reads them."""
    parts = {
        "scheme": carton.scheme or "",
        "package": carton.code,
        "lot": carton.lot,
        "expires_on": carton.expires_on.isoformat() if carton.expires_on else "",
        "packages": str(carton.packages or ""),
        "pieces": str(carton.pieces or ""),
        "serial": carton.serial,
        "boxes": str(carton.boxes) if carton.boxes > 1 else "",
        "unread": "1" if carton.lot_unread else "",
    }
    return {name: value for name, value in parts.items() if value}
