"""What a supplier's barcode says, whichever standard it follows."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

Elements = tuple[tuple[str, str], ...]
"""(application identifier, value) in the order read; of a HIBC: LIC, PCN, UM instead of identifiers."""


class BarcodeKind(Enum):
    """How the text was written."""

    ELEMENT_STRING = "gs1"
    DIGITAL_LINK = "digital_link"
    HIBC = "hibc"
    GTIN = "gtin"


class UnreadableBarcode(ValueError):
    """No supplier's barcode; `sentence` names what is wrong and what to do next."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class SupplierCode:
    """One scan of a supplier's label.

    `gtin` has 14 digits; `hibc_id` is labeler, product and unit of measure without the leading plus. `quantity`
    is AI 30 or 37, or the quantity of a HIBC. `lot_unread` says that a separator was lost and the lot or serial
    swallowed what follows it: then `lot`, `serial` and `expires_on` are None and the label is to be scanned again.
    """

    kind: BarcodeKind
    gtin: str | None = None
    hibc_id: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    produced_on: date | None = None
    serial: str | None = None
    quantity: int | None = None
    elements: Elements = ()
    lot_unread: bool = False
