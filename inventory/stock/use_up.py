"""What will be left of each lot on its last day at the present rate of use. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

WINDOW_DAYS = 90
SHORTEST_DAYS = 14
"""A product known for less gets no rate: two days of use say nothing about three months."""


@dataclass(frozen=True)
class Rate:
    """`used` base units in the last `days` days."""

    used: int
    days: int

    @property
    def known(self) -> bool:
        return self.days >= SHORTEST_DAYS

    @property
    def a_day(self) -> Fraction:
        return Fraction(max(0, self.used), self.days)


@dataclass(frozen=True)
class Held:
    """Units of a usable lot in the clinic. `last_day` None: it does not expire."""

    lot_id: UUID
    last_day: date | None
    on_hand: int


def rate_of(used: int, known_since: date | None, today: date) -> Rate:
    """The rate over the last 90 days, or over the days since the product first came where that is less."""
    known = (today - known_since).days if known_since is not None else 0
    return Rate(used, max(1, min(WINDOW_DAYS, known)))


def left_at_expiry(lots: Sequence[Held], rate: Rate, today: date) -> dict[UUID, int]:
    """Whole units left of each lot after its last day, where lots are used one after the other, first expired first.

    A lot is used from when the one before it is empty or expired, through its own last day. A lot that does not
    expire has 0 left. A part of a unit that is left counts as a whole one: it is thrown away whole.
    """
    used_until, left = Fraction(0), dict[UUID, int]()
    for lot in sorted(lots, key=lambda lot: (lot.last_day or date.max, lot.lot_id.hex)):
        if lot.last_day is None:
            left[lot.lot_id] = 0
            continue
        ends = Fraction(max(0, (lot.last_day - today).days + 1))
        begins = min(used_until, ends)
        used = min(Fraction(lot.on_hand), rate.a_day * (ends - begins))
        left[lot.lot_id] = -((used - lot.on_hand) // 1)
        used_until = begins + used / rate.a_day if rate.a_day else ends
    return left
