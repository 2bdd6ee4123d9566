"""Text to a QR symbol (ISO/IEC 18004), as modules and as the horizontal runs a renderer draws."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple

from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

QUIET_ZONE = 4
"""Modules that must stay white on each side (ISO/IEC 18004, 6.3.8)."""
MASK = 2
"""Any of the eight masks is legal, and trying them all is five sixths of a symbol's cost. Over 240 of our addresses
number 2 had the lowest worst penalty (874; the others 904 to 1,096) and a mean within 1 of the lowest (655)."""
_DARK = re.compile(rb"\x01+")


class Correction(Enum):
    """How much of a damaged symbol is restored: M about 15 % of its codewords, L about 7 %."""

    M = ERROR_CORRECT_M
    L = ERROR_CORRECT_L


class Unencodable(ValueError):
    """A text that no QR symbol can hold, with a sentence saying so."""


class Run(NamedTuple):
    """Dark modules side by side: in `row` (from the top) from column `start` on, `length` of them."""

    row: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A symbol of `size` x `size` modules, without its quiet zone of `quiet` modules on each side.

    `modules` holds 1 (dark) or 0 a module, row after row from the top, each row ended by one 0 more, so that
    no run crosses from one row into the next: `size * (size + 1)` bytes.
    """

    size: int
    modules: bytes
    quiet: int = QUIET_ZONE

    @property
    def size_with_quiet_zone(self) -> int:
        return self.size + 2 * self.quiet

    def is_dark(self, row: int, column: int) -> bool:
        return self.modules[row * (self.size + 1) + column] == 1


def size(text: str, correction: Correction = Correction.M) -> int:
    """Modules a side of `matrix(text, correction)`, at a thousandth of its cost. Raises `Unencodable`."""
    content = _content(text)
    return 17 + 4 * _version(content.mode, len(content), correction)


def matrix(text: str, correction: Correction = Correction.M) -> Matrix:
    """The smallest symbol for `text`: alphanumeric where it is upper case, UTF-8 bytes elsewhere.

    Raises `Unencodable` for an empty text and for one that is too long for any symbol.
    """
    content = _content(text)
    symbol = QRCode(
        version=_version(content.mode, len(content), correction),
        error_correction=correction.value,
        border=0,
        mask_pattern=MASK,
    )
    symbol.add_data(content)
    symbol.make(fit=False)
    return Matrix(symbol.modules_count, b"\0".join(map(bytes, symbol.modules)) + b"\0")


def runs(symbol: Matrix) -> list[Run]:
    """Every dark module of `symbol` in exactly one run, from the top down and from the left."""
    known = _runs_of(symbol.size + 1)
    return [known[found.span()] for found in _DARK.finditer(symbol.modules)]


def _content(text: str) -> QRData:
    if not text:
        raise Unencodable("A label needs an address for its code.")
    return QRData(text)


@cache
def _version(mode: int, length: int, correction: Correction) -> int:
    """The smallest version (1 to 40) for `length` characters in `mode`, found once a length by qrcode."""
    probe = QRCode(error_correction=correction.value)
    probe.add_data(QRData(b"0" * length, mode=mode, check_data=False))
    try:
        return int(probe.best_fit())
    except (DataOverflowError, ValueError) as error:  # qrcode refuses its own version 41 with a ValueError
        raise Unencodable(f"A QR code cannot hold {length} characters.") from error


class _Runs(dict[tuple[int, int], Run]):
    """Runs by where they begin and end in `Matrix.modules`; symbols of one size share most of theirs."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def __missing__(self, span: tuple[int, int]) -> Run:
        begin, end = span
        run = self[span] = Run(begin // self.stride, begin % self.stride, end - begin)
        return run


@cache
def _runs_of(stride: int) -> _Runs:
    return _Runs(stride)
