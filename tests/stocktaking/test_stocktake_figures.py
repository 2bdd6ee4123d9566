"""What a count means while the books go on moving; the steps of a stocktake."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stocktaking.figures import Count, Moved, figure, newest
from inventory.stocktaking.lifecycle import ALLOWED, OPEN, TAKES_SCANS, StocktakeOver, StocktakeState, check_step

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def _count(quantity: int, first: int, last: int, round_: int = 1) -> Count:
    return Count(round_, quantity, at(first), at(last), frozenset({"n"}))


CASES = {
    "nothing moved": (100, [], _count(98, 5, 6), (100, -2, False)),
    "used before the count": (95, [Moved(at(3), -5)], _count(95, 5, 6), (95, 0, False)),
    "used after the count": (95, [Moved(at(9), -5)], _count(100, 5, 6), (100, 0, False)),
    "used after the count, which found less": (95, [Moved(at(9), -5)], _count(98, 5, 6), (100, -2, False)),
    "received after the count": (150, [Moved(at(9), 50)], _count(100, 5, 6), (100, 0, False)),
    "used at the moment of the last scan": (95, [Moved(at(6), -5)], _count(95, 6, 6), (95, 0, False)),
    "used between two scans": (95, [Moved(at(5), -5)], _count(95, 4, 6), (95, 0, True)),
    "corrected after the count": (98, [Moved(at(9), -2, True)], _count(98, 5, 6), (98, 0, False)),
    "corrected between two scans": (98, [Moved(at(5), -2, True)], _count(98, 4, 6), (98, 0, False)),
    "nobody scanned it": (100, [], None, (100, -100, False)),
    "nobody scanned it, it came after the count": (100, [Moved(at(25), 100)], None, (0, 0, False)),
    "not in the books": (0, [], _count(3, 5, 6), (0, 3, False)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_count_stands_for_the_moment_of_its_last_scan(case: tuple) -> None:
    on_hand, moved, count, (expected, difference, meanwhile) = case
    found = figure(on_hand, moved, count, at(20))
    assert (found.expected, found.difference, found.moved_meanwhile) == (expected, difference, meanwhile)
    assert found.settled is (difference == 0 and not meanwhile)


@given(
    start=st.integers(0, 100),
    moves=st.lists(st.tuples(st.integers(0, 30), st.integers(-20, 20).filter(bool)), max_size=8),
    counted_at=st.integers(0, 30),
    missing=st.integers(-5, 5),
)
def test_booking_the_difference_brings_the_books_to_the_shelf_whatever_moves(
    start: int, moves: list[tuple[int, int]], counted_at: int, missing: int
) -> None:
    """The shelf holds `missing` pieces less than the books all along; both move alike; somebody counts once."""
    moved = [Moved(at(minute), quantity) for minute, quantity in moves]
    on_shelf_at_count = start - missing + sum(q for minute, q in moves if minute <= counted_at)
    if on_shelf_at_count < 0:
        return
    books_now = start + sum(quantity for _, quantity in moves)
    found = figure(books_now, moved, _count(on_shelf_at_count, counted_at, counted_at), at(31))
    assert books_now + found.difference == books_now - missing


def test_the_last_round_stands() -> None:
    first, second = _count(90, 1, 2), _count(95, 11, 12, 2)
    assert newest([first, second], 2) is second
    assert newest([first, second], 1) is first
    assert newest([], 1) is None


@pytest.mark.parametrize("state", list(StocktakeState))
@pytest.mark.parametrize("wanted", list(StocktakeState))
def test_a_stocktake_takes_the_steps_of_its_table_only(state: StocktakeState, wanted: StocktakeState) -> None:
    if wanted in ALLOWED[state]:
        check_step(state, wanted)
    else:
        with pytest.raises(StocktakeOver):
            check_step(state, wanted)


def test_what_is_approved_or_cancelled_is_over() -> None:
    assert set(StocktakeState) - OPEN == {StocktakeState.APPROVED, StocktakeState.CANCELLED}
    assert TAKES_SCANS < OPEN
