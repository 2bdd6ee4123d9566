"""A steriliser's own log of a cycle, a CSV file, read by the columns the clinic named for that steriliser. Pure."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import groupby, pairwise

MOST_ROWS = 100_000
MOST_ROWS_ABOVE = 100
"""Lines that a steriliser may write of itself above the headers."""
ATMOSPHERE_MILLIBAR = 1013
DAY = timedelta(days=1)
NO_DATE = datetime(1900, 1, 1)  # noqa: DTZ001 - where strptime puts a clock without a date


class TimeFormat(StrEnum):
    ISO = "iso"
    DAY_FIRST_DOTS = "day_first_dots"
    DAY_FIRST_SLASHES = "day_first_slashes"
    MONTH_FIRST = "month_first"
    CLOCK = "clock"
    SECONDS = "seconds"


class PressureUnit(StrEnum):
    BAR_ABSOLUTE = "bar_absolute"
    BAR_GAUGE = "bar_gauge"
    KPA_ABSOLUTE = "kpa_absolute"
    MBAR_ABSOLUTE = "mbar_absolute"


_PATTERNS = {
    TimeFormat.DAY_FIRST_DOTS: "%d.%m.%Y %H:%M:%S",
    TimeFormat.DAY_FIRST_SLASHES: "%d/%m/%Y %H:%M:%S",
    TimeFormat.MONTH_FIRST: "%m/%d/%Y %H:%M:%S",
    TimeFormat.CLOCK: "%H:%M:%S",
}
_MILLIBAR = {
    PressureUnit.BAR_ABSOLUTE: (1000, 0),
    PressureUnit.BAR_GAUGE: (1000, ATMOSPHERE_MILLIBAR),
    PressureUnit.KPA_ABSOLUTE: (10, 0),
    PressureUnit.MBAR_ABSOLUTE: (1, 0),
}


class CycleLogUnreadable(ValueError):
    """With a sentence naming the line and what to do."""


@dataclass(frozen=True, kw_only=True)
class LogFormat:
    """Headers of the columns. Without a phase column the hold is the longest stretch at the set temperature."""

    time: str
    temperature: str
    pressure: str = ""
    phase: str = ""
    hold_phase: str = ""
    drying_phase: str = ""
    time_format: TimeFormat = TimeFormat.ISO
    pressure_unit: PressureUnit = PressureUnit.BAR_ABSOLUTE

    def as_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "LogFormat":
        kept = json.loads(text)
        kept["time_format"], kept["pressure_unit"] = (
            TimeFormat(kept["time_format"]),
            PressureUnit(kept["pressure_unit"]),
        )
        return cls(**kept)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a log says. Moments are the steriliser's own clock, None where it keeps no date. Units as in `Cycle`."""

    started_at: datetime | None
    ended_at: datetime | None
    temperature_tenths: int
    highest_temperature_tenths: int
    pressure_millibar: int | None
    hold_seconds: int
    drying_seconds: int | None
    sha256: str
    """Of the raw bytes of the file."""


@dataclass(frozen=True)
class _Sample:
    moment: datetime
    tenths: int
    millibar: int | None
    phase: str


def read(raw: bytes, log_format: LogFormat, set_temperature_tenths: int) -> Measured:
    """Raises `CycleLogUnreadable`."""
    samples = _samples(raw, log_format)
    hold = _hold(samples, log_format, set_temperature_tenths)
    drying = [
        sample for sample in samples if log_format.drying_phase and sample.phase == _folded(log_format.drying_phase)
    ]
    pressures = [sample.millibar for sample in hold if sample.millibar is not None]
    dated = log_format.time_format not in (TimeFormat.CLOCK, TimeFormat.SECONDS)
    return Measured(
        started_at=samples[0].moment if dated else None,
        ended_at=samples[-1].moment if dated else None,
        temperature_tenths=min(sample.tenths for sample in hold),
        highest_temperature_tenths=max(sample.tenths for sample in hold),
        pressure_millibar=min(pressures) if pressures else None,
        hold_seconds=_seconds(hold),
        drying_seconds=_seconds(drying) if drying else None,
        sha256=sha256(raw).hexdigest(),
    )


def _samples(raw: bytes, log_format: LogFormat) -> list[_Sample]:
    rows = _rows(raw, log_format)
    top, places = _columns(rows, log_format)
    samples = [
        _sample(row, number, places, log_format) for number, row in enumerate(rows[top + 1 :], top + 2) if any(row)
    ]
    if len(samples) < 2:
        raise CycleLogUnreadable("The file holds fewer than two measurements. Choose the log of a whole cycle.")
    return _running_on(samples)


