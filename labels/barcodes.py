"""Suppliers' barcodes: any text a scanner sends, read as product, lot, expiry and serial."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from labels import elements, hibc, links
from labels.elements import BadElement, Elements
from labels.hibc import BadHibc

LONGEST = 512
_AIM = re.compile(r"\]([A-Za-z])(\d)")
_GS1_CARRIERS = ("]C1", "]d2", "]Q3", "]J1", "]e0", "]e1")
_EAN_LENGTHS = {"]E0": 13, "]E4": 8}
_SWALLOWED = re.compile(r"^(.+?)17(\d{6})(?:21.*|30\d+|)$")


class BarcodeKind(Enum):
    GS1 = "gs1"
    DIGITAL_LINK = "digital_link"
    HIBC = "hibc"
    GTIN = "gtin"


class UnreadableBarcode(ValueError):
    """`sentence` names what is wrong and what to do next."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class SupplierCode:
    """What one barcode says. `gtin` has 14 digits; `lot` is exactly as scanned.

    `lot_unread`: the separator was lost and the lot swallowed what follows; lot and expiry are then None.
    `incomplete`: a sentence where a second barcode of the same pack must be read too.
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
    incomplete: str | None = None


def read(text: str, *, today: date) -> SupplierCode:
    """Read whatever a scanner sent or a person typed. Raises `UnreadableBarcode`, and nothing else."""
    if len(text) > LONGEST:
        raise UnreadableBarcode("That is too long for a barcode. Scan one at a time.")
    sent = text.strip(" \r\n\t")
    if not sent:
        raise UnreadableBarcode("Nothing was read. Scan again.")
    try:
        return _read(sent, today)
    except (BadElement, BadHibc) as fault:
        raise UnreadableBarcode(str(fault)) from None


def _read(sent: str, today: date) -> SupplierCode:
    carrier = _AIM.match(sent)
    if sent.startswith("]"):
        if carrier is None:
            raise BadElement("The scan broke off after its first character. Scan again.")
        return _carried(carrier[0], sent[3:], today)
    if sent.startswith("+"):
        return _hibc(sent)
    if sent.startswith("="):
        raise BadElement("This is an ICCBBA label of a blood or tissue bank, which Sterilog does not read.")
    if links.looks_like_link(sent):
        return _gs1(BarcodeKind.DIGITAL_LINK, links.read(sent), today)
    if sent.startswith("("):
        return _gs1(BarcodeKind.GS1, elements.bracketed(sent), today)
    if sent.isascii() and sent.isdigit() and len(sent) in (8, 12, 13, 14):
        return _gtin(sent)
    return _element_string(_separated(sent), today)


def _separated(sent: str) -> str:
    """FNC1 as GS, however it was written: `<GS>`, `{GS}`, or `^` where a text begins with it or has it inside."""
    for written in ("<GS>", "{GS}", "^"):
        sent = sent.replace(written, elements.SEPARATOR)
    return sent


def _carried(carrier: str, data: str, today: date) -> SupplierCode:
    data = data.replace("<GS>", elements.SEPARATOR).replace("{GS}", elements.SEPARATOR)
    if carrier in _GS1_CARRIERS:
        if links.looks_like_link(data):
            return _gs1(BarcodeKind.DIGITAL_LINK, links.read(data), today)
        return _element_string(data, today)
    if carrier in _EAN_LENGTHS:
        if len(data) != _EAN_LENGTHS[carrier] or not data.isdigit():
            raise BadElement(
                f"An EAN barcode of this kind has {_EAN_LENGTHS[carrier]} digits, not {len(data)}."
            )
        return _gtin(data)
    if links.looks_like_link(data):
        return _gs1(BarcodeKind.DIGITAL_LINK, links.read(data), today)
    if data.startswith("+"):
        return _hibc(data)
    raise BadElement(
        "This barcode holds plain text, no supplier's product. Scan the other barcode of the pack."
    )


def _element_string(text: str, today: date) -> SupplierCode:
    if not text.isascii():
        raise BadElement(
            "This text holds a letter that no barcode of this kind can hold. Check the keyboard layout."
        )
    return _gs1(BarcodeKind.GS1, elements.split(text), today)


def _gtin(digits: str) -> SupplierCode:
    elements.check_digit("GTIN", digits)
    whole = digits.zfill(14)
    return SupplierCode(BarcodeKind.GTIN, gtin=whole, elements=(("01", whole),))


def _hibc(sent: str) -> SupplierCode:
    found = hibc.read(sent)
    return SupplierCode(
        BarcodeKind.HIBC,
        hibc_id=found.product,
        lot=found.lot,
        expires_on=found.expires_on,
        produced_on=found.produced_on,
        serial=found.serial,
        quantity=found.quantity,
        incomplete=None if found.product else "This is the second label of a pack. Scan the first one too.",
    )


def _gs1(kind: BarcodeKind, found: Elements, today: date) -> SupplierCode:
    values = dict(found)
    lot, expiry = values.get("10"), values.get("17")
    swallowed = lot is not None and expiry is None and _holds_expiry(lot, today)
    quantity = values.get("30") or values.get("37")
    return SupplierCode(
        kind,
        gtin=values.get("01") or values.get("02") or (values["8006"][:14] if "8006" in values else None),
        lot=None if swallowed else lot,
        expires_on=None if expiry is None or swallowed else elements.day_of(expiry, today),
        produced_on=elements.day_of(values["11"], today) if "11" in values else None,
        serial=values.get("21"),
        quantity=int(quantity) if quantity else None,
        elements=found,
        lot_unread=swallowed,
        incomplete=elements.missing_companion(found),
    )


def _holds_expiry(lot: str, today: date) -> bool:
    """Whether a lot ends in what reads as (17) and a day that exists: then a separator was lost on the way."""
    found = _SWALLOWED.fullmatch(lot)
    if found is None:
        return False
    try:
        return -10 <= elements.day_of(found[2], today).year - today.year <= 10
    except ValueError:
        return False
