"""The needles of a session as bars over time, for review. Pure: needle facts in, places in the drawing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.compliance.counters import CounterState, counter_of
from inventory.compliance.facts import SessionFacts, Thresholds

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


def bars(facts: SessionFacts, fitted_at: Sequence[datetime], began: datetime, thresholds: Thresholds) -> list[Bar]:
    """A bar a needle, in order; `fitted_at` stands in the same order as the facts' needle uses."""
    length = max(1, facts.seconds)
    found = []
    for use, at in zip(facts.needle_uses, fitted_at, strict=True):
        counter = counter_of(use, thresholds, facts.spacing_mm, facts.shots_per_minute)
        x = min(WIDTH - LEAST, max(0, int((at - began).total_seconds())) * WIDTH // length)
        width = max(LEAST, min(WIDTH - x, use.seconds * WIDTH // length))
        found.append(
            Bar(use.sequence, x, width, counter.state, counter.punctures, counter.limit, counter.estimated, use.regions)
        )
    return found
