"""Marks in the manner of ISO 15223-1, drawn by us as strokes, and the words that stand for them.

The numbers are those of the standard: 5.1.4, 5.1.5, 5.1.7, 5.4.2, 5.2.8. There is none for "sterile" here: whether a
pack is, its record says.
"""

from enum import Enum
from math import cos, pi, sin
from typing import NamedTuple

STROKE = 0.08
"""Width of a stroke as a share of the mark's height: two dots of a 203 dpi printer at 2.5 mm."""
SMALLEST_MM = 2.5
_EDGE = STROKE / 2

Point = tuple[float, float]
Stroke = tuple[Point, ...]


class Mark(Enum):
    """The value is the mark in words."""

    USE_BY = "USE BY"
    BATCH = "LOT"
    SERIAL = "SN"
    DO_NOT_REUSE = "Do not re-use"
    DAMAGED = "Do not use if damaged"


class Shape(NamedTuple):
    """Lines through points, y downwards; the mark is 1 high and `width` wide, its strokes included."""

    width: float
    strokes: tuple[Stroke, ...]


def _circle() -> Stroke:
    radius, corners = 0.5 - _EDGE, 32
    angles = [2 * pi * corner / corners for corner in range(corners + 1)]
    return tuple((round(0.5 + radius * cos(angle), 4), round(0.5 + radius * sin(angle), 4)) for angle in angles)


def _frame(width: float) -> Stroke:
    left, right = _EDGE, 1 - _EDGE
    return ((left, left), (width - left, left), (width - left, right), (left, right), (left, left))


def _letters(text: str) -> tuple[Stroke, ...]:
    """In a frame of 0.5 a letter and 0.2 aside, between 0.25 and 0.75 of the height."""
    return tuple(
        tuple((0.3 + 0.5 * place + 0.3 * x, 0.25 + 0.5 * y) for x, y in _LETTERS[letter])
        for place, letter in enumerate(text)
    )


_LETTERS: dict[str, Stroke] = {
    "L": ((0, 0), (0, 1), (1, 1)),
    "O": ((0.3, 0), (0.7, 0), (1, 0.25), (1, 0.75), (0.7, 1), (0.3, 1), (0, 0.75), (0, 0.25), (0.3, 0)),
    "T": ((0, 0), (1, 0), (0.5, 0), (0.5, 1)),
    "S": ((1, 0.12), (0.7, 0), (0.3, 0), (0, 0.2), (0.15, 0.42), (0.85, 0.58), (1, 0.8), (0.7, 1), (0.3, 1), (0, 0.88)),
    "N": ((0, 1), (0, 0), (1, 1), (1, 0)),
}
_SLASH: Stroke = ((0.175, 0.175), (0.825, 0.825))
_TWO: Stroke = ((0.36, 0.38), (0.4, 0.28), (0.5, 0.24), (0.6, 0.28), (0.64, 0.38), (0.36, 0.76), (0.66, 0.76))
_HOURGLASS: Stroke = (
    (_EDGE, _EDGE),
    (0.7 - _EDGE, _EDGE),
    (_EDGE, 1 - _EDGE),
    (0.7 - _EDGE, 1 - _EDGE),
    (_EDGE, _EDGE),
)
_TORN_PACK: Stroke = (
    *((0.28, 0.4), (0.28, 0.72), (0.72, 0.72), (0.72, 0.34)),
    *((0.61, 0.46), (0.53, 0.3), (0.46, 0.46), (0.38, 0.3), (0.28, 0.4)),
)
SHAPES: dict[Mark, Shape] = {
    Mark.USE_BY: Shape(0.7, (_HOURGLASS,)),
    Mark.BATCH: Shape(1.9, (_frame(1.9), *_letters("LOT"))),
    Mark.SERIAL: Shape(1.4, (_frame(1.4), *_letters("SN"))),
    Mark.DO_NOT_REUSE: Shape(1.0, (_circle(), _SLASH, _TWO)),
    Mark.DAMAGED: Shape(1.0, (_circle(), _SLASH, _TORN_PACK)),
}
