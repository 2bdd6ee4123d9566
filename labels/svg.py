"""Symbols and whole labels as SVG, for screens and printed pages; for sheets of labels see `pdf`."""

from dataclasses import dataclass
from html import escape

from labels import layout, qr
from labels.items import POINT, PlacedMark, Row
from labels.layout import Face, Label
from labels.lettering import BOLD, CODE, REGULAR, measured
from labels.marks import SHAPES, STROKE
from labels.media import Medium
from labels.qr import Matrix

_FONTS = {
    REGULAR: "font-family=\"'Liberation Sans', Helvetica, Arial, sans-serif\"",
    BOLD: 'font-family="\'Liberation Sans\', Helvetica, Arial, sans-serif" font-weight="bold"',
    CODE: "font-family=\"'Liberation Mono', Courier, 'Courier New', monospace\" font-weight=\"bold\"",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """`path` outlines the dark modules; the drawing is `size` units wide and high, quiet zone included."""

    path: str
    size: int


def drawing(text: str) -> Drawing:
    """Raises `qr.Unencodable`."""
    symbol = qr.matrix(text)
    return Drawing(_path(symbol, symbol.quiet), symbol.size_with_quiet_zone)


def label_svg(label: Label, medium: Medium) -> str:
    """One label as an SVG document of its own in real millimetres, its words as text.

    Raises `layout.LabelTooSmall`, `qr.Unencodable`.
    """
    face = layout.face(label, medium)
    width, height = medium.label_width, medium.label_height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}">'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{_symbol(face)}'
        f"{''.join(map(_mark, face.marks))}{''.join(map(_text, face.rows))}</svg>"
    )


def _path(symbol: Matrix, shift: int = 0) -> str:
    return "".join(f"M{run.start + shift} {run.row + shift}h{run.length}v1h-{run.length}z" for run in qr.runs(symbol))


def _symbol(face: Face) -> str:
    place = f"translate({face.qr_x:.4f} {face.qr_y:.4f}) scale({face.module:.5f})"
    return f'<path transform="{place}" shape-rendering="crispEdges" d="{_path(face.symbol)}"/>'


def _mark(placed: PlacedMark) -> str:
    strokes = "".join("M" + "L".join(f"{x:.4g} {y:.4g}" for x, y in stroke) for stroke in SHAPES[placed.mark].strokes)
    place = f"translate({placed.x:.4f} {placed.y:.4f}) scale({placed.height:.5f})"
    return (
        f'<path transform="{place}" fill="none" stroke="#000" stroke-width="{STROKE}" stroke-linejoin="round" '
        f'd="{strokes}"><title>{escape(placed.mark.value)}</title></path>'
    )


def _text(row: Row) -> str:
    """The width is stated: a screen without these fonts keeps to it all the same."""
    em = row.size * POINT
    length = measured(row.text, row.font).ems * em
    return (
        f'<text x="{row.x:.3f}" y="{row.y:.3f}" font-size="{em:.3f}" {_FONTS[row.font]} textLength="{length:.3f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(row.text)}</text>'
    )
