"""One label arranged in one way: the symbol at the left, fields beside it or below it, the code at the foot.

Lengths are mm from the label's top left corner, y downwards; type sizes are points. An arrangement that does not fit
raises `lettering.TooTight`; which ones are tried, and in which order, stands in `trials`.
"""

from collections.abc import Iterator
from math import ceil, floor
from typing import NamedTuple

from labels import items
from labels.items import LEADING, POINT, Column, Field, Item, PlacedMark, Row
from labels.lettering import Piece, TooTight, clipped, wrapped
from labels.media import Medium

SMALLEST_POINTS = 5.0
TITLE_ROWS, TITLE_ROWS_UPRIGHT = 3, 5
"""At most, on a label that is wider than high and on another."""
SMALL_LABEL = 15.0
"""mm: labels less high carry a DataMatrix, and half the padding."""
_PADDING, _SMALL_PADDING = 1.5, 0.75


class Trial(NamedTuple):
    """`dots` of the printer a module; `clip`: title and note may be cut; `flow`: fields may share a row; `drawn`:
    marks are drawn where they reach their smallest size, else all are said in words; `aside`: the code stands
    below the other fields beside the symbol, which may then be as high as the label; `single`: the title stands on
    one row, and every field beside the symbol.
    """

    dots: int
    size: float
    clip: bool = False
    flow: bool = False
    drawn: bool = True
    aside: bool = False
    single: bool = False


class Content(NamedTuple):
    title: Piece
    fields: list[Field]
    note: Piece
    marks: list[Field]
    code: Piece
    code_parts: list[Piece]


class Box(NamedTuple):
    """The symbol's room: modules a side with its quiet zone, and the quiet zone on each side."""

    modules: int
    quiet: int


class Frame(NamedTuple):
    """All of a face but the symbol and the code; `code_rows` hold the code's place and how much of it stands where."""

    module: float
    symbol_x: float
    symbol_y: float
    rows: tuple[Row, ...]
    marks: tuple[PlacedMark, ...]
    code_rows: tuple[Row, ...]


class _Room(NamedTuple):
    """A module, the symbol's side with its quiet zone, what is kept free on its outer side, and the widths of type."""

    module: float
    side: float
    edge: float
    beside: float
    below: float


def padding(medium: Medium) -> float:
    return _SMALL_PADDING if medium.label_height < SMALL_LABEL else _PADDING


def arranged(content: Content, medium: Medium, box: Box, trial: Trial) -> Frame:
    """A field too wide for the column beside the symbol moves below it, where the whole width is free.

    Raises `TooTight`.
    """
    pad, room = padding(medium), _room(medium, box, trial)
    if trial.single and content.title.ems * _heading(trial) * POINT > room.beside:
        raise TooTight
    code = _code(content, _heading(trial), room.beside if trial.aside else room.below)
    at_foot, in_column = (0.0, code.height) if trial.aside else (code.height, 0.0)
    if room.edge + room.side > medium.label_height - pad - at_foot:
        raise TooTight
    fields = list(_items(content, trial, room.beside))
    if any(item.width > room.below for item in fields):
        raise TooTight
    beside, below = _split(fields, room.beside, trial)
    narrow = items.packed(beside, room.beside, trial.size, trial.flow)
    wide = items.packed(below, room.below, trial.size, trial.flow)
    foot = wide.height + at_foot
    head = medium.label_height - foot - 2 * pad
    titles = _titles(content.title, medium, room, head - narrow.height - in_column, trial)
    column = titles.height + narrow.height + in_column
    upper = max(room.side + room.edge, column + pad)
    if upper > head + pad:
        raise TooTight
    # The column beside the symbol is centred on it.
    top = (medium.label_height - upper - foot - pad) / 2
    left, first = room.edge + room.side, top + max(pad, (upper - column) / 2)
    title_rows, _ = titles.drawn_at(left, first)
    beside_rows, beside_marks = narrow.drawn_at(left, first + titles.height)
    below_rows, below_marks = wide.drawn_at(pad, top + upper)
    code_at = (left, first + column - in_column) if trial.aside else (pad, top + upper + wide.height)
    code_rows, _ = code.drawn_at(*code_at)
    above = top + room.edge + (upper - room.edge - room.side) / 2
    return Frame(
        room.module,
        room.edge + box.quiet * room.module,
        _on_a_dot(above, medium) + box.quiet * room.module,
        (*title_rows, *beside_rows, *below_rows),
        (*beside_marks, *below_marks),
        tuple(code_rows),
    )


def _split(fields: list[Item], width: float, trial: Trial) -> tuple[list[Item], list[Item]]:
    """Those that fit `width`, and the others, of which a `single` trial has none."""
    if trial.single and any(item.width > width for item in fields):
        raise TooTight
    return [item for item in fields if item.width <= width], [item for item in fields if item.width > width]


def _room(medium: Medium, box: Box, trial: Trial) -> _Room:
    pad, module = padding(medium), trial.dots * medium.dot
    # The quiet zone is padding enough on the symbol's outer side, but for that of a fine DataMatrix.
    edge = ceil(max(0, _SMALL_PADDING - box.quiet * module) / medium.dot) * medium.dot
    side = box.modules * module
    return _Room(module, side, edge, medium.label_width - edge - side - pad, medium.label_width - 2 * pad)


def _items(content: Content, trial: Trial, beside: float) -> Iterator[Item]:
    """Every field that holds anything; a note that may be clipped is cut to the width `beside` the symbol."""
    for field in content.fields:
        if field.words.text:
            yield items.of_field(field, trial.size, trial.drawn)
    note = clipped(content.note, beside / (trial.size * POINT)) if trial.clip else content.note
    if note.text:
        yield items.of_text(note, trial.size)
    marks = tuple(field.mark for field in content.marks if field.mark)
    if marks and trial.drawn:
        yield items.of_marks(marks, trial.size)
    elif marks:
        yield from (items.of_text(field.words, trial.size) for field in content.marks)


def _titles(title: Piece, medium: Medium, room: _Room, height: float, trial: Trial) -> Column:
    size = _heading(trial)
    em = size * POINT
    most = TITLE_ROWS if medium.label_width > medium.label_height else TITLE_ROWS_UPRIGHT
    rows = wrapped(title, room.beside / em, min(most, floor(height / (LEADING * em))), trial.clip)
    return Column([[items.of_text(piece, size)] for piece in rows], size)


def _heading(trial: Trial) -> float:
    """Title and code stand out by a point, but where there is none to spare."""
    return trial.size if trial.size == SMALLEST_POINTS else trial.size + 1


def _on_a_dot(length: float, medium: Medium) -> float:
    """Down to whole dots, so that a module's edges fall on them too."""
    return floor(length / medium.dot + 1e-9) * medium.dot


def _code(content: Content, size: float, width: float) -> Column:
    """The code on one row, or else in its parts, at `size` points or what `width` (mm) allows."""
    if not content.code.text:
        return Column([], size)
    for rows in ([content.code], content.code_parts):
        fitting = min(size, width / (max(piece.ems for piece in rows) * POINT))
        if fitting >= SMALLEST_POINTS:
            return Column([[items.of_text(piece, fitting)] for piece in rows], fitting)
    raise TooTight
