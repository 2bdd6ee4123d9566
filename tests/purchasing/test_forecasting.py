"""Intermittent demand against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.purchasing.demand import UNKNOWN, History, demand_of, history_of
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


@given(st.lists(st.integers(0, 50), min_size=28, max_size=55))
def test_mean_and_variance_are_of_all_days(uses: list[int]) -> None:
    history = history_of(uses)
    found = demand_of(history)
    if len(history.used) < 3:
        assert found == UNKNOWN
        return
    mean = sum(uses) / len(uses)
    sporadic = found.pattern in (Pattern.INTERMITTENT, Pattern.LUMPY)
    assert found.rate == pytest.approx(sba(history.numbers, history.used) if sporadic else mean)
    assert found.variance == pytest.approx(sum((use - mean) ** 2 for use in uses) / (len(uses) - 1), abs=1e-6)


def test_few_days_or_few_uses_tell_nothing() -> None:
    assert demand_of(history_of([5] * 27)) == UNKNOWN
    assert demand_of(History(60, [1, 2], [5, 5])) == UNKNOWN


def test_use_every_other_day_is_intermittent_and_five_in_six_is_not() -> None:
    assert demand_of(history_of([4, 0] * 30)).pattern is Pattern.INTERMITTENT
    assert demand_of(history_of([4, 4, 4, 4, 4, 0] * 10)).pattern is Pattern.SMOOTH


@pytest.mark.parametrize(
    ("uses", "rate", "lately"),
    [
        ([10, 12] * 28, 11, False),
        ([10, 12] * 14 + [20, 24] * 14, 22, True),  # a season began
        ([20, 24] * 14 + [10, 12] * 14, 11, True),  # and ended
        ([5, 17] * 14 + [7, 17] * 14, 11.5, False),  # as chance has it
        ([10, 12] * 13 + [20, 24] * 14, 902 / 54, False),  # too short to tell
        ([9] * 150 + [0] * 28, 0, True),  # nobody uses it any more
    ],
)
def test_only_the_last_four_weeks_count_once_use_has_changed(uses: list[int], rate: float, lately: bool) -> None:
    found = demand_of(history_of(uses))
    assert (found.rate, found.lately) == (pytest.approx(rate), lately)


@given(st.lists(st.integers(1, 60), min_size=28, max_size=180))
def test_the_rate_lies_between_the_least_and_the_most_a_day(uses: list[int]) -> None:
    found = demand_of(history_of(uses))
    assert min(uses) - 1e-9 <= found.rate <= max(uses) + 1e-9
    assert found.variance >= 0
