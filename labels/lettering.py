"""Type on a label: what can be printed, how wide it is, where it breaks and, as a last resort, where it is cut.

Codes stand in a monospaced bold, all symbols equally wide, so that groups line up. A character that `fonts` has no
glyph for, or that runs from right to left, is printed as its plain equivalent where Unicode knows one, else as `?`.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from labels import fonts
from labels.fonts import BOLD, CODE, REGULAR

__all__ = ["BOLD", "CODE", "ELLIPSIS", "REGULAR", "Piece", "TooTight", "clipped", "measured", "printable", "wrapped"]
ELLIPSIS = "…"


class TooTight(Exception):
    """This does not fit the space it was given; another arrangement may."""


class Piece(NamedTuple):
    """Text on one line; `ems` is its width at size 1."""

    text: str
    font: str
    ems: float


def printable(text: str) -> str:
    """`text` composed (NFC), on one line, without control and direction characters, `?` for the unknown."""
    if not (text.isascii() and text.isprintable()):
        kept = (c for c in unicodedata.normalize("NFC", text) if c.isspace() or not _is_control(c))
        text = "".join(c if c.isascii() else _covered(c) for c in kept)
    return " ".join(text.split())


@lru_cache(maxsize=2048)
def measured(text: str, font: str) -> Piece:
    """`text` with its width; it must be `printable`. Kept, because the same words return on many labels."""
    return Piece(text, font, fonts.width(text, font))


def wrapped(piece: Piece, ems: float, room: int, clip: bool) -> list[Piece]:
    """`piece` broken at spaces into at most `room` rows of `ems`; with `clip` the last takes the rest, cut.

    Raises `TooTight`.
    """
    if piece.ems > room * ems and not clip:
        raise TooTight
    rows: list[Piece] = []
    while piece.text:
        if len(rows) >= room:
            raise TooTight
        row, rest = (piece, "") if piece.ems <= ems else _first_row(piece, ems)
        if clip and (not row.text or (rest and len(rows) == room - 1)):
            row, rest = clipped(piece, ems), ""
        if not row.text:
            raise TooTight
        rows.append(row)
        piece = measured(rest, piece.font)
    return rows


def clipped(piece: Piece, ems: float) -> Piece:
    """As much of `piece` as fits `ems`, ended by an ellipsis where any is missing. Raises `TooTight`."""
    text = piece.text
    while piece.ems > ems:
        if not text:
            raise TooTight
        text = text[:-1].rstrip()
        piece = measured(text + ELLIPSIS, piece.font)
    return piece


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf")


@lru_cache(maxsize=2048)
def _covered(character: str) -> str:
    """Itself, or its plain equivalent, such as `1` for a full-width digit."""
    if character.isspace() or fonts.covers(character):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if all(map(fonts.covers, plain)) else "?"


def _first_row(piece: Piece, ems: float) -> tuple[Piece, str]:
    """As many words of `piece` as fit `ems`, and the rest; none where the first word is too wide already."""
    words = piece.text.split(" ")
    row = measured("", piece.font)
    for count in range(1, len(words)):
        longer = measured(" ".join(words[:count]), piece.font)
        if longer.ems > ems:
            break
        row = longer
    return row, piece.text[len(row.text) :].lstrip()
