"""When and how much: figures worked out by hand, and what must hold for any."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.purchasing.demand import Demand
from inventory.purchasing.forecasting import Pattern
from inventory.purchasing.reordering import (
    NEVER,
    LeadTime,
    Shelf,
    Terms,
    Wanted,
    advise,
    lead_time,
    left_at_expiry,
    raised_to_minimum,
    safety_stock,
    undershoot,
)

TODAY = date(2026, 11, 23)


def _demand(rate: float = 10, variance: float = 0, *, known: bool = True) -> Demand:
    return Demand(rate, variance, Pattern.SMOOTH, known)


def _lead(days: float = 7, variance: float = 0) -> LeadTime:
    return LeadTime(days, variance, True)


def _terms(pack: int = 100, least: int = 1, review: int = 7) -> Terms:
    return Terms(pack, least, 1000, review, 950)


def _shelf(*lots: tuple[int | None, int], on_order: int = 0) -> Shelf:
    """Lots as (days left, quantity)."""
    return Shelf([(None if left is None else TODAY + timedelta(days=left), held) for left, held in lots], on_order)


@pytest.mark.parametrize(
    ("rate", "variance", "lead", "lead_variance", "service", "expected"),
    [
        (10, 0, 7, 0, 950, 0),  # nothing varies, nothing in reserve
        (10, 4, 9, 0, 950, 10),  # 1.6449 * sqrt(9 * 4) = 9.87
        (10, 0, 9, 4, 950, 33),  # 1.6449 * 10 * 2 = 32.9
        (10, 4, 9, 4, 950, 35),  # 1.6449 * sqrt(36 + 400) = 34.35
        (10, 4, 9, 4, 990, 49),  # 2.3263 * 20.88 = 48.58
        (10, 4, 9, 4, 500, 0),  # half of the time is what the mean gives
    ],
)
def test_safety_stock(rate, variance, lead, lead_variance, service, expected) -> None:
    assert safety_stock(_demand(rate, variance), _lead(lead, lead_variance), service) == expected


@pytest.mark.parametrize(
    ("rate", "variance", "expected"),
    [
        (10, 0, 5),  # a day's use is always 10: somewhere from 0 to 10 below
        (10, 100, 10),
        (1, 39, 20),  # 40 pieces at once, on one day of forty
        (0, 0, 0),
    ],
)
def test_how_far_below_the_point_a_day_ends(rate, variance, expected) -> None:
    assert undershoot(_demand(rate, variance)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("shelf", "terms", "packs"),
    [
        (_shelf((None, 76)), _terms(), 0),  # above 10 x 7, and half a day's use
        (_shelf((None, 75)), _terms(), 1),  # at the point: up to 145
        (_shelf((None, 10)), _terms(), 2),  # 135 wanted
        (_shelf((None, 10)), _terms(pack=50), 3),
        (_shelf((None, 10)), _terms(least=5), 5),
        (_shelf((None, 10), on_order=100), _terms(), 0),  # it is on its way
        (_shelf((4, 100)), _terms(), 1),  # 50 will be used, 50 expire: 50 count
        (_shelf(), _terms(), 2),
    ],
)
def test_packs_to_order(shelf, terms, packs) -> None:
    assert advise(_demand(), _lead(), shelf, terms, TODAY).packs == packs


def test_what_would_expire_is_not_ordered() -> None:
    advice = advise(_demand(1), _lead(30), _shelf((None, 5)), _terms(pack=10, review=90), TODAY, shelf_life=60)
    assert (advice.packs, advice.capped) == (5, True)


def test_the_least_that_is_sold_is_ordered_though_some_of_it_will_expire() -> None:
    advice = advise(_demand(1), _lead(), _shelf(), _terms(pack=100), TODAY, shelf_life=30)
    assert (advice.packs, advice.capped) == (1, True)


def test_a_new_item_goes_by_its_typed_level() -> None:
    known = advise(_demand(0, known=False), _lead(), _shelf((None, 30)), _terms(pack=10), TODAY, typed_level=30)
    assert (known.reorder_point, known.packs, known.cover_days) == (30, 3, NEVER)
    assert advise(_demand(0, known=False), _lead(), _shelf((None, 31)), _terms(), TODAY, typed_level=30).packs == 0
    assert advise(_demand(0, known=False), _lead(), _shelf(), _terms(), TODAY).packs == 0


def test_a_lead_time_is_typed_until_three_deliveries_came() -> None:
    assert lead_time(8, [3, 4]) == LeadTime(8, 4.0, False)
    assert lead_time(8, [3, 4, 8]) == LeadTime(5, 7.0, True)


@pytest.mark.parametrize(
    ("lots", "rate", "left"),
    [
        ([(0, 10)], 4, 6),  # good through its last day: one day of use
        ([(9, 100)], 10, 0),
        ([(9, 101)], 10, 1),
        ([(9, 100), (19, 150)], 10, 50),
        ([(19, 150), (9, 100)], 10, 50),
        ([(None, 1000)], 0, 0),
        ([(9, 5)], 0, 5),
    ],
)
def test_what_is_left_at_expiry_at_this_rate(lots, rate, left) -> None:
    dated = [(None if days is None else TODAY + timedelta(days=days), held) for days, held in lots]
    assert left_at_expiry(dated, rate, TODAY) == left


@given(
    rate=st.floats(0.05, 200),
    variance=st.floats(0, 2000),
    lead=st.floats(0, 60),
    held=st.integers(0, 5000),
    pack=st.integers(1, 500),
    least=st.integers(1, 10),
)
def test_an_order_brings_stock_above_the_point_and_never_a_pack_too_many(rate, variance, lead, held, pack, least):
    terms = _terms(pack, least)
    advice = advise(_demand(rate, variance), _lead(lead), _shelf((None, held)), terms, TODAY)
    if not advice.packs:
        assert held > advice.reorder_point or advice.reorder_point == 0
        return
    assert advice.packs >= least
    after, target = held + advice.packs * pack, advice.reorder_point + rate * terms.review_days
    assert after >= target - 1
    assert advice.packs == least or after - pack < target + 1


def test_a_small_order_is_raised_to_the_minimum_by_what_lasts_shortest() -> None:
    lines = [Wanted("a", 1, 1000, 100, 10, 0), Wanted("b", 1, 1000, 100, 50, 0)]
    assert [line.packs for line in raised_to_minimum(lines, 4000)] == [1, 3]
    assert raised_to_minimum(lines, 2000) == lines


def test_raising_stops_where_all_would_expire() -> None:
    lines = [Wanted("a", 1, 1000, 100, 10, 0, most_packs=2)]
    assert [line.packs for line in raised_to_minimum(lines, 9000)] == [2]
