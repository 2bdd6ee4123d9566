"""CSV of any separator and of the usual encodings, read strictly."""

import csv
import io
from collections.abc import Callable, Iterator

from inventory.tables.cells import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, FileRefused, Row, Table, cell

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_SAVE_AGAIN = "Save it again as CSV in UTF-8, or as XLSX."


def read_csv(data: bytes, fits: Callable[[list[str]], int]) -> Table:
    """The table in `data`. The separator is the one by which the header fits best. Raises `FileRefused`."""
    text, encoding = _decoded(data)
    separator = max(SEPARATORS, key=lambda mark: fits(_first(text, mark)))
    rows = _rows(text, separator)
    header = next(rows, None)
    if header is None:
        raise FileRefused("The file is empty. Choose the one that holds the catalogue.")
    size = min(text.count("\n") + text.count("\r") + 1, MOST_ROWS)
    return Table(f"CSV, {encoding}, separated by {SEPARATORS[separator]}", size, header, rows)


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise FileRefused(f"The file is in UTF-32, which is not read. {_SAVE_AGAIN}")
    for mark, codec, said in _MARKS:
        if data.startswith(mark):
            return _strict(data, codec, said), said
    if b"\x00" in data:
        return _unmarked_utf_16(data), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strict(data, "cp1252", "UTF-8 or Windows-1252"), "Windows-1252"


def _unmarked_utf_16(data: bytes) -> str:
    """Every second byte of Western text in UTF-16 is zero."""
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = data[offset::2].count(0)
        if len(data) % 2 == 0 and zeros * 10 >= len(data[offset::2]) * 8 and not data[1 - offset :: 2].count(0):
            return _strict(data, codec, "UTF-16")
    raise FileRefused(f"The file holds NUL bytes, so it is no text. {_SAVE_AGAIN}")


def _strict(data: bytes, codec: str, said: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise FileRefused(f"The file is no text in {said}. {_SAVE_AGAIN}") from None
    if "\x00" in text:
        raise FileRefused(f"The file holds NUL characters. {_SAVE_AGAIN}")
    return text


def _first(text: str, separator: str) -> list[str]:
    try:
        return next(_records(text, separator), [])
    except csv.Error:
        return []


def _records(text: str, separator: str) -> Iterator[list[str]]:
    # Ends of line stay as they are: one within quotation marks belongs to the cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _rows(text: str, separator: str) -> Iterator[Row]:
    records = _records(text, separator)
    number = 0
    while True:
        number += 1
        try:
            cells = next(records, None)
        except csv.Error as fault:
            raise FileRefused(f"Row {number} cannot be read: {_why(fault)}") from None
        if cells is None:
            return
        if number > MOST_ROWS + 1:
            raise FileRefused(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
        if len(cells) > MOST_COLUMNS:
            raise FileRefused(f"Row {number} has more than {MOST_COLUMNS} columns. Is it the right file?")
        if any(cells):
            yield Row(number, tuple(map(cell, cells)))


def _why(fault: csv.Error) -> str:
    said = str(fault)
    if "end of data" in said:
        return "a quotation mark opened in it is never closed."
    if "field limit" in said:
        return f"a cell has more than {LONGEST_CELL:,} characters, or a quotation mark is never closed."
    return "there is text after a closing quotation mark. Write a quotation mark inside a cell twice."
