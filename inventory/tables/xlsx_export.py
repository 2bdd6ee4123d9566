"""Rows as a workbook, written in constant memory; no cell of it can be run."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from inventory.tables.csv_export import harmless

INERT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}


ROWS_A_SHEET = 1_000_000
"""A sheet ends at row 1,048,576; what follows stands on the next one."""
ROWS_A_STEP = 1_000


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], guarded: Sequence[int]) -> bytes:
    """One workbook, as `written_xlsx` writes it."""
    file = io.BytesIO()
    for _ in written_xlsx(file, title, header, rows, guarded):
        pass
    return file.getvalue()


def written_xlsx(
    file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[object]], guarded: Sequence[int]
) -> Iterator[int]:
    """Write a workbook and tell now and then how many rows are done; `file` is whole when the last was told.

    `guarded` columns hold people's text, marked as in a CSV: who saves the sheet as CSV is safe too.
    """
    book = Workbook(file, INERT)
    text = set(guarded)
    sheet, done = _sheet(book, title, header), 0
    for row in rows:
        if done and done % ROWS_A_SHEET == 0:
            sheet = _sheet(book, f"{title} {done // ROWS_A_SHEET + 1}", header)
        _write(sheet, done % ROWS_A_SHEET + 1, row, text)
        done += 1
        if done % ROWS_A_STEP == 0:
            yield done
    book.close()
    yield done


def _sheet(book: Workbook, title: str, header: Sequence[str]) -> Worksheet:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    for place, word in enumerate(header):
        sheet.set_column(place, place, max(12, min(40, len(word) + 2)))
        sheet.write_string(0, place, word, bold)
    return sheet


def _write(sheet: Worksheet, number: int, row: Sequence[object], text: set[int]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(number, place, value)
        elif value not in (None, ""):
            sheet.write_string(number, place, harmless(str(value)) if place in text else str(value))
