"""An order as the supplier gets it: PDF for people, CSV for programs."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from inventory.purchasing.amounts import Writing, money, plain, written_day
from inventory.purchasing.models import PurchaseOrder

HEADINGS = ("REF", "Product", "Pack of", "Packs", "Price a pack", "Total")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    reference: str
    product: str
    pack_units: int
    packs: int
    price: int


@dataclass(frozen=True)
class Sheet:
    number: int
    day: date
    clinic: str
    supplier: str
    customer_number: str
    currency: str
    writing: Writing
    lines: Sequence[Line]
    signed: str = ""
    """Who approved it, in words."""


def sheet_of(order: PurchaseOrder, clinic: str, day: date, writing: Writing, signed: str = "") -> Sheet:
    """What is ordered; lines with no pack are left out."""
    lines = [
        Line(line.reference, line.product.name, line.pack_units, line.packs, line.price)
        for line in order.lines
        if line.packs
    ]
    supplier = order.supplier
    return Sheet(
        order.number, day, clinic, supplier.name, supplier.customer_number or "", order.currency, writing, lines, signed
    )


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark. A European sheet parts cells by semicolons; an apostrophe stands before would-be formulas."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if sheet.writing is Writing.EUROPEAN else ",", lineterminator="\r\n")
    writer.writerow(("Order", "Date", "Customer", *HEADINGS[:5], "Currency"))
    for line in sheet.lines:
        writer.writerow(
            (
                sheet.number,
                written_day(sheet.day, sheet.writing),
                _harmless(sheet.customer_number),
                _harmless(line.reference),
                _harmless(line.product),
                line.pack_units,
                line.packs,
                plain(line.price, sheet.writing),
                sheet.currency,
            )
        )
    return text.getvalue().encode("utf-8-sig")


def as_pdf(sheet: Sheet) -> bytes:
    """A4, or Letter for a US sheet."""
    styles, out = getSampleStyleSheet(), BytesIO()
    title = f"Order {sheet.number} of {sheet.clinic}"
    paper = A4 if sheet.writing is Writing.EUROPEAN else LETTER
    document = SimpleDocTemplate(out, pagesize=paper, title=title, author=sheet.clinic, invariant=1)
    customer = f", customer number {sheet.customer_number}" if sheet.customer_number else ""
    head = [
        Paragraph(escape(title), styles["Title"]),
        Paragraph(escape(f"To {sheet.supplier}{customer}"), styles["Normal"]),
        Paragraph(f"Date: {written_day(sheet.day, sheet.writing)}", styles["Normal"]),
        Spacer(1, 6 * mm),
    ]
    foot = [Spacer(1, 6 * mm), Paragraph(escape(sheet.signed), styles["Normal"])] if sheet.signed else []
    document.build([*head, _table(sheet, styles["Normal"]), *foot])
    return out.getvalue()


def _table(sheet: Sheet, style: object) -> Table:
    rows: list[list[object]] = [list(HEADINGS)]
    for line in sheet.lines:
        price, total = (money(minor, sheet.writing) for minor in (line.price, line.price * line.packs))
        name = Paragraph(escape(line.product), style)
        rows.append([line.reference, name, line.pack_units, line.packs, _printable(price), _printable(total)])
    total = money(sum(line.price * line.packs for line in sheet.lines), sheet.writing, sheet.currency)
    rows.append(["", "Total", "", "", "", _printable(total)])
    table = Table(rows, colWidths=[28 * mm, 60 * mm, 18 * mm, 16 * mm, 26 * mm, 32 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black),
                ("LINEABOVE", (0, -1), (-1, -1), 1, colors.black),
                ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _printable(said: str) -> str:
    """The PDF's own fonts have no narrow space."""
    return said.replace("\u202f", "\u00a0")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(FORMULA) else cell
