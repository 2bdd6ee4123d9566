"""The morning on which the demo is opened: something for each person to go on with."""

from datetime import datetime, timedelta

from inventory.clock import day_in, start_of_day
from inventory.demo.clinic import ZONE, DemoClinic
from inventory.demo.history import RECALLED
from inventory.demo.loads import Loads
from inventory.demo.rooms import Rooms
from inventory.demo.shelf import NEEDLES_A_PACK, SHEET
from inventory.demo.sittings import MID, Sitting
from inventory.packs import operations as packs
from inventory.packs import parts
from inventory.sessions import operations
from inventory.sterilising.models import Load, LoadState

AWAITING_LABELS = 6
"""At least, and as many as the clinic's packs still lack."""


def open_the_day(clinic: DemoClinic, rooms: Rooms, total_packs: int, now: datetime) -> None:
    """A quarantined and an undecided load, packs without labels, a session that runs and one in setup."""
    midnight = start_of_day(ZONE, day_in(ZONE, now))
    begun = max(now - timedelta(minutes=40), midnight)

    def at(part: int) -> datetime:
        """`part` hundredths of the way from the morning's begin to now: also right after midnight all is today."""
        return begun + (now - begun) * part // 100

    shelf, loads = rooms.shelf, Loads(rooms.shelf)
    shelf.renew_containers(at(0))
    loads.cycle(begun - timedelta(hours=3), LoadState.QUARANTINED, spacers=4)
    awaiting = loads.cycle(begun - timedelta(minutes=50), LoadState.AWAITING, spacers=6)
    missing = max(AWAITING_LABELS, total_packs - shelf.made)
    shelf.make_up(clinic.lots[RECALLED][0], NEEDLES_A_PACK, missing, at(10), labelled=False)
    _holders(clinic, rooms, awaiting, at(12))
    running, _ = rooms.begin(Sitting((("neck_front", MID, 170),), ()), clinic.nurse, at(82))
    operations.count_shots(running, 62, clinic.nurse, at(98))
    rooms.set_up(Sitting((("scalp_front", MID, 220),), ()), clinic.nurse, at(97))


def _holders(clinic: DemoClinic, rooms: Rooms, load: Load, now: datetime) -> None:
    """Three reusable holders: one in a pack that waits for its load's decision, one free, one at its limit."""
    made = [
        parts.add_part(
            "Holder, electronic injector", number, 200, clinic.lead, now, cycles=cycles, new_code=rooms.shelf.code
        )
        for number, cycles in (("H-01", 112), ("H-02", 87), ("H-03", 200))
    ]
    until = day_in(ZONE, now) + timedelta(days=180)
    pack = parts.pack_parts(made[:1], until, clinic.lead, now, new_code=rooms.shelf.code)
    packs.mark_labelled([pack], SHEET, 1, clinic.lead, now)
    packs.put_in_load([pack], load, clinic.lead, now)
