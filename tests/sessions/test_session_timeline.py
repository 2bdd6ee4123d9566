"""The needles of a session over its time, for review."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.compliance.counters import CounterState
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.sessions.timeline import WIDTH, bars

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _facts(*needles: tuple[int, int]) -> SessionFacts:
    """Needles as (seconds on the gun, shots), one after the other."""
    return SessionFacts(
        seconds=sum(seconds for seconds, _ in needles),
        needle_uses=tuple(
            NeedleUseFacts(needle_use=str(n), sequence=n, shots=shots, seconds=seconds, ended=True)
            for n, (seconds, shots) in enumerate(needles, start=1)
        ),
    )


def _fitted(facts: SessionFacts) -> list[datetime]:
    at, found = NINE, []
    for use in facts.needle_uses:
        found.append(at)
        at += timedelta(seconds=use.seconds)
    return found


def test_two_needles_share_the_line_as_they_shared_the_time() -> None:
    facts = _facts((180, 40), (60, 120))
    first, second = bars(facts, _fitted(facts), NINE, Thresholds())
    assert (first.x, first.width, second.x, second.width) == (0, 750, 750, 250)
    assert (first.state, first.punctures, first.limit) == (CounterState.OK, 40, 100)
    assert (second.state, second.punctures) == (CounterState.OVERDUE, 120)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_needle_of_a_second_is_still_seen(seconds: int) -> None:
    facts = _facts((seconds, 1), (3600, 10))
    assert bars(facts, _fitted(facts), NINE, Thresholds())[0].width > 0


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 500)), min_size=1, max_size=30))
def test_no_bar_leaves_the_drawing(needles: list[tuple[int, int]]) -> None:
    facts = _facts(*needles)
    for bar in bars(facts, _fitted(facts), NINE, Thresholds()):
        assert bar.x >= 0 and bar.width > 0 and bar.x + bar.width <= WIDTH
