"""What stands where on a label: the symbol at the left, fields beside it, the code below, nothing on anything.

Positions are mm from a top left corner, y downwards; type sizes are points.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from labels import codes, datamatrix, qr
from labels.arranging import SMALL_LABEL, SMALLEST_POINTS, Box, Frame, padding
from labels.items import POINT, PlacedMark, Row
from labels.lettering import CODE, REGULAR, measured, printable
from labels.marks import Mark
from labels.media import Medium, smallest_module
from labels.qr import Correction, Matrix
from labels.trials import frame


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
class Line:
    """`text` after its mark: drawn where the label has room, else in words ('USE BY 2028-01-31')."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """Content in words. `address` goes into the QR; `code`, and each of `lines` ('LOT A123'), is printed whole or
    not at all; `title` (the contents) and `note` may end in an ellipsis when nothing else helps. Of `marks` each is
    drawn or said in words.
    """

    address: str
    code: str
    title: str
    lines: tuple[str | Line, ...] = ()
    note: str = ""
    marks: tuple[Mark, ...] = ()


class Face(NamedTuple):
    """A label laid out. The symbol begins at `qr_x`, `qr_y` (mm, without quiet zone), a module is `module` mm."""

    symbol: Matrix
    module: float
    qr_x: float
    qr_y: float
    rows: tuple[Row, ...]
    marks: tuple[PlacedMark, ...] = ()


class Placed(NamedTuple):
    """A face on its page: `x`, `y` of the label's corner in mm from the page's."""

    x: float
    y: float
    face: Face


class _Carrier(NamedTuple):
    """A kind of symbol that could carry the label's code."""

    name: str
    box: Box
    drawn: Callable[[], Matrix]


def place(labels: Iterable[Label], medium: Medium, start: int = 1) -> Iterator[list[Placed]]:
    """Pages of labels, taken as needed, the first page from label `start` (1 to `medium.per_page`) on.

    Raises `StartOutOfRange` at once; `LabelTooSmall` and `qr.Unencodable` when their label's turn comes.
    """
    if not 1 <= start <= medium.per_page:
        raise StartOutOfRange(start, medium)
    return _pages(labels, medium, start)


def face(label: Label, medium: Medium) -> Face:
    """One label laid out for `medium`. Raises `LabelTooSmall`, `qr.Unencodable`."""
    carrier, found = _fitting(label, medium)
    rows, code = list(found.rows), printable(label.code)
    for row in found.code_rows:
        rows.append(row._replace(text=code[: len(row.text)]))
        code = code[len(row.text) :]
    return Face(carrier.drawn(), found.module, found.symbol_x, found.symbol_y, tuple(rows), found.marks)


def check(labels: Sequence[Label], medium: Medium) -> None:
    """Whether all can be printed, at a small part of the cost of doing so. Raises `LabelTooSmall`, `qr.Unencodable`."""
    for label in labels:
        _fitting(label, medium)


def _fitting(label: Label, medium: Medium) -> tuple[_Carrier, Frame]:
    title, note, code = printable(label.title), printable(label.note), printable(label.code)
    fields = tuple(_field(line) for line in label.lines)
    carrier = None
    for carrier in _carriers(label.address, medium):
        found = frame(title, fields, note, label.marks, _parts(code), carrier.box, medium)
        if found:
            return carrier, found
    raise LabelTooSmall(_obstacle(code, fields, carrier, medium), medium)


def _field(line: str | Line) -> tuple[str, Mark | None]:
    return (printable(line), None) if isinstance(line, str) else (printable(line.text), line.mark)


def _parts(code: str) -> tuple[int, ...]:
    """How long the two parts of a code are that may stand below each other: `7K2Q-9XMD-` and `4WTN-8B3CZ.2`."""
    broken = code.find("-", code.find("-") + 1) + 1
    return (broken, len(code) - broken) if 0 < broken < len(code) else (len(code),)


def _carriers(address: str, medium: Medium) -> Iterator[_Carrier]:
    """QR at level M; at level L where that is smaller; then, and alone on a small label, a DataMatrix.

    That holds the bare code, or the whole address where it is none of ours.
    """
    usual, least = qr.size(address), qr.size(address, Correction.L)
    if medium.label_height >= SMALL_LABEL:
        yield _Carrier("QR code", _qr_box(usual), partial(qr.matrix, address))
        if least < usual:
            yield _Carrier("QR code", _qr_box(least), partial(qr.matrix, address, Correction.L))
    with suppress(qr.Unencodable):
        yield _datamatrix(address)


def _qr_box(modules: int) -> Box:
    return Box(modules + 2 * qr.QUIET_ZONE, qr.QUIET_ZONE)


def _datamatrix(address: str) -> _Carrier:
    try:
        content = codes.parse(address).bare
    except codes.UnreadableCode:
        content = address
    box = Box(datamatrix.size(content) + 2 * datamatrix.QUIET_ZONE, datamatrix.QUIET_ZONE)
    return _Carrier("DataMatrix", box, partial(datamatrix.matrix, content))


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


def _obstacle(code: str, fields: tuple[tuple[str, Mark | None], ...], carrier: _Carrier | None, medium: Medium) -> str:
    module, pad = smallest_module(medium), padding(medium)
    if carrier is None:
        return "This address does not fit a DataMatrix, and a QR code does not fit"
    if carrier.box.modules * module + pad > min(medium.label_height, medium.label_width):
        modules, side = carrier.box.modules - 2 * carrier.box.quiet, carrier.box.modules * module
        return f"A {carrier.name} {side:.1f} mm wide, {modules} modules of {module:.2f} mm, does not fit"
    width = (medium.label_width - 2 * pad) / (SMALLEST_POINTS * POINT)
    words = (f"{mark.value} {text}" if mark else text for text, mark in fields)
    longest_part = code[-max(_parts(code)) :]
    for text, font in ((longest_part, CODE), *((line, REGULAR) for line in words)):
        if measured(text, font).ems > width:
            return f"'{text}' does not fit at {SMALLEST_POINTS:g} pt"
    return f"The code and {len(fields)} fields do not fit at {SMALLEST_POINTS:g} pt"
