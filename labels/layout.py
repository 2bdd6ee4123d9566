"""What stands where on a label: the QR code at the left, fields beside it, the code below, nothing on anything.

Positions are mm from a top left corner, y downwards; type sizes are points.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from labels import qr
from labels.lettering import BOLD, CODE, REGULAR, Piece, TooTight, clipped, measured, printable, wrapped
from labels.media import Medium

POINT = 25.4 / 72
DOT = 25.4 / 300
"""Modules are whole dots of a 300 dpi printer, hence of 600 and 1200 dpi: scanners miss uneven modules."""
MODULE_DOTS = (6, 5, 4)
"""0.508, 0.423 and 0.339 mm: the least is the first whole dot above 0.33 mm, below which no label of ours goes."""
SMALLEST_POINTS = 5.0
LEADING = 1.2
ASCENT = 0.95
"""Share of the size that a row keeps free above its baseline: an A with ring in Helvetica reaches 0.93."""
PADDING = 1.5
TITLE_ROWS = 3


class StartOutOfRange(ValueError):
    """The first free label is not on the sheet."""

    def __init__(self, start: int, medium: Medium) -> None:
        last = medium.per_page
        super().__init__(f"Start at a label from 1 to {last}: {medium.name} has no label {start}.")
        self.start = start
        self.medium = medium


class LabelTooSmall(ValueError):
    """The code, a field or the QR code does not fit legibly, and none of them is ever cut."""

    def __init__(self, what: str, medium: Medium) -> None:
        super().__init__(f"{what} on {medium.name} ({medium.size_text}). Choose a larger label.")
        self.medium = medium


@dataclass(frozen=True, slots=True)
class Label:
    """Content in words. `address` goes into the QR; `code`, and each of `lines` ('LOT A123'), is printed whole or
    not at all; `title` (the contents) and `note` may end in an ellipsis when nothing else helps.
    """

    address: str
    code: str
    title: str
    lines: tuple[str, ...] = ()
    note: str = ""


class Row(NamedTuple):
    """One line of type: `x` and baseline `y` in mm from the label's corner, `size` in points."""

    text: str
    font: str
    size: float
    x: float
    y: float


class Face(NamedTuple):
    """A label laid out. The symbol begins at `qr_x`, `qr_y` (mm, without quiet zone), a module is `module` mm."""

    symbol: qr.Matrix
    module: float
    qr_x: float
    qr_y: float
    rows: tuple[Row, ...]


class Placed(NamedTuple):
    """A face on its page: `x`, `y` of the label's corner in mm from the page's."""

    x: float
    y: float
    face: Face


class _Trial(NamedTuple):
    dots: int
    size: float
    clip: bool


# Comfortable type beside a large symbol, then a smaller symbol, then small type, and only then cut words.
_TRIALS = (
    *(_Trial(dots, size, False) for size, dots in product((8, 7.5, 7, 6.5, 6), (6, 5))),
    *(_Trial(4, size, False) for size in (8, 7.5, 7, 6.5, 6, 5.5, SMALLEST_POINTS)),
    *(_Trial(dots, 6, True) for dots in MODULE_DOTS),
    *(_Trial(4, size, True) for size in (5.5, SMALLEST_POINTS)),
)


class _Content(NamedTuple):
    title: Piece
    lines: list[Piece]
    note: Piece
    code: Piece


class _Frame(NamedTuple):
    """All of a face but the symbol and the code; `code_row` holds the code's place."""

    module: float
    qr_x: float
    qr_y: float
    rows: tuple[Row, ...]
    code_row: Row


def place(labels: Iterable[Label], medium: Medium, start: int = 1) -> Iterator[list[Placed]]:
    """Pages of labels, taken as needed, the first page from label `start` (1 to `medium.per_page`) on.

    Raises `StartOutOfRange` at once; `LabelTooSmall` and `qr.Unencodable` when their label's turn comes.
    """
    if not 1 <= start <= medium.per_page:
        raise StartOutOfRange(start, medium)
    return _pages(labels, medium, start)


def face(label: Label, medium: Medium) -> Face:
    """One label laid out for `medium`. Raises `LabelTooSmall`, `qr.Unencodable`."""
    symbol = qr.matrix(label.address)
    code, title, note = printable(label.code), printable(label.title), printable(label.note)
    lines = tuple(map(printable, label.lines))
    frame = _frame(title, lines, note, len(code), symbol.size_with_quiet_zone, medium)
    if frame is None:
        raise LabelTooSmall(_obstacle(code, lines, symbol, medium), medium)
    rows = (*frame.rows, frame.code_row._replace(text=code)) if code else frame.rows
    return Face(symbol, frame.module, frame.qr_x, frame.qr_y, rows)


