"""Invented years of use, each lived through by our rule and at a fixed reorder point. Pure.

All meet the same demand and the same lead times and order the same packs. The fixed point is what a careful person
sets once from the first 90 days: mean use over the mean lead time, and as much again. As days out can be bought with
stock, there is a third: the fixed point that was set, with hindsight, so that it holds as much on average as ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from random import Random

from inventory.purchasing.demand import demand_of, history_of
from inventory.purchasing.reordering import Shelf, Terms, advise, lead_time

LEARNING, YEAR, WINDOW = 90, 365, 180
LEADS = (4, 6, 7, 7, 8, 10, 14)
TYPED_LEAD = sum(LEADS) // len(LEADS)
CAREFUL = 2.0
"""Times the use of a mean lead time: what a careful person sets."""
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

    days_out: float
    missing: float
    mean_stock: float
    orders: float


@dataclass(frozen=True)
class Compared:
    """Means over the years. `level`: fixed at `times` the use of a lead time, which holds as much stock as ours."""

    name: str
    ours: Outcome
    fixed: Outcome
    level: Outcome
    times: float


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
    on_hand, coming, seen = 20 * ceil(sum(uses[:LEARNING]) / LEARNING), list[tuple[int, int, int]](), list[int]()
    days_out = missing = held = orders = 0
    for day in range(LEARNING, len(uses)):
        on_hand += sum(units for due, units, _ in coming if due == day)
        seen += [lead for due, _, lead in coming if due == day]
        coming = [order for order in coming if order[0] > day]
        taken = min(on_hand, uses[day])
        missing, days_out = missing + uses[day] - taken, days_out + (taken < uses[day])
        on_hand -= taken
        held += on_hand
        packs = decide(uses[: day + 1], on_hand, sum(units for _, units, _ in coming), seen)
        if packs:
            lead = random.choice(LEADS)
            coming.append((day + lead, packs * pack, lead))
            orders += 1
    return Outcome(days_out, missing, held / (len(uses) - LEARNING), orders)


def ours(item: Item, service: int = 950, review_days: int = 7) -> Decide:
    terms = Terms(item.pack, 1, 0, review_days, service)

    def decide(uses: Sequence[int], on_hand: int, on_order: int, seen: Sequence[int]) -> int:
        shelf, lead = Shelf([(None, on_hand)], on_order), lead_time(TYPED_LEAD, seen)
        return advise(demand_of(history_of(uses[-WINDOW:])), lead, shelf, terms, BEGIN).packs

    return decide


def fixed(item: Item, uses: Sequence[int], times: float = CAREFUL, review_days: int = 7) -> Decide:
    mean = sum(uses[:LEARNING]) / LEARNING
    point = ceil(times * mean * sum(LEADS) / len(LEADS))
    target = point + ceil(mean * review_days)

    def decide(_uses: Sequence[int], on_hand: int, on_order: int, _seen: Sequence[int]) -> int:
        position = on_hand + on_order
        return ceil((target - position) / item.pack) if position <= point else 0

    return decide


def compared(seeds: Sequence[int]) -> list[Compared]:
    """Each item over a year a seed: the same for the same seeds."""
    found = []
    for item in ITEMS:
        years = {seed: invented_use(item, Random(f"{item.name} {seed}")) for seed in seeds}  # noqa: S311 - repeatable
        own = _mean(years, item, _by_our_rule(item))
        times = _holding(own.mean_stock, years, item)
        set_once, level = (_mean(years, item, _fixed_at(item, each)) for each in (CAREFUL, times))
        found.append(Compared(item.name, own, set_once, level, times))
    return found


def _holding(stock: float, years: Mapping[int, Sequence[int]], item: Item) -> float:
    """How many times the use of a lead time the fixed point is that holds `stock` on average, by halving."""
    least, most = 0.0, 16.0
    for _ in range(10):
        middle = (least + most) / 2
        if _mean(years, item, _fixed_at(item, middle)).mean_stock < stock:
            least = middle
        else:
            most = middle
    return most


def _by_our_rule(item: Item) -> Callable[[Sequence[int]], Decide]:
    return lambda _uses: ours(item)


def _fixed_at(item: Item, times: float) -> Callable[[Sequence[int]], Decide]:
    return lambda uses: fixed(item, uses, times)


def _mean(years: Mapping[int, Sequence[int]], item: Item, rule: Callable[[Sequence[int]], Decide]) -> Outcome:
    lives = [lived(uses, item.pack, rule(uses), Random(f"leads {seed}")) for seed, uses in years.items()]  # noqa: S311
    names = ("days_out", "missing", "mean_stock", "orders")
    return Outcome(*(sum(getattr(life, name) for life in lives) / len(lives) for name in names))
