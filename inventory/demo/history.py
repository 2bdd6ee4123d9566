"""Ninety days in the demo clinic, lived through the real operations."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from inventory.audit.actors import Actor
from inventory.demo.clinic import HISTORY_DAYS, DemoClinic
from inventory.demo.days import Day
from inventory.guns import operations as guns
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import CycleType, Indicator, Load, LoadState
from inventory.stock import operations as stock

DAYS = HISTORY_DAYS
SESSIONS = 400


def live_through(clinic: DemoClinic, now: datetime, seed: int, tick: Callable[[int], object]) -> None:
    """Every working day: packs, loads, containers, sessions; then the things that go wrong now and then."""
    random = Random(seed)  # noqa: S311
    working = [day for day in range(DAYS) if (clinic.first_day + timedelta(days=day)).weekday() < 6]
    plan = _spread(SESSIONS, len(working))
    day = Day(clinic, random)
    for number in range(DAYS):
        if number in working:
            _prepare(clinic, day, number, random)
            day.sessions(number, plan[working.index(number)])
        tick(1)
    _troubles(clinic, now)


def _spread(total: int, days: int) -> list[int]:
    """`total` sessions over `days`, as evenly as whole numbers allow."""
    return [total * (day + 1) // days - total * day // days for day in range(days)]


def _prepare(clinic: DemoClinic, day: Day, number: int, random: Random) -> None:
    """The lead nurse's morning: containers that are spent, a load every other day, packs when few are left."""
    lead = clinic.people["lead@demo.example"]
    early = clinic.at(number, 7, 30)
    day.renew_containers(early)
    if number % 2 == 0:
        day.loads.append(_load(clinic, number, lead, random))
    while len(day.shelf) < 20:
        day.make_up_packs(early + timedelta(minutes=10))


def _load(clinic: DemoClinic, number: int, lead: Actor, random: Random) -> Load:
    started = clinic.at(number, 6, 30)
    nurse = clinic.people["nurse@demo.example"]
    bad = random.random() < 0.03
    load = sterilising.record_load(
        clinic.steriliser,
        cycle_type=CycleType.B,
        programme="134 C, 3.5 min",
        started_at=started,
        ended_at=started + timedelta(minutes=42),
        temperature_tenths=1345,
        hold_seconds=215,
        contents="Gun holders and spacers, wrapped",
        wrapped_or_hollow=True,
        external_indicator=Indicator.PASSED,
        internal_indicator=Indicator.FAILED if bad else Indicator.PASSED,
        internal_indicator_type=5,
        dry=True,
        by=nurse,
        now=started + timedelta(minutes=45),
    )
    decision = LoadState.REJECTED if bad else LoadState.RELEASED
    meaning = "Internal indicator failed" if bad else "Parameters and indicators checked: sterile"
    sterilising.decide_load(load, decision, meaning, lead, started + timedelta(minutes=55))
    return load


def _troubles(clinic: DemoClinic, now: datetime) -> None:
    """One lot past its date, one recalled, one gun out of service; a low item and a spill come of themselves."""
    manager, lead = clinic.people["manager@demo.example"], clinic.people["lead@demo.example"]
    evening = clinic.at(DAYS - 1, 18)
    yesterday: date = clinic.first_day + timedelta(days=DAYS - 1)
    expiring = clinic.products["Needle 27G x 4 mm"]
    stock.receive(expiring, "EXP-0007", yesterday, 100, clinic.places["Main store"], manager, clinic.at(DAYS - 20, 9))
    recalled = stock.receive(
        clinic.products["Lidocaine 1 %, 20 ml vial"],
        "L77-R",
        yesterday + timedelta(days=400),
        20,
        clinic.places["Main store"],
        manager,
        clinic.at(DAYS - 15, 9),
    )
    stock.recall(recalled, "Manufacturer's field safety notice of this week", manager, evening)
    stock.write_off(
        clinic.lots["Gloves, nitrile M"][0],
        clinic.places["Main store"],
        12,
        "Box got wet",
        manager,
        evening + timedelta(minutes=10),
    )
    guns.take_out_of_service(clinic.guns[-1], "Trigger sticks; sent to the maker", lead, evening)
