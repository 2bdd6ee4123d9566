"""Labels as a PDF in real millimetres: print it at 100 % ("actual size")."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import BinaryIO

from labels import document, layout, qr
from labels.document import FONTS
from labels.fonts import Used
from labels.items import POINT, PlacedMark
from labels.layout import Face, Label, Placed
from labels.marks import SHAPES, STROKE, Mark
from labels.media import Medium


class NothingToPrint(ValueError):
    """A PDF without a page is no PDF."""

    def __init__(self) -> None:
        super().__init__("There is no label to print.")


def write_pdf(
    labels: Iterable[Label],
    medium: Medium,
    out: BinaryIO,
    *,
    start: int = 1,
    offset_mm: tuple[float, float] = (0, 0),
) -> int:
    """Write `labels` to `out`, from label `start` of the first sheet on, and return how many pages they took.

    `offset_mm` moves everything right and down, against a printer's own error. The same input gives the same
    bytes. Raises `layout.StartOutOfRange`, `layout.LabelTooSmall`, `qr.Unencodable` and `NothingToPrint`, of a
    sequence all before the first byte: `out` then stays as it was. Of labels that come one by one only those of the
    first page are known by then.
    """
    pages = pdf_chunks(labels, medium, start, offset_mm)
    if isinstance(labels, Sequence):
        layout.check(labels, medium)
    count = -1  # the last chunk is no page
    for count, chunk in enumerate(pages):  # noqa: B007
        out.write(chunk)
    return count


def pdf_chunks(
    labels: Iterable[Label], medium: Medium, start: int = 1, offset_mm: tuple[float, float] = (0, 0)
) -> Iterator[bytes]:
    """The same PDF in pieces, the first page at once, in memory that does not grow with the number of labels.

    Raises `layout.StartOutOfRange` at once, `NothingToPrint` and the errors of the first page's labels before the
    first piece, and those of a later label when its page comes: `layout.check` finds them beforehand.
    """
    return _chunks(layout.place(labels, medium, start), medium, offset_mm)


def _chunks(placed: Iterator[list[Placed]], medium: Medium, offset_mm: tuple[float, float]) -> Iterator[bytes]:
    empty, used = True, Used()
    pages = (_page(page, medium, offset_mm, used) for page in placed)
    title = f"Labels: {medium.name}, {medium.size_text}"
    for chunk in document.chunks(pages, used, medium.page_width / POINT, medium.page_height / POINT, title):
        empty = False
        yield chunk
    if empty:
        raise NothingToPrint


def _page(page: list[Placed], medium: Medium, offset_mm: tuple[float, float], used: Used) -> str:
    right, down = offset_mm
    return "\n".join(
        _label((x + right) / POINT, (medium.page_height - y - down) / POINT, face, used) for x, y, face in page
    )


def _label(left: float, top: float, face: Face, used: Used) -> str:
    """Page operators of one label: its corner is the origin, the symbol one path in modules, the type one object."""
    scale = face.module / POINT
    rectangles = _rectangles()
    path = "".join([rectangles[run] for run in qr.runs(face.symbol)])
    words = "".join(
        f"{FONTS[font]} {size:.2f} Tf 1 0 0 1 {x / POINT:.2f} {-y / POINT:.2f} Tm {used.shown(text, font)} Tj\n"
        for text, font, size, x, y in face.rows
    )
    marks = "".join([_mark(placed) for placed in face.marks])
    return (
        f"q 1 0 0 1 {left:.3f} {top:.3f} cm\n"
        f"q {scale:.4f} 0 0 {-scale:.4f} {face.qr_x / POINT:.3f} {-face.qr_y / POINT:.3f} cm\n{path}f Q\n"
        f"{marks}BT\n{words}ET Q"
    )


def _mark(placed: PlacedMark) -> str:
    scale = placed.height / POINT
    place = f"{scale:.4f} 0 0 {-scale:.4f} {placed.x / POINT:.3f} {-placed.y / POINT:.3f}"
    return f"q {place} cm {STROKE} w 1 j\n{_strokes(placed.mark)}S Q\n"


@cache
def _strokes(mark: Mark) -> str:
    return "".join(
        f"{x:.4g} {y:.4g} {'l' if number else 'm'}\n"
        for stroke in SHAPES[mark].strokes
        for number, (x, y) in enumerate(stroke)
    )


class _Rectangles(dict[qr.Run, str]):
    """Path operators by run: labels of one sheet share most of theirs."""

    def __missing__(self, run: qr.Run) -> str:
        text = self[run] = f"{run.start} {run.row} {run.length} 1 re\n"
        return text


@cache
def _rectangles() -> _Rectangles:
    return _Rectangles()
