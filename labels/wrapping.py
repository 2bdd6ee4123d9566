"""Text broken and cut to a width. Widths are in ems: shares of the type size. Pure."""

import unicodedata
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

ELLIPSIS = "…"


class Piece(NamedTuple):
    text: str
    font: str
    ems: float
    """Width at size 1."""


class TooTight(Exception):
    """This trial does not fit; the next may."""


def wrapped(piece: Piece, ems: float, room: int, clip: bool) -> list[Piece]:
    """`piece` broken at spaces into at most `room` rows of `ems`; with `clip` the last of them takes the rest, cut."""
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


def clipped(piece: Piece, ems: float) -> Piece:
    text = piece.text
    while piece.ems > ems:
        if not text:
            raise TooTight
        text = text[:-1].rstrip()
        piece = measured(text + ELLIPSIS, piece.font)
    return piece


def measured(text: str, font: str) -> Piece:
    return Piece(text, font, stringWidth(text, font, 1))


def printable(text: str) -> str:
    """`text` as it can be printed: composed, on one line, no control or direction characters, `?` for the unknown."""
    if not (text.isascii() and text.isprintable()):
        kept = (c for c in unicodedata.normalize("NFC", text) if c.isspace() or not _is_control(c))
        text = "".join(kept).encode("cp1252", "replace").decode("cp1252")
    return " ".join(text.split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf")