def _pages(labels: Iterable[Label], medium: Medium, start: int) -> Iterator[list[Placed]]:
    page: list[Placed] = []
    position = start
    for label in labels:
        page.append(Placed(*medium.corner(position), face(label, medium)))
        position += 1
        if position > medium.per_page:
            yield page
            page, position = [], 1
    if page:
        yield page


@lru_cache(maxsize=512)
def _frame(
    title: str, lines: tuple[str, ...], note: str, code_length: int, symbol_size: int, medium: Medium
) -> _Frame | None:
    """The first trial that fits, or None. `symbol_size` counts modules with the quiet zone.

    Kept, because the labels of one load differ in nothing but their codes, of which only the length counts here.
    """
    content = _Content(
        measured(title, BOLD),
        [measured(line, REGULAR) for line in lines],
        measured(note, REGULAR),
        measured("0" * code_length, CODE),
    )
    for trial in _TRIALS:
        with suppress(TooTight):
            return _arranged(content, medium, symbol_size, trial)
    return None


def _arranged(content: _Content, medium: Medium, symbol_size: int, trial: _Trial) -> _Frame:
    """The label at one module and type size; raises `TooTight`.

    A field too wide for the column beside the symbol moves below it, where the whole width is free.
    """
    module = trial.dots * DOT
    box = symbol_size * module
    beside, below = medium.label_width - box - PADDING, medium.label_width - 2 * PADDING
    em, title_em = trial.size * POINT, (trial.size + 1) * POINT
    code_size = _code_size(content.code, trial.size + 1, below)
    note = clipped(content.note, beside / em) if trial.clip else content.note
    fields = [line for line in (*content.lines, note) if line.text]
    wide = [line for line in fields if line.ems * em > beside]
    narrow = [line for line in fields if line.ems * em <= beside] if wide else fields
    if any(line.ems * em > below for line in wide):
        raise TooTight
    foot = LEADING * (len(wide) * em + code_size * POINT)
    head = medium.label_height - foot - 2 * PADDING
    room = min(TITLE_ROWS, int((head / LEADING - len(narrow) * em) / title_em))
    titles = wrapped(content.title, beside / title_em, room, trial.clip)
    column = LEADING * (len(narrow) * em + len(titles) * title_em)
    upper = max(box, column + PADDING)
    if upper > head + PADDING:
        raise TooTight
    # The quiet zone is padding enough on the symbol's outer side; the column beside it is centred on it.
    top = (medium.label_height - upper - foot - PADDING) / 2
    first = top + max(PADDING, (upper - column) / 2)
    rows = _stacked(titles, trial.size + 1, box, first)
    rows += _stacked(narrow, trial.size, box, first + LEADING * len(titles) * title_em)
    rows += _stacked(wide, trial.size, PADDING, top + upper)
    [code_row] = _stacked([content.code], code_size, PADDING, top + upper + LEADING * len(wide) * em)
    quiet = qr.QUIET_ZONE * module
    return _Frame(module, quiet, top + (upper - box) / 2 + quiet, tuple(rows), code_row)


def _code_size(code: Piece, size: float, width: float) -> float:
    """Points of the code: `size`, or what `width` (mm) allows; 0 where there is no code."""
    if not code.text:
        return 0
    fitting = min(size, width / (code.ems * POINT))
    if fitting < SMALLEST_POINTS:
        raise TooTight
    return fitting


def _stacked(pieces: list[Piece], size: float, x: float, y: float) -> list[Row]:
    """Rows of one size from `y` (mm) down."""
    em = size * POINT
    return [
        Row(piece.text, piece.font, size, x, y + (ASCENT + LEADING * number) * em)
        for number, piece in enumerate(pieces)
    ]


def _obstacle(code: str, lines: tuple[str, ...], symbol: qr.Matrix, medium: Medium) -> str:
    module = MODULE_DOTS[-1] * DOT
    box = symbol.size_with_quiet_zone * module
    if box + PADDING > min(medium.label_height, medium.label_width):
        return f"A QR code {box:.1f} mm wide, {symbol.size} modules of {module:.2f} mm, does not fit"
    width = (medium.label_width - 2 * PADDING) / (SMALLEST_POINTS * POINT)
    for text, font in ((code, CODE), *((line, REGULAR) for line in lines)):
        if measured(text, font).ems > width:
            return f"'{text}' does not fit at {SMALLEST_POINTS:g} pt"
    return f"The code and {len(lines)} fields do not fit at {SMALLEST_POINTS:g} pt"
