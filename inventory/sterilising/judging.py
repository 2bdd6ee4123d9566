"""A load's row as the facts the release rules judge."""

from datetime import date, datetime, timedelta

from inventory.audit.actors import Actor
from inventory.clock import day_in, start_of_day
from inventory.compliance.facts import Thresholds
from inventory.compliance.queries import policy_on, thresholds_of
from inventory.errors import NotHere
from inventory.sterilising import queries
from inventory.sterilising.models import PENETRATION, CycleType, Load, StartUpTest, Steriliser, TestKind
from inventory.sterilising.release import Cycle, Reason, reasons_against, warnings

NAMES = {TestKind.BOWIE_DICK: "Bowie-Dick test", TestKind.HELIX: "helix test", TestKind.VACUUM_LEAK: "vacuum leak test"}


def against_release(load: Load, by: Actor, now: datetime) -> tuple[list[Reason], list[str]]:
    """What speaks against releasing `load`, and what warns, for its page."""
    cycle = cycle_of(load, by, now)
    return reasons_against(cycle), warnings(cycle)


def cycle_of(load: Load, by: Actor, now: datetime) -> Cycle:
    """By the policy in force `now`, and the tests of the clinic's day on which the cycle began."""
    thresholds = thresholds_now(by, now)
    day = start_of_day(by.time_zone, day_in(by.time_zone, load.started_at))
    tests = queries.tests_between(load.steriliser, day, load.started_at)
    indicator = queries.biological_of(load)
    return Cycle(
        cycle_type=load.cycle_type.value,
        programme=load.programme,
        set_temperature_tenths=load.set_temperature_tenths,
        set_hold_seconds=load.set_hold_seconds,
        set_drying_seconds=load.set_drying_seconds,
        temperature_tenths=load.temperature_tenths,
        highest_temperature_tenths=load.highest_temperature_tenths,
        pressure_millibar=load.pressure_millibar,
        hold_seconds=load.hold_seconds,
        drying_seconds=load.drying_seconds,
        wrapped_or_hollow=load.wrapped_or_hollow,
        external_indicator=load.external_indicator.value,
        internal_indicator=load.internal_indicator.value,
        dry=load.dry,
        failed_test=_failed(tests),
        test_missing=_missing(load, tests, thresholds),
        biological="none" if indicator is None else indicator.outcome,
        before_biological=thresholds.release_before_biological,
    )


def tested_on(steriliser: Steriliser, day: date, zone: str) -> str:
    """How a steriliser stands on a day: `passed`, `failed` or `not tested`."""
    tests = queries.tests_between(steriliser, start_of_day(zone, day), start_of_day(zone, day + timedelta(days=1)))
    if _failed(tests):
        return "failed"
    return "passed" if any(test.kind in PENETRATION for test in tests) else "not tested"


def thresholds_now(by: Actor, now: datetime) -> Thresholds:
    """A clinic that has published no policy yet works by the defaults."""
    try:
        return thresholds_of(policy_on(by.clinic_id, now))
    except NotHere:
        return Thresholds()


def _failed(tests: list[StartUpTest]) -> str:
    """The newest test of each kind counts: one that failed is repeated after the repair."""
    newest = {test.kind: test for test in tests}
    return next((NAMES[kind] for kind, test in newest.items() if not test.passed), "")


def _missing(load: Load, tests: list[StartUpTest], thresholds: Thresholds) -> bool:
    """Only a pre-vacuum removes air from wrapped and hollow goods, so only its cycles need the test."""
    if load.cycle_type is not CycleType.B or not thresholds.daily_test_required:
        return False
    return not any(test.kind in PENETRATION and test.passed for test in tests)
