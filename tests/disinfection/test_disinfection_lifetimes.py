"""Until when an opened container may be used."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.clock import day_in, start_of_day
from inventory.disinfection.lifetimes import ends_with_a_day, last_day, usable_until
from inventory.stock.models import LifeUnit

BRUSSELS, PARIS, SAO_PAULO, LORD_HOWE = (
    "Europe/Brussels",
    "Europe/Paris",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
)
ZONES = [BRUSSELS, PARIS, SAO_PAULO, LORD_HOWE, "Pacific/Kiritimati", "America/Havana", "UTC"]
HOURS, DAYS, MONTHS = LifeUnit.HOURS, LifeUnit.DAYS, LifeUnit.MONTHS


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("opened", "life", "unit", "printed", "last"),
    [
        ("2026-03-02T10:00", 28, DAYS, None, "2026-03-30"),
        ("2026-03-02T00:00", 28, DAYS, None, "2026-03-30"),
        ("2026-03-02T23:59", 28, DAYS, None, "2026-03-30"),
        ("2026-03-02T10:00", 28, DAYS, "2026-03-20", "2026-03-20"),
        ("2026-03-02T10:00", 28, DAYS, "2026-03-30", "2026-03-30"),
        ("2026-03-02T10:00", 28, DAYS, "2026-03-02", "2026-03-02"),
        ("2026-03-02T10:00", None, None, "2026-03-20", "2026-03-20"),
        ("2026-01-31T10:00", 1, MONTHS, None, "2026-02-28"),
        ("2028-01-31T10:00", 1, MONTHS, None, "2028-02-29"),
        ("2026-08-31T10:00", 6, MONTHS, None, "2027-02-28"),
        ("2026-12-15T10:00", 1, MONTHS, None, "2027-01-15"),
        ("2026-11-30T10:00", 1, MONTHS, None, "2026-12-30"),
        ("2026-11-23T10:00", 24, HOURS, None, "2026-11-24"),
        ("2026-11-23T10:00", 14, HOURS, None, "2026-11-23"),
        ("2026-11-23T10:00", 28, DAYS, "9999-12-31", "2026-12-21"),
        ("2026-11-23T10:00", None, None, "9999-12-31", "9998-12-31"),
        ("2026-11-23T10:00", 10_000_000, DAYS, None, "9998-12-31"),
        ("2026-11-23T10:00", 1_000_000, MONTHS, None, "9998-12-31"),
    ],
)
def test_the_last_day_is_counted_from_the_day_of_opening(
    opened: str, life: int | None, unit: LifeUnit | None, printed: str | None, last: str
) -> None:
    printed_expiry = None if printed is None else date.fromisoformat(printed)
    until = usable_until(local(BRUSSELS, opened), life, unit, printed_expiry, BRUSSELS)
    assert until is not None
    assert last_day(until, BRUSSELS) == date.fromisoformat(last)


def test_without_opened_life_and_expiry_nothing_is_known() -> None:
    assert usable_until(local(BRUSSELS, "2026-03-02T10:00"), None, None, None, BRUSSELS) is None


def test_an_endless_life_in_hours_ends_within_the_calendar() -> None:
    until = usable_until(local(BRUSSELS, "2026-03-02T10:00"), 10**9, HOURS, None, BRUSSELS)
    assert until is not None
    assert until.year == 9998


@pytest.mark.parametrize(
    ("zone", "opened", "hours", "until"),
    [
        # The nights the clocks change: 24 hours are 24 hours, whatever the clock on the wall says.
        (PARIS, "2026-03-28T12:00", 24, "2026-03-29T13:00"),
        (PARIS, "2026-10-24T12:00", 24, "2026-10-25T11:00"),
        (SAO_PAULO, "2018-11-03T12:00", 24, "2018-11-04T13:00"),
        (SAO_PAULO, "2018-02-17T12:00", 24, "2018-02-18T11:00"),
        (LORD_HOWE, "2026-10-03T12:00", 24, "2026-10-04T12:30"),
        (LORD_HOWE, "2026-04-04T12:00", 24, "2026-04-05T11:30"),
    ],
)
def test_hours_are_exact_when_the_clocks_change(zone: str, opened: str, hours: int, until: str) -> None:
    assert usable_until(local(zone, opened), hours, HOURS, None, zone) == local(zone, until)


@pytest.mark.parametrize(
    ("zone", "opened", "days", "length"),
    [
        # From noon through the end of the next day: 36 hours, but for the night in between.
        (PARIS, "2026-03-28T12:00", 1, timedelta(hours=35)),
        (PARIS, "2026-10-24T12:00", 1, timedelta(hours=37)),
        (SAO_PAULO, "2018-11-03T12:00", 1, timedelta(hours=35)),
        (SAO_PAULO, "2018-02-17T12:00", 1, timedelta(hours=37)),
        (LORD_HOWE, "2026-10-03T12:00", 1, timedelta(hours=35, minutes=30)),
        (LORD_HOWE, "2026-04-04T12:00", 1, timedelta(hours=36, minutes=30)),
    ],
)
def test_days_end_with_the_clinics_day_when_the_clocks_change(
    zone: str, opened: str, days: int, length: timedelta
) -> None:
    until = usable_until(local(zone, opened), days, DAYS, None, zone)
    assert until is not None
    assert until - local(zone, opened) == length


zones = st.sampled_from(ZONES)
moments = st.integers(0, 90 * 365 * 86_400).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
lives = st.integers(1, 800)
units = st.sampled_from(LifeUnit)


@given(zones, moments, lives, units, st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_printed_expiry_only_ever_shortens(
    zone: str, opened: datetime, life: int, unit: LifeUnit, printed: date | None
) -> None:
    bare = usable_until(opened, life, unit, None, zone)
    until = usable_until(opened, life, unit, printed, zone)
    assert bare is not None and until is not None
    assert until <= bare
    assert printed is None or last_day(until, zone) <= printed


@given(zones, moments, lives, units)
def test_a_longer_life_never_ends_earlier(zone: str, opened: datetime, life: int, unit: LifeUnit) -> None:
    shorter, longer = (usable_until(opened, length, unit, None, zone) for length in (life, life + 1))
    assert shorter is not None and longer is not None
    assert opened < shorter <= longer


@given(zones, moments, lives)
def test_days_are_the_clinics_days(zone: str, opened: datetime, life: int) -> None:
    until = usable_until(opened, life, DAYS, None, zone)
    assert until is not None
    last = day_in(zone, opened) + timedelta(days=life)
    assert last_day(until, zone) == last
    assert day_in(zone, until) == last + timedelta(days=1)
    assert until == start_of_day(zone, last + timedelta(days=1))
    assert ends_with_a_day(until, zone)


@given(zones, moments, st.integers(1, 240))
def test_months_keep_the_day_or_end_with_the_month(zone: str, opened: datetime, life: int) -> None:
    until = usable_until(opened, life, MONTHS, None, zone)
    assert until is not None
    first, last = day_in(zone, opened), last_day(until, zone)
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == life
    assert last.day == first.day or (last.day < first.day and (last + timedelta(days=1)).day == 1)


@given(zones, moments, lives)
def test_hours_are_exact(zone: str, opened: datetime, life: int) -> None:
    until = usable_until(opened, life, HOURS, None, zone)
    assert until is not None
    assert until - opened == timedelta(hours=life)
