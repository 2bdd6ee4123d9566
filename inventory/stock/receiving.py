"""What a scanned carton means: package, lot, expiry and count, put together from one code or two. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from inventory.stock.models import LARGEST_QUANTITY, CodeScheme
from labels.barcodes import SupplierCode


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
    )


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
        known = replace(known, expires_on=None)
    lot = scanned.lot or known.lot
    return Carton(
        scheme=scanned.scheme or known.scheme,
        code=scanned.code or known.code,
        lot=lot,
        expires_on=scanned.expires_on or known.expires_on,
        packages=scanned.packages or known.packages,
        pieces=scanned.pieces or known.pieces,
        lot_unread=scanned.lot_unread and not lot,
    )


def base_units(carton: Carton, package: int) -> int:
    """How many base units came, where one package holds `package`; the code's own count goes first."""
    counted = carton.pieces or package * (carton.packages or 1)
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
    }
    return {name: value for name, value in parts.items() if value}
