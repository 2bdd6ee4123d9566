"""A p-chart: the share of sessions outside clinic policy, week by week, with the limits of mere chance. Pure.

Limits are three standard deviations of a proportion: p +/- 3 sqrt(p (1 - p) / n), for each week by its own n (W. A.
Shewhart 1931; D. C. Montgomery, Introduction to Statistical Quality Control, ch. 7). Two signals: one week outside its
limits, and eight weeks in a row on one side of the mean (Western Electric, Statistical Quality Control Handbook, 1956).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

SIGMAS = 3
RUN = 8
LEAST_WEEKS = 8
"""Below this the limits rest on too little to speak of change. A convention: 20 to 25 are usual in industry."""


@dataclass(frozen=True)
class Week:
    """Sessions that closed in the week from Monday `begins`, and those outside policy."""

    begins: date
    sessions: int
    outside: int

    @property
    def share(self) -> float:
        return self.outside / self.sessions


@dataclass(frozen=True)
class Point:
    """One week with its limits, as shares from 0 to 1. `signal` says what is more than chance there, if anything."""

    week: Week
    lower: float
    upper: float
    signal: str = ""


@dataclass(frozen=True)
class Chart:
    mean: float
    points: Sequence[Point]

    @property
    def signals(self) -> Sequence[Point]:
        return [point for point in self.points if point.signal]

    @property
    def enough(self) -> bool:
        return len(self.points) >= LEAST_WEEKS


def p_chart(weeks: Sequence[Week]) -> Chart | None:
    """Weeks without a session are left out; None where there is none at all."""
    counted = [week for week in weeks if week.sessions]
    total = sum(week.sessions for week in counted)
    if not total:
        return None
    mean = sum(week.outside for week in counted) / total
    points = []
    for week, runs in zip(counted, _runs(counted, mean), strict=True):
        reach = SIGMAS * sqrt(mean * (1 - mean) / week.sessions)
        lower, upper = max(0.0, mean - reach), min(1.0, mean + reach)
        points.append(Point(week, lower, upper, _signal(week, lower, upper, runs)))
    return Chart(mean, points)


def _signal(week: Week, lower: float, upper: float, run: int) -> str:
    if week.share > upper:
        return "above the upper limit"
    if week.share < lower:
        return "below the lower limit"
    return f"{run} weeks in a row on one side of the mean" if run >= RUN else ""


def _runs(weeks: Sequence[Week], mean: float) -> Iterator[int]:
    """How many weeks up to each one lie on its side of the mean; one on the mean ends a run."""
    run, side = 0, 0
    for week in weeks:
        now = (week.share > mean) - (week.share < mean)
        run = run + 1 if now == side and now else abs(now)
        side = now
        yield run
