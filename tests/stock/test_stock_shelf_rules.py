"""Pure rules of the shelf: ranges of lots, filling up, and what will be left at expiry."""

from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stock.filling import Supply, need_of
from inventory.stock.lot_numbers import in_range, is_range
from inventory.stock.use_up import Held, Rate, left_at_expiry, rate_of

TODAY = date(2026, 11, 23)


def _id(number: int) -> UUID:
    return UUID(int=number)


@pytest.mark.parametrize(
    ("number", "first", "last", "inside"),
    [
        ("A0150", "A0100", "A0200", True),
        ("a0150", "A0100", "A0200", True),
        ("A0100", "A0100", "A0200", True),
        ("A0200", "A0100", "A0200", True),
        ("A0099", "A0100", "A0200", False),
        ("B0150", "A0100", "A0200", False),
        ("A0150-2", "A0100", "A0200", False),
        ("A99", "A0100", "A0200", False),
        ("A150", "A0100", "A0200", True),
        ("2026-10", "2026-09", "2026-11", True),
        ("1500", "1000", "2000", True),
        ("X1500", "1000", "2000", False),
    ],
)
def test_a_lot_is_in_a_range_of_numbers_built_alike(number: str, first: str, last: str, inside: bool) -> None:
    assert in_range(number, first, last) is inside


@pytest.mark.parametrize(
    ("first", "last", "right"), [("A1", "A9", True), ("A9", "A1", False), ("A1", "9", False), ("A1", "A1", True)]
)
def test_a_range_has_ends_built_alike_and_in_order(first: str, last: str, right: bool) -> None:
    assert is_range(first, last) is right


SUPPLIES = st.lists(
    st.builds(
        Supply,
        lot_id=st.integers(1, 4).map(_id),
        location_id=st.integers(11, 13).map(_id),
        expires_on=st.none() | st.integers(0, 40).map(lambda days: TODAY + timedelta(days=days)),
        on_hand=st.integers(0, 30),
    ),
    max_size=8,
    unique_by=lambda supply: (supply.lot_id, supply.location_id),
)


@given(par=st.integers(1, 100), there=st.integers(0, 120), supplies=SUPPLIES)
def test_filling_takes_what_lacks_and_no_more_first_expired_first(par: int, there: int, supplies: list[Supply]) -> None:
    need = need_of(_id(99), par, there, supplies)
    taken = sum(pick.quantity for pick in need.picks)
    assert taken == min(max(0, par - there), sum(supply.on_hand for supply in supplies))
    assert need.short == max(0, par - there) - taken
    held = {(supply.lot_id, supply.location_id): supply for supply in supplies}
    picked = {(pick.lot_id, pick.location_id): pick.quantity for pick in need.picks}
    assert all(0 < quantity <= held[key].on_hand for key, quantity in picked.items())
    left = [s.expires_on or date.max for key, s in held.items() if s.on_hand > picked.get(key, 0)]
    used = [held[key].expires_on or date.max for key in picked]
    assert not left or not used or max(used) <= min(left)


def _left(rate: Rate, *lots: tuple[int, int | None, int]) -> dict[int, int]:
    held = [Held(_id(n), None if days is None else TODAY + timedelta(days=days), on_hand) for n, days, on_hand in lots]
    return {lot.int: left for lot, left in left_at_expiry(held, rate, TODAY).items()}


def test_what_is_used_up_in_time_leaves_nothing() -> None:
    assert _left(Rate(90, 90), (1, 29, 30)) == {1: 0}


def test_a_lot_used_through_its_last_day_leaves_the_rest() -> None:
    assert _left(Rate(90, 90), (1, 29, 40)) == {1: 10}


def test_the_next_lot_waits_until_the_first_is_empty() -> None:
    assert _left(Rate(90, 90), (1, 9, 6), (2, 19, 20)) == {1: 0, 2: 6}


def test_the_next_lot_begins_when_the_first_expires() -> None:
    assert _left(Rate(90, 90), (1, 9, 100), (2, 19, 20)) == {1: 90, 2: 10}


def test_a_part_of_a_piece_left_is_thrown_away_whole() -> None:
    assert _left(Rate(45, 90), (1, 2, 2)) == {1: 1}


def test_without_any_use_everything_is_left() -> None:
    assert _left(Rate(0, 90), (1, 29, 40), (2, None, 5)) == {1: 40, 2: 0}


@given(
    used=st.integers(0, 500),
    lots=st.lists(st.tuples(st.none() | st.integers(-3, 200), st.integers(0, 300)), max_size=6),
)
def test_never_is_more_left_than_there_is_and_the_rest_fits_the_rate(
    used: int, lots: list[tuple[int | None, int]]
) -> None:
    rate = Rate(used, 90)
    numbered = [(number, days, on_hand) for number, (days, on_hand) in enumerate(lots)]
    left = _left(rate, *numbered)
    gone = 0
    for number, days, on_hand in numbered:
        assert 0 <= left[number] <= on_hand
        gone += on_hand - left[number] if days is not None else 0
    longest = max((days for days, _ in lots if days is not None), default=-1) + 1
    assert gone <= rate.a_day * max(0, longest)


def test_a_product_known_for_two_days_has_no_rate_yet() -> None:
    assert not rate_of(20, TODAY - timedelta(days=2), TODAY).known
    assert rate_of(20, TODAY - timedelta(days=400), TODAY) == Rate(20, 90)
    assert rate_of(30, TODAY - timedelta(days=30), TODAY).a_day == Fraction(1)
    assert rate_of(-5, TODAY - timedelta(days=30), TODAY).a_day == 0
