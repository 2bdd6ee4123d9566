"""The columns of a catalogue as a file: one row a package, or a product that has none. Pure.

A product's own columns are repeated in each of its rows, or left out in all but one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from inventory.stock import trade_codes
from inventory.stock.kinds import LONGEST_TEXT
from inventory.stock.models import LARGEST_QUANTITY, LifeUnit, PackageLevel, ProductKind
from inventory.stock.trade_codes import UnusableCode
from inventory.tables.cells import whole

EMPTIED = "-"
"""What a cell holds that is to be emptied; a blank one leaves what is known as it is."""
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0"})
Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True)
class Column:
    """`read` makes a value of a cell's text, raising `ValueError` with a sentence. `longest` counts characters."""

    header: str
    field: str
    read: Callable[[str], object]
    also: tuple[str, ...] = ()
    text: bool = False


def _text(longest: int = LONGEST_TEXT) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"At most {longest} characters fit here. Shorten it.")
        return text

    return read


def _one_of(kind: type[Kind]) -> Callable[[str], Kind]:
    known = {member.value.replace("_", " "): member for member in kind}
    *most, last = known

    def read(text: str) -> Kind:
        found = " ".join(text.casefold().replace("_", " ").split())
        member = known.get(found) or known.get(found.removesuffix("s")) or known.get(found + "s")
        if member is None:
            raise ValueError(f"Write {', '.join(most)} or {last}.")
        return member

    return read


def _yes_or_no(text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise ValueError("Write yes or no.")


def _code(text: str) -> str:
    if "e+" in text.casefold() and text[:1].isdigit():
        raise ValueError("The spreadsheet program rounded the code. Format the column as text; type the code again.")
    try:
        return trade_codes.stored(trade_codes.scheme_of(text), text)
    except UnusableCode as refused:
        raise ValueError(refused.sentence) from None


def _pieces(text: str) -> int:
    number = whole(text)
    if not 1 <= number <= LARGEST_QUANTITY:
        raise ValueError(f"Type a whole number from 1 to {LARGEST_QUANTITY:,}.")
    return number


OF_PRODUCT = (
    Column("Name", "name", _text(), ("product", "product name", "item"), text=True),
    Column("Kind", "kind", _one_of(ProductKind), ("type", "product kind")),
    Column("Counted in", "base_unit", _text(40), ("unit", "base unit"), text=True),
    Column("Manufacturer", "manufacturer", _text(120), ("maker", "brand"), text=True),
    Column("REF", "reference", _text(80), ("reference", "catalogue number", "catalog number"), text=True),
    Column("To be kept", "storage", _text(), ("storage", "storage condition"), text=True),
    Column("Order again at", "reorder_point", whole, ("reorder point", "minimum")),
    Column("Gauge", "needle_gauge", whole, ("needle gauge",)),
    Column("Length in mm", "needle_length_mm", whole, ("length", "length mm", "needle length")),
    Column("Pins", "pins", whole),
    Column("Active agent", "agent", _text(120), ("agent", "active substance"), text=True),
    Column("Concentration", "concentration", _text(80), text=True),
    Column("Contact time in seconds", "contact_seconds", whole, ("contact time",)),
    Column("Contact time on skin", "skin_contact_seconds", whole),
    Column("Contact time on guns", "gun_contact_seconds", whole),
    Column("Contact time on surfaces", "surface_contact_seconds", whole),
    Column("Usable after opening", "opened_life", whole, ("opened life",)),
    Column("Hours, days or months", "opened_life_unit", _one_of(LifeUnit), ("opened life unit",)),
    Column("Test strip before use", "needs_test_strip", _yes_or_no, ("test strip",)),
    Column("In use", "active", _yes_or_no, ("active",)),
)
OF_PACKAGE = (
    Column("Package code", "code", _code, ("gtin", "hibc", "gtin or hibc", "barcode", "ean", "code"), text=True),
    Column("Package", "level", _one_of(PackageLevel), ("package level", "packaging level")),
    Column("Pieces in it", "base_units", _pieces, ("pieces", "quantity", "pack size", "holds")),
)
COLUMNS = (*OF_PRODUCT, *OF_PACKAGE)
HEADER = tuple(column.header for column in COLUMNS)
GUARDED = tuple(place for place, column in enumerate(COLUMNS) if column.text)
SETTLED = frozenset({"name", "kind", "base_unit"})
"""Asked of a new product, and kept for ever but for the name."""
NEVER_EMPTY = SETTLED | {"reorder_point", "pins", "needs_test_strip", "active", "code", "level", "base_units"}


def plain(header: str) -> str:
    """A header as it is compared: in any case, with any spaces, dots, hyphens or underscores."""
    return " ".join(header.casefold().replace("_", " ").replace("-", " ").replace(".", " ").split())


_KNOWN: Mapping[str, Column] = {plain(word): column for column in COLUMNS for word in (column.header, *column.also)}


def column_of(header: str) -> Column | None:
    return _KNOWN.get(plain(header))


def known(header: list[str]) -> int:
    """How many of these words are columns of ours."""
    return sum(column_of(word.removeprefix("\ufeff")) is not None for word in header)


def shown(value: object) -> object:
    """A value as it stands in a cell: numbers stay numbers, what is not known stays blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.value.replace("_", " ") if isinstance(value, StrEnum) else value
