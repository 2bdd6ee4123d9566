"""How much of a product is used a day and how unevenly, from sums over days. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inventory.purchasing.forecasting import INTERVAL_CUT_OFF, Pattern, pattern, sba

LEAST_DAYS = 28
LEAST_USES = 3
"""Fewer days of history, or fewer days of use in it, say too little: the typed level holds."""


@dataclass(frozen=True)
class Sums:
    """Over a window of `days`: on how many something was used, the sum and the sum of squares of the days' use."""

    days: int
    days_of_use: int
    used: int
    squares: int


@dataclass(frozen=True)
class Demand:
    """`rate` in base units a day, `variance` of a day's use. `known` is False where there is too little history."""

    rate: float
    variance: float
    pattern: Pattern
    known: bool


UNKNOWN = Demand(0.0, 0.0, Pattern.SMOOTH, False)


def is_intermittent(sums: Sums) -> bool:
    """Whether `demand_of` needs the single days."""
    return sums.days_of_use > 0 and sums.days >= INTERVAL_CUT_OFF * sums.days_of_use


def demand_of(sums: Sums, uses: Sequence[tuple[date, int]] = (), first_day: date | None = None) -> Demand:
    """Mean and sample variance a day; for intermittent use the rate is SBA's, from the days of use in order.

    The variance counts days without use too, so it holds for both.
    """
    if sums.days < LEAST_DAYS or sums.days_of_use < LEAST_USES:
        return UNKNOWN
    mean = sums.used / sums.days
    variance = max(0.0, (sums.squares - sums.used * mean) / (sums.days - 1))
    kind = pattern(sums.days / sums.days_of_use, _squared_variation(sums))
    rate = mean
    if kind in (Pattern.INTERMITTENT, Pattern.LUMPY) and uses and first_day is not None:
        periods = [(day - first_day).days + 1 for day, _ in uses]
        rate = sba(periods, [used for _, used in uses])
    return Demand(rate, variance, kind, True)


def sums_of(days: int, uses: Sequence[int]) -> Sums:
    """Of single days, as the database sums them up."""
    used = [use for use in uses if use > 0]
    return Sums(days, len(used), sum(used), sum(use * use for use in used))


def _squared_variation(sums: Sums) -> float:
    """Of the sizes of the days with use (population variance, as it is a description and no estimate)."""
    mean = sums.used / sums.days_of_use
    return max(0.0, sums.squares / sums.days_of_use - mean * mean) / (mean * mean)
