"""How long an opened container may be used. Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from inventory.clock import day_in, start_of_day
from inventory.stock.models import LifeUnit

LAST_DAY = date(9998, 12, 31)
"""Some suppliers print 9999-12-31 for 'no expiry'; later days than this one are counted as it."""


def usable_until(
    opened_at: datetime, life: int | None, unit: LifeUnit | None, printed_expiry: date | None, zone: str
) -> datetime | None:
    """The first moment at which a container may no longer be used; None if nothing limits it.

    Hours are counted exactly. Days and months are counted in the calendar of the clinic in `zone` and run
    through the end of their last day: opened on 2 March with 28 days, a container is good through 30 March.
    Months end at the latest on their own last day. A printed expiry is good through that day.
    """
    limits: list[datetime] = []
    if printed_expiry is not None:
        limits.append(_end_of(printed_expiry, zone))
    if life is not None and unit is not None:
        limits.append(_end_of_life(opened_at, life, unit, zone))
    return min(limits, default=None)


def last_day(until: datetime, zone: str) -> date:
    """The last day in `zone` on which a container usable until `until` may be used."""
    return day_in(zone, until - timedelta(milliseconds=1))


def ends_with_a_day(until: datetime, zone: str) -> bool:
    """True where `until` is the end of a whole day in `zone`, so that the day alone says it."""
    return until == start_of_day(zone, day_in(zone, until))


def _end_of_life(opened_at: datetime, life: int, unit: LifeUnit, zone: str) -> datetime:
    if unit is LifeUnit.HOURS:
        left = datetime(LAST_DAY.year, 12, 31, tzinfo=UTC) - opened_at
        return opened_at.astimezone(UTC) + timedelta(hours=min(life, left // timedelta(hours=1)))
    opened_on = day_in(zone, opened_at)
    return _end_of(_days_after(opened_on, life) if unit is LifeUnit.DAYS else _months_after(opened_on, life), zone)


def _days_after(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (LAST_DAY - day).days))


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > LAST_DAY.year:
        return LAST_DAY
    month_length = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, month_length))


def _end_of(day: date, zone: str) -> datetime:
    return start_of_day(zone, min(day, LAST_DAY) + timedelta(days=1))
