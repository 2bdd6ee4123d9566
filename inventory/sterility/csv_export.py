"""Rows as CSV: UTF-8, one header, ISO dates, safe to open in a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Starts that a spreadsheet may take for a formula (OWASP, CSV Injection), the full-width forms included."""
ROWS_A_CHUNK = 1000


def harmless(cell: object) -> object:
    """Text that could be run as a formula gets a leading apostrophe; quoting alone does not defuse it."""
    if isinstance(cell, str) and (cell.startswith(DANGEROUS) or cell.lstrip(" \"'").startswith(DANGEROUS)):
        return "'" + cell
    return cell


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
            cells[column] = harmless(cells[column])
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
