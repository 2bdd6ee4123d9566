"""How much of a product is used a day and how unevenly, from the days on which it was used. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from operator import mul

from inventory.purchasing.forecasting import Pattern, pattern, sba

LEAST_DAYS = 28
LEAST_USES = 3
"""Fewer days of history, or fewer days of use in it, say too little: the typed level holds."""
LATELY = 28
CHANGED = 2.0
"""Standard errors between the last weeks and those before, from which on only the last weeks count: by chance alone
that is seen about once in twenty looks."""


@dataclass(frozen=True)
class History:
    """`days` long. `numbers`, from 1 and rising, of the days on which something was used; `used`, how much then."""

    days: int
    numbers: Sequence[int] = ()
    used: Sequence[int] = ()


@dataclass(frozen=True)
class Demand:
    """`rate` in base units a day, `variance` of a day's use. `known` is False where there is too little history.

    `lately`: judged by the last four weeks alone, as use has changed.
    """

    rate: float
    variance: float
    pattern: Pattern
    known: bool
    lately: bool = False


UNKNOWN = Demand(0.0, 0.0, Pattern.SMOOTH, False)


def demand_of(history: History) -> Demand:
    """Mean and sample variance a day. The variance counts days without use too.

    The rate of intermittent use is SBA's. Of steady use only the last four weeks count where they differ from what was
    before by more than chance would: a mean of half a year is a quarter of a year late.
    """
    if history.days < LEAST_DAYS or len(history.used) < LEAST_USES:
        return UNKNOWN
    whole = _plainly(history)
    if whole.pattern in (Pattern.INTERMITTENT, Pattern.LUMPY):
        return replace(whole, rate=sba(history.numbers, history.used))
    if history.days < 2 * LATELY or not _changed(history, whole):
        return whole
    return replace(_plainly(_last(history, LATELY)), lately=True)


def history_of(uses: Sequence[int]) -> History:
    """Of what was used on each day, days without use included."""
    busy = [(number, used) for number, used in enumerate(uses, 1) if used > 0]
    return History(len(uses), [number for number, _ in busy], [used for _, used in busy])


def _plainly(history: History) -> Demand:
    total, squares = sum(history.used), sum(map(mul, history.used, history.used))
    mean = total / history.days
    variance = max(0.0, (squares - total * mean) / (history.days - 1))
    return Demand(mean, variance, _pattern(history, total, squares), True)


def _pattern(history: History, total: int, squares: int) -> Pattern:
    """The variation of the sizes is a description and no estimate, so their population variance."""
    many = len(history.used)
    if not many:
        return Pattern.SMOOTH
    mean = total / many
    return pattern(history.days / many, max(0.0, squares / many - mean * mean) / (mean * mean))


def _changed(history: History, whole: Demand) -> bool:
    late = sum(_last(history, LATELY).used) / LATELY
    earlier = (whole.rate * history.days - late * LATELY) / (history.days - LATELY)
    by_chance = sqrt(whole.variance * (1 / LATELY + 1 / (history.days - LATELY)))
    return abs(late - earlier) > CHANGED * by_chance


def _last(history: History, days: int) -> History:
    gone = history.days - days
    first = bisect_right(history.numbers, gone)
    return History(days, [number - gone for number in history.numbers[first:]], history.used[first:])
