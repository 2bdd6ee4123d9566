"""Rows as a workbook, written in constant memory; no cell of it can be run."""

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook

from inventory.tables.csv_export import harmless

INERT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], guarded: Sequence[int]) -> bytes:
    """One sheet. `guarded` columns hold people's text, marked as in a CSV: who saves the sheet as CSV is safe too."""
    file = io.BytesIO()
    book = Workbook(file, INERT)
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    for place, word in enumerate(header):
        sheet.set_column(place, place, max(12, min(40, len(word) + 2)))
        sheet.write_string(0, place, word, bold)
    text = set(guarded)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            elif value not in (None, ""):
                sheet.write_string(number, place, harmless(str(value)) if place in text else str(value))
    book.close()
    return file.getvalue()
