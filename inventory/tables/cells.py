"""What a file of rows may hold, and how it is refused."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from inventory.errors import Invalid

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000

_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_WHOLE = re.compile(r"([0-9]+)(?:[.,]0+)?")


class FileRefused(Invalid):
    """A file that cannot be read as a table; the sentence says why and what to do."""


class Unusable(str):
    """A cell that cannot be used, as text; `why` says the reason."""

    why: str

    def __new__(cls, text: str, why: str) -> "Unusable":
        made = super().__new__(cls, text)
        made.why = why
        return made


Cell: TypeAlias = str
"""Text without surrounding space, or `Unusable`."""


@dataclass(frozen=True)
class Row:
    """`number` counts from 1, the header included, as a spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """`form` says how the file was read. `size` is a number of rows that is never less than what comes."""

    form: str
    size: int
    header: Row
    rows: Iterator[Row]


def cell(text: str) -> Cell:
    """One cell as it is used: spaces of all widths alike; what cannot be meant is `Unusable`."""
    text = (text if text.isascii() else _SPACES.sub(" ", text)).strip()
    if len(text) > LONGEST_CELL:
        return Unusable(text[:40], f"It has more than {LONGEST_CELL:,} characters. Shorten it.")
    if not text.isprintable():
        return Unusable(visible(text), f"It holds an invisible character ({_unseen(text)}). Type it again by hand.")
    return text


def visible(text: str) -> str:
    """`text` with every character that has no picture of its own replaced."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def whole(text: str) -> int:
    """A whole number as people write it: 1200, 1,200, 1.200, 1 200, 4,0. Raises `ValueError` with a sentence."""
    if text.startswith(("-", "\u2212")):
        raise ValueError("It cannot be less than nothing. Type a whole number from 0.")
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    plain = _WHOLE.fullmatch(text)
    grouped = _THOUSANDS.fullmatch(text)
    # 1.000 is a thousand: nobody counts pieces in thousandths.
    digits = re.sub("[^0-9]", "", text) if grouped else plain[1] if plain else ""
    if not digits or not digits.isascii() or len(digits) > 9:
        raise ValueError("It is no whole number. Type it in digits, such as 1200.")
    return int(digits)


def _unseen(text: str) -> str:
    found = next(c for c in text if not c.isprintable())
    return unicodedata.name(found, f"U+{ord(found):04X}").lower()
