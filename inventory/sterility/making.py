"""Making the file of an export: read while it is written, so that memory does not grow with the number of rows.

The file is made once and kept for a day, and not sent while it is made: a download that broke off goes on from where
it stopped, a workbook and a report have no place to go on from a row, and no slow reader holds the database open.
"""

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import IO

from inventory.audit.actors import Actor
from inventory.sterility.columns import columns_of
from inventory.sterility.filters import ExportFormat, LogFilter, Shape
from inventory.sterility.log_queries import Summary, log_rows, summary_of
from inventory.sterility.models import Export
from inventory.sterility.report import Cover, report_chunks
from inventory.tables.csv_export import csv_chunks
from inventory.tables.json_lines import json_chunks
from inventory.tables.xlsx_export import written_xlsx

FOLDER = "exports"
"""In the data folder."""
KEPT = timedelta(days=1)
SHEET = "Sterility log"


@dataclass(frozen=True)
class Asked:
    """What an export is to hold, and as what."""

    wanted: LogFilter
    shape: Shape = Shape.EVENTS
    format: ExportFormat = ExportFormat.CSV
    with_references: bool = False


@dataclass(frozen=True)
class Progress:
    """Rows written, of how many there were when it began."""

    done: int
    of: int


@dataclass(frozen=True)
class Made:
    rows: int
    sha256: str


def file_of(data: Path, export: Export) -> Path:
    return data / FOLDER / f"{export.id}.{export.format.value}"


def is_kept(data: Path, export: Export, now: datetime) -> bool:
    """Whether its file can still be had: for a day, or until it was removed by hand."""
    return export.finished_at is not None and now < export.finished_at + KEPT and file_of(data, export).is_file()


def let_go(data: Path, now: datetime) -> None:
    """Remove files that were kept long enough, and what a broken off one left."""
    oldest = (now - KEPT).timestamp()
    for path in (data / FOLDER).glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def make(path: Path, asked: Asked, by: Actor, cover: Callable[[Summary], Cover]) -> Generator[Progress, None, Made]:
    """Write the file whole or not at all, for its owner's eyes only; tell how far it is. `cover` is a report's."""
    part = path.with_name(f"{path.name}.part")
    summary = summary_of(by.clinic_id, by.time_zone, asked.wanted, asked.shape)
    done = 0
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            yield Progress(0, summary.rows)
            for done in _written(file, asked, by, lambda: cover(summary)):
                yield Progress(done, max(done, summary.rows))
            file.flush()
            file.seek(0)
            checksum = file_digest(file, "sha256").hexdigest()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Made(done, checksum)


def _written(file: IO[bytes], asked: Asked, by: Actor, cover: Callable[[], Cover]) -> Iterator[int]:
    """The number of rows written so far, now and then, and at the end."""
    columns = columns_of(asked.shape, with_references=asked.with_references)
    header = tuple(column.header for column in columns)
    guarded = tuple(index for index, column in enumerate(columns) if column.text)
    rows = log_rows(by.clinic_id, by.time_zone, asked.wanted, asked.shape, with_references=asked.with_references)
    if asked.format is ExportFormat.XLSX:
        yield from written_xlsx(file, SHEET, header, rows, guarded)
        return
    chunks = {
        ExportFormat.CSV: lambda: csv_chunks(header, rows, guarded),
        ExportFormat.JSONL: lambda: json_chunks(header, rows),
        ExportFormat.PDF: lambda: report_chunks(cover(), header, rows),
    }[asked.format]()
    done = 0
    for chunk, count in chunks:
        file.write(chunk)
        done += count
        yield done
