"""Intermittent demand against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.purchasing.demand import UNKNOWN, demand_of, is_intermittent, sums_of
from inventory.purchasing.forecasting import Pattern, croston, pattern, sba

SIZES = [2, 1, 11, 2, 6, 3, 7, 3, 1, 1, 1]
INTERVALS = [2, 2, 2, 5, 2, 1, 6, 8, 1, 3, 2]
"""Monthly sales of a pharmaceutical product, ATC code J06: Hyndman and Athanasopoulos, Forecasting: Principles and
Practice, section "Time series of counts", where alpha 0.1 gives 2.750 / 2.793 = 0.985 a month."""


def _periods(intervals: list[int]) -> list[int]:
    return [sum(intervals[: place + 1]) for place in range(len(intervals))]


def test_the_worked_example_of_the_textbook_comes_out() -> None:
    assert croston(_periods(INTERVALS), SIZES, 0.1) == pytest.approx(0.985, abs=0.0005)


def test_the_correction_of_syntetos_and_boylan_takes_half_of_alpha_off() -> None:
    assert sba(_periods(INTERVALS), SIZES, 0.1) == pytest.approx(0.95 * 2.750 / 2.793, abs=0.0005)


@pytest.mark.parametrize(
    ("interval", "variation", "expected"),
    [
        (1.0, 0.0, Pattern.SMOOTH),
        (1.31, 0.48, Pattern.SMOOTH),
        (1.31, 0.49, Pattern.ERRATIC),
        (1.32, 0.48, Pattern.INTERMITTENT),
        (1.32, 0.49, Pattern.LUMPY),
    ],
)
def test_kinds_of_demand_are_cut_where_published(interval: float, variation: float, expected: Pattern) -> None:
    assert pattern(interval, variation) is expected


@given(size=st.integers(1, 500), interval=st.integers(1, 30), times=st.integers(1, 20))
def test_even_demand_is_forecast_as_it_is(size: int, interval: int, times: int) -> None:
    periods = [interval * (number + 1) for number in range(times)]
    assert croston(periods, [size] * times) == pytest.approx(size / interval)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 300)), min_size=1, max_size=40))
def test_a_forecast_lies_between_the_extremes(pairs: list[tuple[int, int]]) -> None:
    intervals, sizes = [gap for gap, _ in pairs], [size for _, size in pairs]
    found = croston(_periods(intervals), sizes)
    assert min(sizes) / max(intervals) - 1e-9 <= found <= max(sizes) / min(intervals) + 1e-9


@given(st.lists(st.integers(0, 50), min_size=28, max_size=120))
def test_sums_tell_mean_and_variance_of_all_days(uses: list[int]) -> None:
    sums = sums_of(len(uses), uses)
    found = demand_of(sums)
    if sums.days_of_use < 3:
        assert found == UNKNOWN
        return
    mean = sum(uses) / len(uses)
    assert found.rate == pytest.approx(mean)
    assert found.variance == pytest.approx(sum((use - mean) ** 2 for use in uses) / (len(uses) - 1), abs=1e-6)


def test_few_days_or_few_uses_tell_nothing() -> None:
    assert demand_of(sums_of(27, [5] * 27)) == UNKNOWN
    assert demand_of(sums_of(60, [5, 5])) == UNKNOWN


def test_use_every_other_day_is_intermittent_and_five_in_six_is_not() -> None:
    assert is_intermittent(sums_of(60, [4] * 30))
    assert not is_intermittent(sums_of(60, [4] * 50))
