"""Two-digit years and days of month as barcodes write them."""

from calendar import monthrange
from datetime import date, timedelta


def full_year(two_digits: int, today: date) -> int:
    """The year meant, between 49 years back and 50 ahead of `today` (GS1 General Specifications 7.12)."""
    century = today.year - today.year % 100
    ahead = two_digits - today.year % 100
    return two_digits + century + (-100 if ahead >= 51 else 100 if ahead <= -50 else 0)


def day_of(digits: str, today: date, *, day_zero: bool = True) -> date:
    """The date in six digits YYMMDD; day 00 is the last of the month where `day_zero` allows it.

    Raises ValueError naming the part that cannot be.
    """
    month, day = int(digits[2:4]), int(digits[4:6])
    return _day(full_year(int(digits[0:2]), today), month, day, day_zero)


def month_of(digits: str, today: date) -> date:
    """The last day of the month in four digits MMYY. Raises ValueError."""
    return _day(full_year(int(digits[2:4]), today), int(digits[0:2]), 0, True)


def julian_day_of(digits: str, today: date) -> date:
    """The date in five digits YYJJJ, the 1st of January being 001. Raises ValueError."""
    year, ordinal = full_year(int(digits[0:2]), today), int(digits[2:5])
    found = date(year, 1, 1) + timedelta(days=ordinal - 1) if ordinal else None
    if found is None or found.year != year:
        raise ValueError(f"the year {year} has no day {ordinal}")
    return found


def long_day_of(digits: str) -> date:
    """The date in eight digits YYYYMMDD. Raises ValueError."""
    year = int(digits[0:4])
    if year == 0:
        raise ValueError("there is no year 0000")
    return _day(year, int(digits[4:6]), int(digits[6:8]), False)


def _day(year: int, month: int, day: int, day_zero: bool) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month:02d}")
    last = monthrange(year, month)[1]
    if day == 0 and not day_zero:
        raise ValueError("day 00 is not allowed here")
    if day > last:
        raise ValueError(f"there is no day {day:02d} in {year}-{month:02d}")
    return date(year, month, day or last)
