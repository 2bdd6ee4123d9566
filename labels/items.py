"""What a label's rows hold: text, marks and both, packed into a column of given width.

Lengths are mm, y downwards; type sizes are points.
"""

from collections.abc import Iterable
from typing import NamedTuple

from labels.lettering import Piece
from labels.marks import SHAPES, SMALLEST_MM, Mark

POINT = 25.4 / 72
LEADING = 1.2
ASCENT = 0.95
"""Share of the size that a row keeps free above its baseline: an A with ring reaches 0.93."""
_MARK_SHARE = 0.9
"""Height of a mark as a share of its row: the rest keeps it apart from the marks above and below."""
_MARK_GAP = 0.35
"""Ems between a mark and its text; twice as much between fields that share a row."""


class Row(NamedTuple):
    """One line of type: `x` and baseline `y` from the label's corner, `size` in points."""

    text: str
    font: str
    size: float
    x: float
    y: float


class PlacedMark(NamedTuple):
    """`x` and `y` of the mark's top left corner; it is `height` high and `SHAPES[mark].width` times that wide."""

    mark: Mark
    height: float
    x: float
    y: float


class Field(NamedTuple):
    """`text` beside `mark`, or `words`, which say both."""

    text: Piece
    words: Piece
    mark: Mark | None = None


class Item(NamedTuple):
    """What stands in a row: marks `mark_height` high, then text, if any, `text_x` from its left."""

    width: float
    height: float
    text: Piece | None = None
    text_x: float = 0
    marks: tuple[Mark, ...] = ()
    mark_height: float = 0


class Column(NamedTuple):
    """Rows of items under each other."""

    rows: list[list[Item]]
    size: float

    @property
    def height(self) -> float:
        return sum([max([item.height for item in row]) for row in self.rows])

    def drawn_at(self, x: float, y: float) -> tuple[list[Row], list[PlacedMark]]:
        em, gap = self.size * POINT, _gap(self.size)
        type_rows: list[Row] = []
        marks: list[PlacedMark] = []
        for row in self.rows:
            left, height = x, max(item.height for item in row)
            for item in row:
                mark_x = left
                for mark in item.marks:
                    marks.append(PlacedMark(mark, item.mark_height, mark_x, y + (height - item.mark_height) / 2))
                    mark_x += SHAPES[mark].width * item.mark_height + gap
                if item.text:
                    type_rows.append(
                        Row(item.text.text, item.text.font, self.size, left + item.text_x, y + ASCENT * em)
                    )
                left += item.width + 2 * gap
            y += height
        return type_rows, marks


def of_field(field: Field, size: float, drawn: bool) -> Item:
    """Its mark beside its text where marks are `drawn` and this one reaches its smallest size, else words."""
    em = size * POINT
    row = LEADING * em
    height = _MARK_SHARE * row
    if field.mark is None or not drawn or height < SMALLEST_MM:
        return of_text(field.words, size)
    text_x = SHAPES[field.mark].width * height + _gap(size)
    return Item(text_x + field.text.ems * em, row, field.text, text_x, (field.mark,), height)


def of_marks(marks: tuple[Mark, ...], size: float) -> Item:
    """Marks that need no text, side by side: smaller type does not make them smaller than they may be."""
    row = max(LEADING * size * POINT, SMALLEST_MM / _MARK_SHARE)
    height = _MARK_SHARE * row
    width = sum(SHAPES[mark].width * height for mark in marks) + _gap(size) * (len(marks) - 1)
    return Item(width, row, marks=marks, mark_height=height)


def of_text(piece: Piece, size: float) -> Item:
    em = size * POINT
    return Item(piece.ems * em, LEADING * em, piece)


def packed(items: Iterable[Item], width: float, size: float, flow: bool) -> Column:
    """Items one a row, or with `flow` each in the first row that still has room for it."""
    rows: list[list[Item]] = []
    free: list[float] = []
    for item in items:
        needed = item.width + 2 * _gap(size)
        number = next((number for number, left in enumerate(free) if needed <= left), None) if flow else None
        if number is None:
            rows.append([item])
            free.append(width - item.width)
        else:
            rows[number].append(item)
            free[number] -= needed
    return Column(rows, size)


def _gap(size: float) -> float:
    return _MARK_GAP * size * POINT
