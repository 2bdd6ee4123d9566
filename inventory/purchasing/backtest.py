"""A year of invented use, lived through twice: ordering by our rule, and at a fixed reorder point. Pure.

Both meet the same demand and the same lead times and order the same packs. The fixed point is what a careful person
sets once from the first 90 days: mean use over the mean lead time, and as much again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from random import Random

from inventory.purchasing.demand import Demand, demand_of, sums_of
from inventory.purchasing.reordering import Shelf, Terms, advise, lead_time

LEARNING, YEAR, WINDOW = 90, 365, 180
LEADS = (4, 6, 7, 7, 8, 10, 14)
BEGIN = date(2026, 1, 5)


@dataclass(frozen=True)
class Item:
    """`busy` in hundredths: the chance that a working day uses some; then 1 to `most` times `season` of that day."""

    name: str
    busy: int
    most: int
    pack: int
    seasonal: bool = False


ITEMS = (
    Item("even", 95, 24, 100),
    Item("seasonal", 95, 24, 100, seasonal=True),
    Item("uneven", 80, 90, 100),
    Item("now and then", 20, 6, 20),
    Item("rarely, then many", 8, 40, 20),
)


@dataclass(frozen=True)
class Outcome:
    """Over a year: days on which something was missing, pieces missing, mean pieces on the shelf, orders."""

    days_out: int
    missing: int
    mean_stock: float
    orders: int


Decide = Callable[[Sequence[int], int, int, Sequence[int]], int]
"""Packs to order from the use so far, on hand, on order and the lead times seen."""


def invented_use(item: Item, random: Random, days: int = LEARNING + YEAR) -> list[int]:
    """A day each, Sundays without use; a seasonal one doubles from spring to summer."""
    uses = []
    for day in range(days):
        factor = 2 if item.seasonal and 90 <= (day % 365) < 240 else 1
        open_ = (BEGIN + timedelta(days=day)).weekday() < 6
        uses.append(random.randint(1, item.most) * factor if open_ and random.randrange(100) < item.busy else 0)
    return uses


def lived(uses: Sequence[int], pack: int, decide: Decide, random: Random) -> Outcome:
    """The year after the learning days; what is missing is not made up later."""
    on_hand, coming, seen = 20 * ceil(sum(uses[:LEARNING]) / LEARNING), list[tuple[int, int]](), list[int]()
    days_out = missing = held = orders = 0
    for day in range(LEARNING, len(uses)):
        on_hand += sum(units for due, units in coming if due == day)
        coming = [(due, units) for due, units in coming if due > day]
        taken = min(on_hand, uses[day])
        missing, days_out = missing + uses[day] - taken, days_out + (taken < uses[day])
        on_hand -= taken
        held += on_hand
        packs = decide(uses[: day + 1], on_hand, sum(units for _, units in coming), seen)
        if packs:
            lead = random.choice(LEADS)
            coming.append((day + lead, packs * pack))
            seen.append(lead)
            orders += 1
    return Outcome(days_out, missing, held / (len(uses) - LEARNING), orders)


def ours(item: Item, service: int = 950, review_days: int = 7) -> Decide:
    terms = Terms(item.pack, 1, 0, review_days, service)

    def decide(uses: Sequence[int], on_hand: int, on_order: int, seen: Sequence[int]) -> int:
        shelf, lead = Shelf([(None, on_hand)], on_order), lead_time(8, seen)
        return advise(_learned(uses[-WINDOW:]), lead, shelf, terms, BEGIN).packs

    return decide


def fixed(item: Item, uses: Sequence[int], review_days: int = 7) -> Decide:
    mean = sum(uses[:LEARNING]) / LEARNING
    point = ceil(2 * mean * sum(LEADS) / len(LEADS))
    target = point + ceil(mean * review_days)

    def decide(_uses: Sequence[int], on_hand: int, on_order: int, _seen: Sequence[int]) -> int:
        position = on_hand + on_order
        return ceil((target - position) / item.pack) if position <= point else 0

    return decide


def compared(seed: int) -> list[tuple[str, Outcome, Outcome]]:
    """(item, by our rule, at the fixed point), the same for the same seed."""
    found = []
    for item in ITEMS:
        uses = invented_use(item, Random(f"{item.name} {seed}"))  # noqa: S311 - repeatable, not secret
        first = lived(uses, item.pack, ours(item), Random(f"leads {seed}"))  # noqa: S311
        second = lived(uses, item.pack, fixed(item, uses), Random(f"leads {seed}"))  # noqa: S311
        found.append((item.name, first, second))
    return found


def _learned(uses: Sequence[int]) -> Demand:
    first_day = BEGIN
    days = [(first_day + timedelta(days=place), used) for place, used in enumerate(uses) if used]
    return demand_of(sums_of(len(uses), uses), days, first_day)
