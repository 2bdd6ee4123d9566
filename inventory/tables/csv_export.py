"""Rows as CSV: UTF-8, one header, ISO dates, safe to open in a spreadsheet. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

TRIGGERS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""Starts that a spreadsheet may take for a formula (OWASP, CSV Injection), the full-width forms included."""
STARTS = r"(^|[;\t\r\n])"
"""Where a cell may start: a program set to another separator breaks the text there, whatever stands in quotes."""
RISKY = re.compile(rf"{STARTS}(?=[ \"']*[{TRIGGERS}])")
MARKED = re.compile(rf"{STARTS}'(?=[ \"']*[{TRIGGERS}])")
ROWS_A_CHUNK = 1000


@lru_cache(maxsize=4096)
def harmless(text: str) -> str:
    """An apostrophe before whatever could be run as a formula; quoting alone does not defuse it."""
    return RISKY.sub(r"\1'", text)


def as_entered(text: str) -> str:
    """What `harmless` was given: the apostrophes it put are recognised by what follows them."""
    return MARKED.sub(r"\1", text) if "'" in text else text


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[object]], guarded: Sequence[int]
) -> Iterator[tuple[bytes, int]]:
    """The file in pieces, each with its number of rows. `guarded` are the columns holding people's text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    waiting = 0
    for row in rows:
        cells = list(row)
        for column in guarded:
            cell = cells[column]
            if isinstance(cell, str):
                cells[column] = harmless(cell)
        writer.writerow(cells)
        waiting += 1
        if waiting == ROWS_A_CHUNK:
            yield _taken(buffer), waiting
            waiting = 0
    yield _taken(buffer), waiting


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
