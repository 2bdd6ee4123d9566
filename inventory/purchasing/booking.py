"""Booked sessions from a CSV file: read whole, each fault named by row and column. Pure."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO

from inventory.purchasing.amounts import Unreadable, Writing, day

COLUMNS = ("date", "technique", "sessions", "needles")
MOST_ROWS = 2000
LARGEST_FILE = 200_000


@dataclass(frozen=True)
class Booked:
    day: date
    technique: str
    sessions: int
    needles_each: int | None


@dataclass(frozen=True)
class Fault:
    row: int
    column: str
    reason: str


def decoded(content: bytes) -> str:
    """Raises `Unreadable` for what is not UTF-8 text."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"The file is larger than {LARGEST_FILE // 1000} kB. Send fewer months at once.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is no UTF-8 text. Save it as 'CSV UTF-8'.") from None


def read(text: str, techniques: frozenset[str], writing: Writing) -> tuple[list[Booked], list[Fault]]:
    """Rows of `date, technique, sessions, needles` (the last may be empty), parted by commas or semicolons."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, _ = lines.partition("\n")
    try:
        rows = list(csv.reader(StringIO(lines), delimiter=";" if ";" in first else ","))
    except csv.Error:
        return [], [Fault(1, "file", "A cell is too long for a table. Look for a quotation mark that is not closed.")]
    head = tuple(cell.strip().lower() for cell in rows[0]) if rows else ()
    if head not in (COLUMNS, COLUMNS[:3]):
        return [], [Fault(1, "header", f"The first row must be {', '.join(COLUMNS)}.")]
    if len(rows) > MOST_ROWS + 1:
        return [], [Fault(MOST_ROWS + 2, "row", f"There are more than {MOST_ROWS} rows. Send fewer at once.")]
    found, faults = list[Booked](), list[Fault]()
    seen: dict[tuple[date, str], int] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        named = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        wrong = list(_faults(number, named, techniques, writing))
        faults += wrong
        if wrong:
            continue
        needles = named.get("needles") or None
        row = Booked(
            day(named["date"], writing), _technique(named), int(named["sessions"]), int(needles) if needles else None
        )
        twin = seen.setdefault((row.day, row.technique), number)
        if twin != number:
            faults.append(Fault(number, "date", f"Row {twin} books this technique for this day already."))
        found.append(row)
    return found, faults


def _technique(named: dict[str, str]) -> str:
    return named.get("technique", "").lower().replace(" ", "_").replace("-", "_")


def _faults(number: int, named: dict[str, str], techniques: frozenset[str], writing: Writing) -> Iterator[Fault]:
    try:
        day(named.get("date", ""), writing)
    except Unreadable as fault:
        yield Fault(number, "date", str(fault))
    if _technique(named) not in techniques:
        yield Fault(number, "technique", f"Write one of {', '.join(sorted(techniques)).replace('_', ' ')}.")
    if not _whole(named.get("sessions", ""), 0, 1000):
        yield Fault(number, "sessions", "Write a whole number from 0 to 1000.")
    if named.get("needles") and not _whole(named["needles"], 1, 100):
        yield Fault(number, "needles", "Write a whole number from 1 to 100, or nothing.")


def _whole(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most
