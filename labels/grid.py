"""A page to hold against a sheet of labels: how far a printer is off, in mm."""

from typing import BinaryIO, NamedTuple

from labels import document
from labels.document import FONTS
from labels.fonts import Used
from labels.items import ASCENT, LEADING, POINT
from labels.lettering import BOLD, REGULAR, Piece, TooTight, measured, printable, wrapped
from labels.media import Medium

RULER = 50
"""mm; a narrower page has one of as many whole centimetres as it holds."""
_CROSS = 1.5
_HAIRLINE, _LINE = 0.1, 0.2
_TICK, _FIFTH, _TENTH = 1.0, 2.0, 3.0


class _Panel(NamedTuple):
    """The white field in the middle of the page that holds the ruler and the text. mm, y downwards."""

    left: float
    top: float
    width: float
    height: float
    ruler: int
    rows: list[Piece]
    points: float


def write_grid(medium: Medium, out: BinaryIO, *, offset_mm: tuple[float, float] = (0, 0)) -> None:
    """The outline of every label with a cross in each corner, a ruler, and how to measure, on one page.

    The outlines move by `offset_mm`, as the labels do, so that a second print shows whether it was right.
    """
    panel = _panel(medium, offset_mm)
    right, down = offset_mm
    corners = [medium.corner(position) for position in range(1, medium.per_page + 1)]
    lines = "".join(_outline(x + right, y + down, medium) for x, y in corners) + _ruler(panel)
    width, height = medium.page_width / POINT, medium.page_height / POINT
    # The origin is the page's top left corner and the unit a millimetre, y downwards, until type is set.
    used = Used()
    page = f"q {1 / POINT:.5f} 0 0 {-1 / POINT:.5f} 0 {height:.4f} cm\n{lines}Q\n{_words(panel, medium, used)}"
    for chunk in document.chunks([page], used, width, height, f"Test page: {medium.name}, {medium.size_text}"):
        out.write(chunk)


def _outline(x: float, y: float, medium: Medium) -> str:
    width, height = medium.label_width, medium.label_height
    crosses = "".join(
        f"{across - _CROSS:.3f} {along:.3f} m {across + _CROSS:.3f} {along:.3f} l\n"
        f"{across:.3f} {along - _CROSS:.3f} m {across:.3f} {along + _CROSS:.3f} l\n"
        for across in (x, x + width)
        for along in (y, y + height)
    )
    return f"{_HAIRLINE} w {x:.3f} {y:.3f} {width:.3f} {height:.3f} re S\n{_LINE} w {crosses}S\n"


def _panel(medium: Medium, offset_mm: tuple[float, float]) -> _Panel:
    points = 7.0 if medium.is_sheet else 5.0
    em = points * POINT
    margin = 2.0
    width = min(medium.page_width - 2 * margin, 110.0)
    most = medium.page_height - 2 * margin
    ruler = min(RULER, int((width - 2 * margin) / 10) * 10)
    rows: list[Piece] = []
    for text in _sentences(medium, ruler, offset_mm):
        try:
            piece = measured(printable(text), REGULAR if rows else BOLD)
            rows += wrapped(piece, (width - 2 * margin) / em, 6, clip=True)
        except TooTight:
            continue
    head = margin + _TENTH
    rows = rows[: int((most - head - margin) / (LEADING * em))]
    height = head + LEADING * em * len(rows) + margin
    left, top = (medium.page_width - width) / 2, (medium.page_height - height) / 2
    return _Panel(left, top, width, height, ruler, rows, points)


def _sentences(medium: Medium, ruler: int, offset_mm: tuple[float, float]) -> tuple[str, ...]:
    """The most important first: a small roll has room for no more."""
    right, down = offset_mm
    return (
        "Print at 100 % (actual size).",
        f"The line above must measure {ruler} mm.",
        f"{medium.name}: {medium.per_page} of {medium.size_text}.",
        f"Offset of this page: {right:g} mm right, {down:g} mm down.",
        "Hold this page against a sheet of labels and measure how far the outlines are off.",
        "Enter that as the offset, plus to the right and down, and print this page again.",
    )


def _ruler(panel: _Panel) -> str:
    """A tick a millimetre, longer ones at 5 and 10."""
    left, y = panel.left + (panel.width - panel.ruler) / 2, panel.top + 1 + _TENTH
    ticks = "".join(
        f"{left + tick:.3f} {y:.3f} m {left + tick:.3f} {y - height:.3f} l\n"
        for tick in range(panel.ruler + 1)
        for height in [_TICK if tick % 5 else _FIFTH if tick % 10 else _TENTH]
    )
    return (
        f"1 g {panel.left:.3f} {panel.top:.3f} {panel.width:.3f} {panel.height:.3f} re f 0 g\n"
        f"{_LINE} w {left:.3f} {y:.3f} m {left + panel.ruler:.3f} {y:.3f} l\n{ticks}S\n"
    )


def _words(panel: _Panel, medium: Medium, used: Used) -> str:
    em = panel.points * POINT
    first = panel.top + 1.5 + _TENTH + ASCENT * em
    middle = medium.page_width / 2
    rows = "".join(
        f"{FONTS[piece.font]} {panel.points:g} Tf 1 0 0 1 {(middle - piece.ems * em / 2) / POINT:.2f} "
        f"{(medium.page_height - first - LEADING * em * number) / POINT:.2f} Tm "
        f"{used.shown(piece.text, piece.font)} Tj\n"
        for number, piece in enumerate(panel.rows)
    )
    return f"BT\n{rows}ET"
