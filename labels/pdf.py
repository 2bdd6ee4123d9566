"""Labels as PDF: real millimetres, one vector path a QR, byte-stable for the same labels."""

from collections.abc import Iterable
from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas

from labels.layout import MM, Label, Placed, pages
from labels.media import Medium
from labels.qr import runs_of


def write_pdf(
    labels: Iterable[Label],
    medium: Medium,
    out: BinaryIO,
    *,
    start: int = 1,
    offset_mm: tuple[float, float] = (0.0, 0.0),
) -> int:
    """Write `labels` from place `start` on; the number of pages. `offset_mm` shifts right and down for a printer.

    Raises `layout.StartOutOfRange`, `layout.LabelTooSmall`.
    """
    canvas = Canvas(out, pagesize=(medium.page[0] * MM, medium.page[1] * MM), invariant=1, pageCompression=1)
    canvas.setTitle("Sterilog labels")
    count = 0
    for page in pages(labels, medium, start):
        for placed in page:
            _draw(canvas, placed, medium, offset_mm)
        canvas.showPage()
        count += 1
    canvas.save()
    return count


def _draw(canvas: Canvas, placed: Placed, medium: Medium, offset: tuple[float, float]) -> None:
    left, top = placed.x + offset[0], placed.y + offset[1]
    page_height = medium.page[1]
    module = placed.module * MM
    x, y = (left + placed.qr_x) * MM, (page_height - top - placed.qr_y) * MM
    # One operator string for the whole code: drawn rectangle by rectangle it takes ReportLab four times as long.
    boxes = " ".join(f"{column} {-row - 1} {length} 1 re" for row, column, length in runs_of(placed.matrix))
    canvas._code.append(f"q {module:.4f} 0 0 {module:.4f} {x:.4f} {y:.4f} cm {boxes} f Q")
    text = canvas.beginText()
    for line in placed.texts:
        text.setFont(line.font, line.points)
        text.setTextOrigin((left + line.x) * MM, (page_height - top - line.baseline) * MM)
        text.textOut(line.text)
    canvas.drawText(text)