def _columns(rows: list[list[str]], log_format: LogFormat) -> tuple[int, dict[str, int | None]]:
    """The row of headers, below what a steriliser may write of itself first, and the place of each column in it."""
    wanted = {name: getattr(log_format, name) for name in ("time", "temperature", "pressure", "phase")}
    headers = [[_folded(cell) for cell in row] for row in rows[:MOST_ROWS_ABOVE]]
    known = [sum(_folded(text) in header for text in wanted.values() if text) for header in headers]
    top = known.index(max(known))
    for text in wanted.values():
        if text and _folded(text) not in headers[top]:
            raise CycleLogUnreadable(
                f"The file has no column '{text}'; it has {', '.join(rows[top])}. Correct the steriliser's log format."
            )
    return top, {name: headers[top].index(_folded(text)) if text else None for name, text in wanted.items()}


def _rows(raw: bytes, log_format: LogFormat) -> list[list[str]]:
    lines = _text(raw).replace("\x00", "").splitlines()
    if not lines:
        raise CycleLogUnreadable("The file is empty. Choose the steriliser's log of this cycle.")
    if len(lines) > MOST_ROWS:
        raise CycleLogUnreadable(f"The file has more than {MOST_ROWS:,} lines. Choose the log of one cycle.")
    header = next((line for line in lines if _folded(log_format.temperature) in _folded(line)), lines[0])
    delimiter = max(";\t,", key=header.count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as fault:
        raise CycleLogUnreadable(f"The file is no CSV: {fault}. Export the log again.") from None


def _text(raw: bytes) -> str:
    """UTF-16 with its mark, UTF-8, or else the code page of Western Windows, which older control units write."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _sample(row: Sequence[str], number: int, places: dict[str, int | None], log_format: LogFormat) -> _Sample:
    def cell(name: str) -> str:
        place = places[name]
        return row[place] if place is not None and place < len(row) else ""

    try:
        factor, more = _MILLIBAR[log_format.pressure_unit]
        return _Sample(
            _moment(cell("time"), log_format.time_format),
            round(_number(cell("temperature")) * 10),
            round(_number(cell("pressure")) * factor) + more if cell("pressure") else None,
            _folded(cell("phase")),
        )
    except (ValueError, OverflowError):
        raise CycleLogUnreadable(
            f"Line {number} is not understood: '{' | '.join(row)[:80]}'. Correct the steriliser's log format."
        ) from None


def _number(text: str) -> float:
    number = float(text.replace(",", "."))
    if not -1000 < number < 1_000_000:
        raise ValueError(text)
    return number


def _moment(text: str, time_format: TimeFormat) -> datetime:
    if time_format is TimeFormat.ISO:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    if time_format is TimeFormat.SECONDS:
        return NO_DATE + timedelta(seconds=_number(text))
    return datetime.strptime(text, _PATTERNS[time_format])  # noqa: DTZ007 - the steriliser's own clock has no zone


def _running_on(samples: list[_Sample]) -> list[_Sample]:
    """In order of time. A clock without a date passes midnight once."""
    turned = next((n for n, (one, two) in enumerate(pairwise(samples), 1) if two.moment < one.moment), None)
    if turned is not None and samples[0].moment.year == NO_DATE.year:
        later = [_Sample(each.moment + DAY, each.tenths, each.millibar, each.phase) for each in samples[turned:]]
        samples = [*samples[:turned], *later]
    if any(two.moment < one.moment for one, two in pairwise(samples)):
        raise CycleLogUnreadable("The times in the file do not run on. Choose the log of one cycle.")
    return samples


def _hold(samples: list[_Sample], log_format: LogFormat, set_temperature_tenths: int) -> list[_Sample]:
    if log_format.phase and log_format.hold_phase:
        hold = _longest(samples, lambda sample: sample.phase == _folded(log_format.hold_phase))
        if not hold:
            raise CycleLogUnreadable(
                f"No line of the file has the phase '{log_format.hold_phase}'. Correct the steriliser's log format."
            )
        return hold
    best = _longest(samples, lambda sample: sample.tenths >= set_temperature_tenths)
    # A cycle that never reached its temperature is no fault of the file: it is told as it was, and not released.
    return best or [max(samples, key=lambda sample: sample.tenths)]


def _longest(samples: list[_Sample], belongs: Callable[[_Sample], bool]) -> list[_Sample]:
    """The longest unbroken stretch: a hold that was interrupted is no longer than its best part."""
    stretches = (list(stretch) for hit, stretch in groupby(samples, key=belongs) if hit)
    return max(stretches, key=_seconds, default=[])


def _seconds(samples: Sequence[_Sample]) -> int:
    return int((samples[-1].moment - samples[0].moment).total_seconds()) if samples else 0


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
