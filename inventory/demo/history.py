"""Ninety days in the demo clinic, lived through the real operations."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from inventory.demo import shelves
from inventory.demo.clinic import HISTORY_DAYS, DemoClinic
from inventory.demo.loads import Loads
from inventory.demo.reviewing import agree_on_two, leave_a_draft, publish_second_version, review_the_flags
from inventory.demo.rooms import Rooms
from inventory.demo.shelf import NEEDLES_A_PACK, Shelf
from inventory.guns import operations as guns
from inventory.reactions import operations as reactions
from inventory.reactions.models import HowGiven, ReactionKind, ReactionSeverity
from inventory.recalls import operations as recalls
from inventory.sessions.queries import live_flags
from inventory.sterilising.models import LoadState
from inventory.stock import operations as stock
from inventory.stock.queries import on_hand
from inventory.stock.shelf_models import RecallReach

DAYS = HISTORY_DAYS
FELL = ("Povidone-iodine 10 %, 125 ml", "Alcohol pads 70 %")
"""What is to be ordered on the morning the demo is opened, one from each supplier."""
LEFT_STANDING = 2
RECALLED = "Needle 27G x 4 mm"
UNREVIEWED_DAYS = 12
"""The last days, whose flags still wait for the lead nurse."""
POLICY_ON, AGREED_ON = DAYS - 40, DAYS - 11
"""Days on which a second policy version was drafted, and actions were agreed that are overdue by now."""
REJECTED_ON, SPACERS_ON = 34, 52
"""Working days, counted from 0: of a failed indicator, and of a load of spacers."""
WEEKLY = (("Syringe 5 ml", 42), ("Gloves, nitrile M", 30), ("Alcohol pads 70 %", 1))


def live_through(clinic: DemoClinic, seed: int, sessions: int, tick: Callable[[int], object]) -> Rooms:
    """Every working day: containers, loads, packs, sessions; then the things that go wrong now and then."""
    # Another stream than the first day's: one code must not be a gun's and a container's.
    random = Random(f"history {seed}")  # noqa: S311 - repeatable, not secret
    working = [day for day in range(DAYS) if (clinic.first_day + timedelta(days=day)).weekday() < 6]
    shelf = Shelf(clinic, random)
    rooms, loads = Rooms(shelf), Loads(shelf)
    for day in range(DAYS):
        if day == POLICY_ON:
            publish_second_version(clinic, clinic.at(day - 1, 18, 30))
        if day in working:
            place = working.index(day)
            _morning(shelf, loads, day, place)
            rooms.a_day(day, sessions * (place + 1) // len(working) - sessions * place // len(working))
        if day % 7 == 4:
            _weekly_count(clinic, clinic.at(day, 18))
        _goes_wrong(clinic, shelf, day)
        if day == AGREED_ON:
            agree_on_two(clinic, clinic.at(day, 18, 40))
        shelves.on_day(clinic, day, sessions)
        tick(1)
    _last_evening(clinic, rooms, clinic.at(DAYS - 1, 18))
    return rooms


def _morning(shelf: Shelf, loads: Loads, day: int, place: int) -> None:
    """The lead nurse's: containers that are spent, a load every other working day, packs when few are left."""
    early = shelf.clinic.at(day, 7, 30)
    shelf.renew_containers(early)
    if place % 2 == 0:
        state = LoadState.REJECTED if place == REJECTED_ON else LoadState.RELEASED
        loads.cycle(early - timedelta(hours=1), state, spacers=5 if place == SPACERS_ON else 0)
    shelf.fill(early + timedelta(minutes=10))
    if day in (DAYS - 45, DAYS - 1):
        shelf.ready += shelf.make_up(shelf.clinic.lots[RECALLED][-1], NEEDLES_A_PACK, 8, early)


def _weekly_count(clinic: DemoClinic, now: datetime) -> None:
    """What the rooms used up is counted once a week."""
    for name, used in WEEKLY:
        store = clinic.places["Main store"]
        lot = next(lot for lot in clinic.lots[name] if on_hand(lot, store) >= used)
        stock.adjust(lot, store, -used, "Used in the rooms this week", clinic.manager, now)


def _goes_wrong(clinic: DemoClinic, shelf: Shelf, day: int) -> None:
    """A delivery that is nearly at its date, and packs made up of it that nobody used in time."""
    product, place = clinic.products[RECALLED], clinic.places["Main store"]
    if day == DAYS - 20:
        expires_on = clinic.first_day + timedelta(days=DAYS - 1)
        late = stock.receive(product, "EXP-0007", expires_on, 100, place, clinic.manager, clinic.at(day, 9))
        shelf.make_up(late, NEEDLES_A_PACK, 4, clinic.at(day, 10))


def _last_evening(clinic: DemoClinic, rooms: Rooms, now: datetime) -> None:
    """A recall, a wet box, a fallen shelf, a gun that sticks, two reactions, and flags that were spoken about."""
    recalled = clinic.lots[RECALLED][-1]
    text = "Field safety notice of the manufacturer: seals may be incomplete. Take the lot out of use and send it back."
    lots, issued = RecallReach.LOTS, clinic.last_day - timedelta(days=2)
    recalls.enter(recalled.product, "FSN-2291", issued, text, lots, clinic.manager, now, lots=[recalled])
    rooms.shelf.ready = [pack for pack in rooms.shelf.ready if pack.contents[0].lot is not recalled]
    gloves, place = clinic.lots["Gloves, nitrile M"][-1], clinic.places["Main store"]
    stock.write_off(gloves, place, 12, "Box got wet", clinic.manager, now + timedelta(minutes=5))
    for name in FELL:
        lot = clinic.lots[name][-1]
        broken = on_hand(lot, place) - LEFT_STANDING
        stock.write_off(lot, place, broken, "A shelf gave way", clinic.manager, now + timedelta(minutes=6))
    guns.take_out_of_service(clinic.guns[-1], "Trigger sticks; sent to the maker", clinic.lead, now)
    _reactions(clinic, rooms, now)
    review_the_flags(clinic, now - timedelta(days=UNREVIEWED_DAYS), now + timedelta(minutes=20))
    leave_a_draft(clinic, now + timedelta(minutes=40))
    shelves.last_evening(clinic, now + timedelta(minutes=25))


def _reactions(clinic: DemoClinic, rooms: Rooms, now: datetime) -> None:
    flagged = next(treatment for treatment in rooms.over if live_flags(treatment))
    reported = (
        (rooms.over[-12], ReactionKind.RASH, ReactionSeverity.MILD, "Red for two days, gone by itself"),
        (flagged, ReactionKind.SUSPECTED_INFECTION, ReactionSeverity.MODERATE, "Nodules along the punctures"),
    )
    for treatment, kind, severity, note in reported:
        reactions.report(treatment, kind, severity, clinic.last_day, note, clinic.lead, now)
    for treatment in rooms.over[-30::3]:
        reactions.give_aftercare(treatment, HowGiven.PRINTED, clinic.nurse, treatment.closed_at or now)
