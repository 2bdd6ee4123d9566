"""Numbers that become bars: what is longer is drawn longer, and nothing leaves the drawing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.web.charts import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Chart, Value, columns, round_top, rows

AMOUNTS = st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=60)


def _of(draw, amounts: list[float]) -> Chart:
    return draw(
        "Use", "pieces", [Value(f"Week {n}", amount, f"{amount:g}") for n, amount in enumerate(amounts)], "Said."
    )


@pytest.mark.parametrize(
    ("largest", "top"),
    [(0, 1), (0.2, 1), (1, 1), (1.5, 2), (2, 2), (2.1, 5), (9, 10), (10, 10), (11, 20), (500, 500), (501, 1000)],
)
def test_the_scale_ends_at_a_round_number(largest: float, top: float) -> None:
    assert round_top(largest) == top


@given(st.floats(0, 1e12, allow_nan=False))
def test_the_scale_holds_the_largest_and_wastes_less_than_three_fifths(largest: float) -> None:
    top = round_top(largest)
    assert top >= largest and (top == 1 or largest > 0.399 * top)


@given(AMOUNTS)
def test_standing_bars_stay_inside_and_in_order(amounts: list[float]) -> None:
    chart = _of(columns, amounts)
    bars = chart.bars
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH for bar in bars)
    assert all(bar.y >= TOP - 0.01 and abs(bar.y + bar.height - (HEIGHT - BOTTOM)) < 0.02 for bar in bars)
    assert all(first.x + first.width <= second.x + 0.02 for first, second in pairwise(bars))
    _longer_is_longer([(bar.value, bar.height) for bar in bars])


@given(AMOUNTS)
def test_lying_bars_stay_inside_one_below_the_other(amounts: list[float]) -> None:
    chart = _of(rows, amounts)
    assert all(0 <= bar.width <= WIDTH - 120 and bar.y + bar.height <= chart.height for bar in chart.bars)
    assert all(bar.width > 0 for bar in chart.bars if bar.value)
    _longer_is_longer([(bar.value, bar.width) for bar in chart.bars])


@pytest.mark.parametrize("draw", [columns, rows])
def test_what_the_table_says_is_what_was_given(draw) -> None:
    chart = _of(draw, [3, 0, 7.5])
    assert [(bar.label, bar.said) for bar in chart.bars] == [("Week 0", "3"), ("Week 1", "0"), ("Week 2", "7.5")]
    assert (chart.title, chart.summary, chart.empty) == ("Use", "Said.", False)


@pytest.mark.parametrize("draw", [columns, rows])
@pytest.mark.parametrize("amounts", [[], [0, 0]])
def test_nothing_used_draws_nothing(draw, amounts: list[float]) -> None:
    assert _of(draw, amounts).empty


def _longer_is_longer(pairs: list[tuple[float, float]]) -> None:
    ordered = sorted(pairs)
    assert all(low[1] <= high[1] + 0.01 for low, high in pairwise(ordered))
