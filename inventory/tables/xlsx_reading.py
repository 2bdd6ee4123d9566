"""The first sheet of a workbook, after looking at what its archive really holds."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell import Cell as WorkbookCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from inventory.tables.cells import (
    LARGEST_UNPACKED,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    FileRefused,
    Row,
    Table,
    Unusable,
    cell,
)

MOST_PARTS = 500
MOST_CELLS_IN_A_ROW = 1_000
"""A sheet may be formatted far to the right of what it holds; openpyxl keeps a whole row at a time."""
MOST_ELEMENTS = (("xl/worksheets/", 4_000_000), ("xl/sharedStrings", 800_000), ("", 200_000))
"""By the beginning of a part's name: the sheets are read row by row, the rest is kept whole."""
CHUNK = 1 << 16
DAMAGED = "The workbook is damaged. Open it in a spreadsheet program and save it again as XLSX."
TOO_LARGE = f"The workbook unpacks to more than {LARGEST_UNPACKED >> 20} MB. Import it in parts."
TOO_WIDE = f"A row has more than {MOST_COLUMNS} columns. Is it the right file?"


def read_xlsx(data: bytes) -> Table:
    """Raises `FileRefused`, before openpyxl has seen it, for what would eat the memory or the time."""
    size = _checked_rows(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
    except Exception as fault:
        # openpyxl raises whatever it stumbled over.
        raise FileRefused(DAMAGED) from fault
    if not sheets:
        raise FileRefused("The workbook has no sheet with cells.")
    rows = _rows(sheets[0])
    header = next(rows, None)
    if header is None:
        raise FileRefused(f"The first sheet, {sheets[0].title}, is empty. Put the catalogue there.")
    return Table(f"XLSX, sheet {sheets[0].title}", min(size, MOST_ROWS), header, rows)


def _checked_rows(data: bytes) -> int:
    """How many rows its longest sheet has. Raises `FileRefused` for what no spreadsheet program makes."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise FileRefused(DAMAGED) from None
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileRefused(TOO_LARGE)
    left, rows = LARGEST_UNPACKED, 0
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("The workbook is locked or packed in an unusual way. Save it without a password.")
        looker = _Looker(part.filename)
        left -= _inflated(archive, part, left, looker)
        rows = max(rows, looker.rows)
    return rows


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, looker: "_Looker") -> int:
    """How large `part` really is, counted while it is inflated."""
    size = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise FileRefused(TOO_LARGE)
                looker.feed(chunk)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, expat.ExpatError):
        raise FileRefused(DAMAGED) from None
    return size


class _Looker:
    """Parses a part without keeping anything of it: no entities, no endless row, no end of elements."""

    def __init__(self, name: str) -> None:
        self.elements = self.rows = self.cells = self.column = 0
        self.most = next(most for start, most in MOST_ELEMENTS if name.startswith(start))
        self.parser = None
        if name.lower().endswith((".xml", ".rels", ".vml")):
            self.parser = expat.ParserCreate()
            self.parser.StartElementHandler = self._element
            self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        if self.parser is not None:
            self.parser.Parse(chunk, False)

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if self.elements > self.most:
            raise FileRefused(TOO_LARGE)
        tag = name.rpartition(":")[2]
        if tag == "c":
            self.cells += 1
            place = attributes.get("r", "").rstrip("0123456789")
            self.column = _column(place) if place else self.column + 1
        elif tag == "row":
            self.rows += 1
            self.cells = self.column = 0
        elif self.column > MOST_COLUMNS and tag in ("v", "is", "f"):
            raise FileRefused(TOO_WIDE)
        if self.cells > MOST_CELLS_IN_A_ROW:
            raise FileRefused(TOO_WIDE)

    def _doctype(self, *_: object) -> None:
        raise FileRefused("The workbook defines XML entities, which no spreadsheet program does. It was not read.")


def _column(letters: str) -> int:
    """`AA` is 27."""
    found = 0
    for letter in letters[:4]:
        found = found * 26 + ord(letter) - 64
    return found


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[Row]:
    # What the sheet says of its own size is not believed.
    sheet.reset_dimensions()
    found = iter(sheet.iter_rows(max_col=MOST_COLUMNS))
    for number in range(1, MOST_ROWS + 3):
        try:
            cells = next(found, None)
        except Exception as fault:
            raise FileRefused(DAMAGED) from fault
        if cells is None:
            return
        if number > MOST_ROWS + 1:
            raise FileRefused(f"The sheet has more than {MOST_ROWS:,} rows. Import it in parts.")
        texts = [_text(found) for found in cells]
        while texts and not texts[-1]:
            del texts[-1]
        if texts:
            yield Row(number, tuple(texts))


def _text(found: ReadOnlyCell | EmptyCell | WorkbookCell) -> Cell:
    value = found.value
    if value is None:
        return ""
    if isinstance(value, str):
        if found.data_type == "f":
            return Unusable(value[:40], "It is a formula. Put its result there.")
        if found.data_type == "e":
            return Unusable(value[:40], "The spreadsheet program found an error here. Put the value there.")
        return cell(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime | date | time | timedelta):
        return Unusable(str(value), "The spreadsheet program made a date of it. Format the cell as text, then type it.")
    return Unusable(str(value)[:40], "It is a formula. Put its result there.")


def _number(value: float) -> Cell:
    if isinstance(value, int) or (value == value and abs(value) < 1e15 and value == int(value)):
        return str(int(value))
    if value != value or abs(value) >= 1e15:
        return Unusable(str(value), "It is no number that could be meant. Type it again.")
    return repr(value)
