"""One needle: its punctures and its counter."""

from dataclasses import replace

import pytest

from inventory.compliance.counters import CounterState, counter_of
from inventory.compliance.estimates import from_area, from_time
from inventory.compliance.facts import NeedleUseFacts, Thresholds
from inventory.compliance.needles import Measure, is_past, wear_of
from inventory.compliance.punctures import punctures_of

DEFAULT = Thresholds()


def needle(sequence: int = 1, **said: object) -> NeedleUseFacts:
    blank = NeedleUseFacts(needle_use=str(sequence), sequence=sequence, shots=0)
    return replace(blank, **said)  # type: ignore[arg-type]


def test_pins_count_only_where_the_policy_counts_them() -> None:
    use = needle(shots=100, pins=5)
    assert punctures_of(use, DEFAULT) == (500, False)
    assert punctures_of(use, Thresholds(count_pins=False)) == (100, False)


@pytest.mark.parametrize(
    ("area", "spacing", "punctures"),
    [(1105, 10, 1105), (1105, 15, 491), (1105, 20, 276), (595, 15, 264), (1, 20, 0), (2, 20, 1)],
)
def test_punctures_follow_from_area_and_spacing_rounded_half_up(area: int, spacing: int, punctures: int) -> None:
    assert from_area(area, spacing) == punctures


def test_punctures_follow_from_rate_and_time_where_there_is_no_area() -> None:
    assert from_time(61, 30) == 31
    use = needle(shots=None, seconds=60, pins=2)
    assert punctures_of(use, DEFAULT, 10, 30) == (60, True)
    assert punctures_of(replace(use, area_cm2=40), DEFAULT, 10, 30) == (40, True)
    assert punctures_of(use, DEFAULT) == (0, True)


@pytest.mark.parametrize(
    ("use", "permille", "state", "bites"),
    [
        (needle(shots=49), 490, CounterState.OK, Measure.PUNCTURES),
        (needle(shots=50), 500, CounterState.SOON, Measure.PUNCTURES),
        (needle(shots=100), 1000, CounterState.SOON, Measure.PUNCTURES),
        (needle(shots=250), 1000, CounterState.OVERDUE, Measure.PUNCTURES),
        (needle(seconds=719), 798, CounterState.OK, Measure.MINUTES),
        (needle(seconds=720), 800, CounterState.SOON, Measure.MINUTES),
        (needle(area_cm2=201, shots=10), 1000, CounterState.OVERDUE, Measure.AREA),
    ],
)
def test_the_counter_fills_towards_the_limit_that_comes_first(
    use: NeedleUseFacts, permille: int, state: CounterState, bites: Measure
) -> None:
    counter = counter_of(use, DEFAULT)
    assert (counter.permille, counter.state, counter.bites) == (permille, state, bites)


@pytest.mark.parametrize("high_speed", [False, True])
@pytest.mark.parametrize("area", [None, 200, 201])
@pytest.mark.parametrize("seconds", [900, 901])
@pytest.mark.parametrize("punctures", [100, 101, 400, 401])
def test_a_needle_is_past_where_any_of_its_wear_is(
    punctures: int, seconds: int, area: int | None, high_speed: bool
) -> None:
    use = needle(seconds=seconds, area_cm2=area, high_speed=high_speed)
    wear = wear_of(use, punctures, DEFAULT)
    assert is_past(use, punctures, DEFAULT) is any(one.past for one in wear)
