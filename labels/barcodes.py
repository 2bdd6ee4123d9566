"""Suppliers' barcodes: any text a scanner sends, read as product, lot, expiry and serial."""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from biip.checksums import gs1_standard_check_digit

from labels import elements, hibc, links, lost_separators
from labels.calendar_dates import day_of
from labels.elements import BadElement, Elements
from labels.hibc import BadHibc

LONGEST = 512
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_CARRIERS = ("]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2")
_GTIN_CARRIERS = {"]E0": 13, "]E4": 8, "]I1": 14}
_GTIN_LENGTHS = (8, 12, 13, 14)
_SEPARATORS = ("<GS>", "{GS}", "[GS]", "\N{SYMBOL FOR GROUP SEPARATOR}")
_DATED = re.compile(r"1[1-35-7][0-9]{6}|(?:7003|8008)[0-9]{10}")


class BarcodeKind(Enum):
    """How the text was written."""

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

    `expires_on` is AI 17, else the day of 7003, else best before (15); `elements` are (AI, value), of a HIBC its
    LIC, PCN and UM. `lot_unread`: the separator was lost and the lot or serial swallowed what follows; both and the
    expiry are then None. `incomplete`: a sentence where a second barcode of the same pack must be read too.
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
    """Read whatever a scanner sent or a person typed; centuries count from `today`.

    Raises `UnreadableBarcode`, and nothing else.
    """
    if len(text) > LONGEST:
        raise UnreadableBarcode("That is too long for a barcode. Scan one at a time.")
    try:
        return _read(text.strip("\r\n\t").lstrip(" "), today)
    except (BadElement, BadHibc) as fault:
        raise UnreadableBarcode(str(fault)) from None


def separated(text: str) -> str:
    """FNC1 as GS, however a scanner or a person wrote it."""
    for written in _SEPARATORS:
        text = text.replace(written, elements.SEPARATOR)
    return text


def _read(sent: str, today: date) -> SupplierCode:
    if not sent.strip():
        raise BadElement("Nothing was read. Scan again.")
    if sent.startswith("]"):
        carrier = _AIM.match(sent)
        if carrier is None:
            raise BadElement("The scan broke off after its first character. Scan again.")
        return _carried(carrier[0], sent[3:], today)
    # A scanner that names the symbology sends a real GS: a caret beside it was misread.
    return _by_content(sent, today, caret=not sent.startswith("("))


def _carried(carrier: str, data: str, today: date) -> SupplierCode:
    if not data:
        raise BadElement("The barcode holds no data. Scan again.")
    if carrier in _GS1_CARRIERS:
        if links.looks_like_link(data):
            return _gs1(BarcodeKind.DIGITAL_LINK, links.read(data), today)
        return _element_string(separated(data.rstrip(" ")), today)
    if carrier in _GTIN_CARRIERS:
        data = data.rstrip(" ")
        if len(data) != _GTIN_CARRIERS[carrier]:
            raise BadElement(
                f"A barcode of this kind has {_GTIN_CARRIERS[carrier]} digits, not {len(data)}. Scan again."
            )
        return _gtin(data)
    return _by_content(data, today, caret=False)


def _by_content(sent: str, today: date, *, caret: bool) -> SupplierCode:
    if sent.startswith(("+", "*+")):
        return _hibc(sent, today)
    sent = sent.rstrip(" ")
    if sent.startswith(("=", "&")):
        raise BadElement(
            "This is an ICCBBA label of blood, cells or tissue, which Sterilog does not read. Scan the other barcode."
        )
    if sent.startswith("[)>"):
        raise BadElement("This is a shipping label (ISO 15434), no product. Scan the barcode of the product.")
    if links.looks_like_link(sent):
        return _gs1(BarcodeKind.DIGITAL_LINK, links.read(sent), today)
    if sent.startswith("("):
        return _gs1(BarcodeKind.GS1, elements.bracketed(sent), today)
    if sent.isascii() and sent.isdigit():
        return _digits(sent, today)
    text = separated(sent.replace("^", elements.SEPARATOR) if caret else sent)
    if not text[:2].isdigit() and not text.startswith(elements.SEPARATOR):
        raise BadElement(_no_barcode(sent))
    return _element_string(text, today)


def _digits(sent: str, today: date) -> SupplierCode:
    """A GTIN; or a lone date, where it is one: a GTIN-8 of those numbers is read from its EAN-8 (]E4) or with zeros."""
    if len(sent) not in _GTIN_LENGTHS:
        return _sscc_or_elements(sent, today)
    if _DATED.fullmatch(sent) and (len(sent) == 8 or not _check_holds(sent)):
        return _element_string(sent, today)
    return _gtin(sent)


def _sscc_or_elements(sent: str, today: date) -> SupplierCode:
    if len(sent) == 18 and _check_holds(sent):
        try:
            return _element_string(sent, today)
        except BadElement:
            return _element_string(f"00{sent}", today)
    return _element_string(sent, today)


def _check_holds(digits: str) -> bool:
    return gs1_standard_check_digit(digits[:-1]) == int(digits[-1])


def _element_string(text: str, today: date) -> SupplierCode:
    swallowed_after = lost_separators.before_swallowing(text, today)
    if swallowed_after is None:
        return _gs1(BarcodeKind.GS1, elements.split(text), today)
    return replace(_gs1(BarcodeKind.GS1, swallowed_after, today), expires_on=None, lot_unread=True)


def _gs1(kind: BarcodeKind, found: Elements, today: date) -> SupplierCode:
    elements.check_days(found, today)
    values = dict(found)
    expiry = values.get("17") or values.get("7003") or values.get("15")
    production = values.get("11") or values.get("8008")
    quantity = values.get("30") or values.get("37")
    return SupplierCode(
        kind,
        gtin=values.get("01") or values.get("02") or values.get("8006", "")[:14] or None,
        lot=values.get("10"),
        expires_on=day_of(expiry, today) if expiry else None,
        produced_on=day_of(production, today) if production else None,
        serial=values.get("21"),
        quantity=int(quantity) if quantity else None,
        elements=found,
        incomplete=elements.missing_companion(found),
    )


def _gtin(digits: str) -> SupplierCode:
    elements.check_digit("GTIN", digits)
    whole = digits.zfill(14)
    return SupplierCode(BarcodeKind.GTIN, gtin=whole, elements=(("01", whole),))


def _no_barcode(sent: str) -> str:
    shown = sent[:20]
    if all(symbol in hibc.ALPHABET for symbol in sent) and hibc.check_symbol("+" + sent[:-1]) == sent[-1]:
        return f"{shown!r} lacks the + that a HIBC label begins with. Scan again or type it."
    return f"{shown!r} begins no supplier's barcode that is known here. Scan the other barcode of the pack."


def _hibc(sent: str, today: date) -> SupplierCode:
    # Printed below a barcode, a HIBC stands between asterisks, its spaces as underscores.
    text = sent.strip("* ").replace("_", " ") if sent.startswith("*") else sent
    try:
        found = hibc.read(text, today)
    except BadHibc:
        if text == text.rstrip(" "):
            raise
        found = hibc.read(text.rstrip(" "), today)
    return SupplierCode(
        BarcodeKind.HIBC,
        hibc_id=found.product,
        lot=found.lot,
        expires_on=found.expires_on,
        produced_on=found.produced_on,
        serial=found.serial,
        quantity=found.quantity,
        elements=found.elements,
        incomplete=None if found.product else "This is the second label of a pack. Scan the first one too.",
    )
