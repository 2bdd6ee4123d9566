"""A session over time, for review: needles as bars, their time limit, and the scans. Pure: facts in, places out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.compliance.counters import CounterState, counter_of
from inventory.compliance.facts import SessionFacts, Thresholds
from inventory.compliance.needles import limits_of
from inventory.scanning.verdicts import Tone

WIDTH = 1000
LEAST = 6
"""Units of the drawing's width: also a needle of seconds is seen."""


@dataclass(frozen=True)
class Bar:
    """One needle: `x` and `width` in thousandths of the session's length; `state` and `punctures` as on the counter."""

    sequence: int
    x: int
    width: int
    state: CounterState
    punctures: int
    limit: int
    estimated: bool
    regions: tuple[str, ...]
    limit_x: int | None = None
    """Where its time on the gun would end (N7), where that lies within the session."""


@dataclass(frozen=True)
class Mark:
    """One scan: `x` as for bars, its tone as the verdict's, and what it said."""

    x: int
    tone: Tone
    said: str


def marks(scans: Sequence[tuple[datetime, Tone, str]], began: datetime, seconds: int) -> list[Mark]:
    """The scans from the first puncture to the end, oldest first; those of the setup stand before the drawing."""
    length = max(1, seconds)
    places = [(int((at - began).total_seconds()) * WIDTH // length, tone, said) for at, tone, said in sorted(scans)]
    return [Mark(x, tone, said) for x, tone, said in places if 0 <= x <= WIDTH]


def bars(facts: SessionFacts, fitted_at: Sequence[datetime], began: datetime, thresholds: Thresholds) -> list[Bar]:
    """A bar a needle, in order; `fitted_at` stands in the same order as the facts' needle uses."""
    length = max(1, facts.seconds)
    found = []
    for use, at in zip(facts.needle_uses, fitted_at, strict=True):
        counter = counter_of(use, thresholds, facts.spacing_mm, facts.shots_per_minute)
        x = min(WIDTH - LEAST, max(0, int((at - began).total_seconds())) * WIDTH // length)
        width = max(LEAST, min(WIDTH - x, use.seconds * WIDTH // length))
        limit_x = x + limits_of(use, thresholds).seconds * WIDTH // length
        found.append(
            Bar(
                use.sequence,
                x,
                width,
                counter.state,
                counter.punctures,
                counter.limit,
                counter.estimated,
                use.regions,
                limit_x if limit_x < WIDTH else None,
            )
        )
    return found
