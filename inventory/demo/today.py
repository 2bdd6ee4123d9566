"""The morning on which the demo is opened: something for each person to go on with."""

from datetime import datetime, timedelta

from inventory.clock import day_in, start_of_day
from inventory.demo.clinic import ZONE, DemoClinic
from inventory.demo.history import RECALLED
from inventory.demo.loads import Loads
from inventory.demo.rooms import Rooms
from inventory.demo.shelf import NEEDLES_A_PACK
from inventory.demo.sittings import MID, Sitting
from inventory.sessions import operations
from inventory.sterilising.models import LoadState

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
    loads.cycle(begun - timedelta(minutes=50), LoadState.AWAITING, spacers=6)
    missing = max(AWAITING_LABELS, total_packs - shelf.made)
    shelf.make_up(clinic.lots[RECALLED][0], NEEDLES_A_PACK, missing, at(10), labelled=False)
    running, _ = rooms.begin(Sitting((("neck_front", MID, 170),), ()), clinic.nurse, at(82))
    operations.count_shots(running, 62, clinic.nurse, at(98))
    rooms.set_up(Sitting((("scalp_front", MID, 220),), ()), clinic.nurse, at(97))
