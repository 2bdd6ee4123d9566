"""What stands where on a label. Millimetres from the label's upper left; text by its baseline."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reportlab.pdfbase.pdfmetrics import stringWidth

from labels.media import Medium
from labels.qr import QUIET_MODULES, Matrix, matrix_of

MM = 72 / 25.4
PADDING = 1.5
SMALLEST_MODULE = 0.33
"""Below this a 300 dpi laser print of a QR no longer reads surely."""
LARGEST_QR = 22.0
FONT, BOLD, CODE_FONT = "Helvetica", "Helvetica-Bold", "Courier-Bold"
SMALLEST_POINTS, WELL_READ_POINTS, LARGEST_POINTS = 4.5, 6.0, 9.0
LEADING = 1.18
MISSING = "?"


class LabelTooSmall(ValueError):
    """The medium cannot hold what must be readable on this label."""


class StartOutOfRange(ValueError):
    """The first label is not on the sheet."""


@dataclass(frozen=True)
class Label:
    """`address` goes into the QR; `code` is the same in text. `title` may be cut, `lines` never."""

    address: str
    code: str
    title: str
    lines: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Text:
    x: float
    baseline: float
    points: float
    font: str
    text: str

    @property
    def width(self) -> float:
        return float(stringWidth(self.text, self.font, self.points)) / MM


@dataclass(frozen=True)
class Placed:
    """One label on its page: `x`, `y` its corner; the QR's corner and module size are within the label."""

    x: float
    y: float
    qr_x: float
    qr_y: float
    module: float
    matrix: Matrix
    texts: tuple[Text, ...]


def pages(labels: Iterable[Label], medium: Medium, start: int = 1) -> Iterator[list[Placed]]:
    """Labels page by page; `start` is the first free place of the first sheet, counted from 1.

    Raises `StartOutOfRange` and `LabelTooSmall`.
    """
    if not 1 <= start <= medium.per_page:
        raise StartOutOfRange(f"This sheet has labels 1 to {medium.per_page}. Choose the first free one.")
    page: list[Placed] = []
    for place, label in enumerate(labels, start=start - 1):
        if place % medium.per_page == 0 and page:
            yield page
            page = []
        page.append(_placed(label, medium, place))
    if page:
        yield page


def printable(text: str) -> str:
    """Without control and direction characters; what the font lacks becomes a question mark."""
    kept = "".join(
        " " if unicodedata.category(symbol) in ("Cc", "Cf", "Zl", "Zp") else symbol for symbol in text
    )
    folded = " ".join(unicodedata.normalize("NFC", kept).split())
    return folded.encode("cp1252", "replace").decode("cp1252")


def _placed(label: Label, medium: Medium, place: int) -> Placed:
    x, y = medium.corner(place)
    matrix = matrix_of(label.address)
    across = matrix.size + 2 * QUIET_MODULES
    largest = min(LARGEST_QR, medium.height - PADDING, medium.width * 0.55)
    if largest / across < SMALLEST_MODULE:
        raise LabelTooSmall(f"{medium.name}: the QR code would be too fine to read. Choose a larger label.")
    room = _room(label, medium, largest, SMALLEST_MODULE * across)
    module = room / across
    quiet = QUIET_MODULES * module
    texts = _texts(label, PADDING / 2 + room, medium)
    return Placed(x, y, PADDING / 2 + quiet, (medium.height - room) / 2 + quiet, module, matrix, texts)


def _room(label: Label, medium: Medium, largest: float, smallest: float) -> float:
    """The side of the QR with its quiet zone: as large as leaves the text room at a size that reads well."""
    for step in range(7):
        room = largest - (largest - smallest) * step / 6
        size = medium.width - PADDING / 2 - room - PADDING, medium.height - 2 * PADDING
        if _fits(_must(label), WELL_READ_POINTS, *size):
            return room
    return smallest


def _texts(label: Label, left: float, medium: Medium) -> tuple[Text, ...]:
    """The largest size at which every line fits; only the title and the note may be cut."""
    width, height = medium.width - left - PADDING, medium.height - 2 * PADDING
    must = _must(label)
    points = LARGEST_POINTS
    while points > SMALLEST_POINTS and not _fits(must, points, width, height):
        points -= 0.25
    if not _fits(must, points, width, height):
        raise LabelTooSmall(f"{medium.name} is too small for this label's text. Choose a larger label.")
    step = points * LEADING / MM
    free = int(height / step) - len(must) - 1
    rest = [(FONT, _cut(printable(label.note), FONT, points, width))] if label.note and free > 0 else []
    lines = [(BOLD, _cut(printable(label.title), BOLD, points, width)), *must, *rest]
    top = PADDING + (height - step * len(lines)) / 2
    return tuple(
        Text(left, top + step * (number + 0.8), points, font, text)
        for number, (font, text) in enumerate(lines)
        if text
    )


def _must(label: Label) -> list[tuple[str, str]]:
    """What is never cut: the code and the worded fields."""
    code = _code_lines(printable(label.code))
    return [(CODE_FONT, line) for line in code] + [(BOLD, printable(line)) for line in label.lines]


def _code_lines(code: str) -> list[str]:
    """The code's groups on two lines, so that they stay large."""
    groups = code.split("-")
    return ["-".join(groups[:2]), "-".join(groups[2:])] if len(groups) > 2 else [code]


def _fits(lines: list[tuple[str, str]], points: float, width: float, height: float) -> bool:
    tall = (len(lines) + 1) * points * LEADING / MM
    return tall <= height and all(stringWidth(text, font, points) / MM <= width for font, text in lines)


def _cut(text: str, font: str, points: float, width: float) -> str:
    if stringWidth(text, font, points) / MM <= width:
        return text
    while text and stringWidth(text + "...", font, points) / MM > width:
        text = text[:-1]
    return text.rstrip() + "..." if text else ""
