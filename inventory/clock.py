"""The only callers of the system clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The present moment, aware, in UTC, cut to whole milliseconds as it is stored."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day that `moment` falls on in the time zone named `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of_day(zone: str, day: date) -> datetime:
    """The first moment of `day` in `zone`, in UTC; right on the days the clocks change."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def in_zone(moment: datetime, time_zone: str) -> str:
    """`23 Nov 2026, 14:05 CET (UTC+01:00)`: what stands under a signature must be understood in another country too."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M %Z} (UTC{local.isoformat()[-6:]})"
