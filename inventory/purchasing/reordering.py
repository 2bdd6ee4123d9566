"""When to order again and how much. Pure: rates in base units a day, times in days, money in minor units.

Safety stock for demand and lead time that both vary and are independent (Silver, Pyke and Thomas, Inventory and
Production Management in Supply Chains, 4th ed. 2017, chapter 6): z * sqrt(L * variance of a day's use + rate^2 *
variance of L). The day that reaches the reorder point goes on below it, by E[d^2] / 2 E[d] of a day's use d on average
(Tijms and Groenevelt, "Simple approximations for the reorder point in periodic and continuous review (s, S) inventory
systems with service level constraints", European Journal of Operational Research 17, 1984): the point is that higher.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import ceil, sqrt
from statistics import NormalDist

from inventory.purchasing.demand import Demand

TYPED_LEAD_VARIATION = 0.25
"""Share of a typed lead time taken as its standard deviation until receipts tell: an assumption."""
LEAST_RECEIPTS = 3
NEVER = 10_000
"""Days of cover of what nobody uses."""


@dataclass(frozen=True)
class LeadTime:
    days: float
    variance: float
    learned: bool


@dataclass(frozen=True)
class Shelf:
    """What there is: (last good day or None, quantity) of each usable lot, and what is on its way."""

    lots: Sequence[tuple[date | None, int]]
    on_order: int

    @property
    def on_hand(self) -> int:
        return sum(quantity for _, quantity in self.lots)


@dataclass(frozen=True)
class Terms:
    """How it is sold, and how the clinic orders: every `review_days`, with `service` in thousandths."""

    pack_units: int
    minimum_packs: int
    price: int
    review_days: int
    service: int


@dataclass(frozen=True)
class Advice:
    """`packs` is 0 where nothing need be ordered. `capped` where more would expire before it is used."""

    rate: float
    will_expire: int
    cover_days: int
    safety_stock: int
    reorder_point: int
    packs: int
    capped: bool


def lead_time(typed_days: int, seen: Sequence[int]) -> LeadTime:
    """From the days between sending and receipt of the supplier's orders; as typed while fewer than three came."""
    if len(seen) < LEAST_RECEIPTS:
        return LeadTime(typed_days, (TYPED_LEAD_VARIATION * typed_days) ** 2, False)
    mean = sum(seen) / len(seen)
    return LeadTime(mean, sum((days - mean) ** 2 for days in seen) / (len(seen) - 1), True)


def undershoot(demand: Demand) -> float:
    """How far below the reorder point stock is, on average, at the end of the day that reached it."""
    return (demand.variance + demand.rate**2) / (2 * demand.rate) if demand.rate > 0 else 0.0


def safety_stock(demand: Demand, lead: LeadTime, service: int) -> int:
    """In base units, rounded up. `service` in thousandths: the chance that a cycle passes without running out."""
    return max(
        0, ceil(_deviations(service) * sqrt(lead.days * demand.variance + demand.rate**2 * lead.variance) - 1e-9)
    )


def left_at_expiry(lots: Sequence[tuple[date | None, int]], rate: float, today: date) -> int:
    """How much of the lots will not be used by its last good day at `rate`, the first to expire being used first."""
    used, left = 0.0, 0
    for last, quantity in sorted(lots, key=lambda lot: lot[0] or date.max):
        if last is None:
            break
        can_use = max(0.0, rate * ((last - today).days + 1) - used)
        used += min(can_use, quantity)
        left += max(0, quantity - int(can_use + 1e-9))
    return left


def advise(
    demand: Demand,
    lead: LeadTime,
    shelf: Shelf,
    terms: Terms,
    today: date,
    *,
    typed_level: int = 0,
    shelf_life: int | None = None,
) -> Advice:
    """Order up to the reorder point and one review period of use once stock and orders reach the reorder point.

    Where use is not known, `typed_level` is the reorder point and twice that what is ordered up to. What will have
    expired before it is used does not count as stock. `shelf_life`: days a delivery is usually good for.
    """
    expiring = left_at_expiry(shelf.lots, demand.rate, today) if demand.known else 0
    position = shelf.on_hand - expiring + shelf.on_order
    if demand.known:
        reserve = safety_stock(demand, lead, terms.service)
        point = ceil(demand.rate * lead.days + undershoot(demand) - 1e-9) + reserve
        target = point + ceil(demand.rate * terms.review_days - 1e-9)
    else:
        reserve, point, target = 0, typed_level, 2 * typed_level
    cover = int(min(NEVER, (shelf.on_hand - expiring) / demand.rate)) if demand.rate > 0 else NEVER
    due = point > 0 and position <= point
    packs, capped = _packs(target - position, position, demand, terms, shelf_life) if due else (0, False)
    return Advice(demand.rate, expiring, cover, reserve, point, packs, capped)


@cache
def _deviations(service: int) -> float:
    return NormalDist().inv_cdf(service / 1000)


def _packs(wanted: int, position: int, demand: Demand, terms: Terms, shelf_life: int | None) -> tuple[int, bool]:
    packs = max(terms.minimum_packs, ceil(max(1, wanted) / terms.pack_units))
    most = most_packs(position, demand, terms.pack_units, shelf_life)
    if most is None or packs <= most:
        return packs, False
    # Less than the least that is sold cannot be ordered; running out is worse than throwing some away.
    return max(most, terms.minimum_packs), True


def most_packs(position: int, demand: Demand, pack_units: int, shelf_life: int | None) -> int | None:
    """How many packs will be used before they expire; None where that is not known."""
    if shelf_life is None or not demand.known:
        return None
    return max(0, int((demand.rate * shelf_life - position) // pack_units))


@dataclass(frozen=True)
class Wanted:
    """One product of an order to a supplier; `most_packs` None where nothing expires."""

    key: str
    packs: int
    price: int
    pack_units: int
    rate: float
    position: int
    most_packs: int | None = None

    @property
    def cover_after(self) -> float:
        return (self.position + self.packs * self.pack_units) / self.rate if self.rate else float(NEVER)


def raised_to_minimum(lines: Sequence[Wanted], minimum: int) -> list[Wanted]:
    """Add packs, one by one, of what lasts shortest, until worth `minimum`; stop where all would expire."""
    raised = list(lines)
    while raised and sum(line.packs * line.price for line in raised) < minimum:
        free = [
            place
            for place, line in enumerate(raised)
            if line.price > 0 and (line.most_packs is None or line.packs < line.most_packs)
        ]
        if not free:
            break
        place = min(free, key=lambda at: (raised[at].cover_after, raised[at].key))
        raised[place] = replace(raised[place], packs=raised[place].packs + 1)
    return raised
