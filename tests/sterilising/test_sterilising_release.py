"""Whether a load may be released: the table of cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.sterilising.release import ALLOWED, MINIMUM_HOLD_SECONDS, Against, Cycle, LoadState, reasons_against

SOUND = Cycle(
    cycle_type="B",
    programme="134 C, 3.5 min",
    temperature_tenths=1345,
    hold_seconds=215,
    wrapped_or_hollow=True,
    external_indicator="passed",
    internal_indicator="passed",
    dry=True,
)


def test_nothing_speaks_against_a_sound_load() -> None:
    assert reasons_against(SOUND) == []


@pytest.mark.parametrize(
    ("changed", "against"),
    [
        ({"external_indicator": "failed"}, Against.EXTERNAL_INDICATOR),
        ({"external_indicator": "not_read"}, Against.EXTERNAL_INDICATOR),
        ({"internal_indicator": "failed"}, Against.INTERNAL_INDICATOR),
        ({"internal_indicator": "not_read"}, Against.INTERNAL_INDICATOR),
        ({"dry": False}, Against.WET),
        ({"cycle_type": "N"}, Against.NOT_FOR_N_CYCLE),
        ({"temperature_tenths": 1339}, Against.TOO_COLD),
        ({"hold_seconds": 179}, Against.TOO_SHORT),
    ],
)
def test_each_shortcoming_speaks_against_a_release(changed: dict[str, object], against: Against) -> None:
    assert [reason.against for reason in reasons_against(replace(SOUND, **changed))] == [against]


def test_an_n_cycle_may_hold_unwrapped_solid_goods() -> None:
    assert reasons_against(replace(SOUND, cycle_type="N", wrapped_or_hollow=False)) == []


@pytest.mark.parametrize(
    ("programme", "tenths", "hold", "sound"),
    [
        ("134 C, 3.5 min", 1340, 180, True),
        ("132 C", 1320, 240, True),
        ("132 C", 1320, 239, False),
        ("121 C, 20 min", 1210, 900, True),
        ("121 C, 20 min", 1210, 899, False),
        ("121 C, 20 min", 1209, 1200, False),
        # It names 134 C: 132 C for long enough is not what it was validated for.
        ("134 C, 3.5 min", 1335, 1200, False),
        # It names none: judged by what it reached.
        ("Universal", 1335, 240, True),
        ("Universal", 1335, 239, False),
        ("Universal", 1205, 3600, False),
        ("Quick 1340", 1211, 900, True),
    ],
)
def test_the_hold_is_measured_against_the_programme(programme: str, tenths: int, hold: int, sound: bool) -> None:
    cycle = replace(SOUND, programme=programme, temperature_tenths=tenths, hold_seconds=hold)
    assert (reasons_against(cycle) == []) is sound


@given(
    st.integers(0, 2000),
    st.integers(0, 5000),
    st.sampled_from(["134 C", "132 C", "121 C", "Universal"]),
    st.integers(0, 100),
    st.integers(0, 1000),
)
def test_hotter_and_longer_never_speaks_against_a_load(
    tenths: int, hold: int, programme: str, warmer: int, longer: int
) -> None:
    cycle = replace(SOUND, programme=programme, temperature_tenths=tenths, hold_seconds=hold)
    if not reasons_against(cycle):
        assert not reasons_against(replace(cycle, temperature_tenths=tenths + warmer, hold_seconds=hold + longer))


def test_a_colder_band_never_needs_less_time() -> None:
    hottest_first = [MINIMUM_HOLD_SECONDS[tenths] for tenths in sorted(MINIMUM_HOLD_SECONDS, reverse=True)]
    assert hottest_first == sorted(hottest_first)


def test_a_rejected_or_recalled_load_stays_so() -> None:
    assert not ALLOWED[LoadState.REJECTED] and not ALLOWED[LoadState.RECALLED]
    assert set(ALLOWED) == set(LoadState)
