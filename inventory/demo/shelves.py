"""What is kept where in the demo clinic: levels, a stocktake that found two lots short, sharps containers."""

from datetime import datetime, timedelta

from inventory.demo.clinic import HISTORY_DAYS, DemoClinic
from inventory.digest import operations as digest
from inventory.sharps import operations as sharps
from inventory.stock import pars
from inventory.stock.ledger import holdings_of
from inventory.stock.models import LocationKind
from inventory.stocktaking import approving
from inventory.stocktaking import operations as stocktaking
from inventory.stocktaking.lines import to_count_again

SHARPS_ON = HISTORY_DAYS - 26
LEVELS = (
    ("Trolley A", "Alcohol pads 70 %", 4),
    ("Trolley A", "Gloves, nitrile M", 60),
    ("Trolley A", "Syringe 5 ml", 40),
    ("Room 1", "Surface wipes", 2),
    ("Room 1", "Gloves, nitrile M", 30),
    ("Preparation room", "OPA test strips", 20),
)
FILLED = "Room 1"
"""Filled up on the last evening; the trolley still waits for it."""
SHORT = {"Syringe 5 ml": 3, "Gloves, nitrile M": 2}
"""Of whose first lot so many are missing at the stocktake."""


def on_day(clinic: DemoClinic, day: int, sessions: int) -> None:
    """Containers come into the rooms, of a size that is nearly full when the demo opens."""
    if day == SHARPS_ON:
        for name, place in clinic.places.items():
            if place.kind is LocationKind.ROOM:
                line = max(5, sessions * (19 if name == "Room 1" else 60) // 100)
                sharps.place(place, clinic.nurse, clinic.at(day, 7), needles=line)


def last_evening(clinic: DemoClinic, now: datetime) -> None:
    """Levels are set, one place is filled, the store is counted, and two people ask for the daily mail."""
    for place, product, quantity in LEVELS:
        pars.set_par(clinic.places[place], clinic.products[product], quantity, clinic.manager, now)
    room = clinic.places[FILLED]
    pars.fill(room, pars.fill_list(room, now.date()).mark, clinic.lead, now)
    _count(clinic, now + timedelta(minutes=10))
    for person, parts in ((clinic.manager, ["low", "expiring"]), (clinic.lead, ["flags", "sharps"])):
        digest.choose(parts, range(5), person.membership_id, person, now + timedelta(minutes=40))


def _count(clinic: DemoClinic, now: datetime) -> None:
    """The nurse counts, her colleague counts again what differs, the manager approves."""
    store, nurse, other = clinic.places["Main store"], clinic.nurse, clinic.people["nurse2@demo.example"]
    counted = stocktaking.start(store, clinic.manager, now)
    for name, product in clinic.products.items():
        missing = SHORT.get(name, 0)
        for held in holdings_of(product):
            if held.location is store:
                stocktaking.count(counted, store, held.lot, held.on_hand - missing, nurse, now)
                missing = 0
    stocktaking.finish(counted, nurse, now + timedelta(minutes=12))
    for line in to_count_again(counted)[0]:
        stocktaking.count(counted, store, line.lot, line.figure.counted, other, now + timedelta(minutes=16))
    stocktaking.finish(counted, other, now + timedelta(minutes=18))
    approving.approve(counted, clinic.manager, now + timedelta(minutes=25))
