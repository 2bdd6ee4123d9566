"""Whether a load may be released: the table of cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.sterilising.programmes import SHORTEST_BY_GRAVITY, SHORTEST_HOLD, against_programme
from inventory.sterilising.release import ALLOWED, Against, Cycle, LoadState, reasons_against, warnings

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
        ({"failed_test": "helix test"}, Against.TEST_FAILED),
        ({"test_missing": True}, Against.TEST_MISSING),
        ({"biological": "positive", "before_biological": True}, Against.BIOLOGICAL_POSITIVE),
        ({"biological": "pending"}, Against.BIOLOGICAL_PENDING),
        ({"biological": "invalid"}, Against.BIOLOGICAL_PENDING),
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
    for table in (SHORTEST_HOLD, SHORTEST_BY_GRAVITY):
        hottest_first = [table[tenths] for tenths in sorted(table, reverse=True)]
        assert hottest_first == sorted(hottest_first)


def test_a_rejected_or_recalled_load_stays_so() -> None:
    assert not ALLOWED[LoadState.REJECTED] and not ALLOWED[LoadState.RECALLED]
    assert set(ALLOWED) == set(LoadState)


@pytest.mark.parametrize("biological", ["none", "negative", "pending", "invalid"])
def test_a_policy_may_let_go_before_the_biological_result(biological: str) -> None:
    assert reasons_against(replace(SOUND, biological=biological, before_biological=True)) == []


@pytest.mark.parametrize(
    ("tenths", "set_hold", "measured", "hold", "sound"),
    [
        (1340, 180, 1340, 180, True),
        (1340, 210, 1340, 209, False),  # 3 min would do, but not for a programme of 3.5 min
        (1340, 210, 1339, 600, False),
        (1210, 900, 1210, 900, True),
        (1210, 1800, 1211, 1799, False),
        (1320, 240, 1320, 240, True),
        # Set shorter than anything published: the published hold stands.
        (1340, 60, 1345, 100, False),
    ],
)
def test_a_load_must_keep_what_its_programme_was_set_to(
    tenths: int, set_hold: int, measured: int, hold: int, sound: bool
) -> None:
    cycle = replace(
        SOUND,
        programme="",
        set_temperature_tenths=tenths,
        set_hold_seconds=set_hold,
        temperature_tenths=measured,
        hold_seconds=hold,
    )
    assert (reasons_against(cycle) == []) is sound


@pytest.mark.parametrize(
    ("tenths", "seconds", "gravity", "sound"),
    [
        (1340, 180, False, True),
        (1340, 179, False, False),
        (1320, 240, False, True),
        (1320, 180, False, False),
        (1260, 600, False, True),
        (1210, 900, False, True),
        (1210, 900, True, False),
        (1210, 1800, True, True),
        (1320, 900, True, True),
        (1300, 9000, False, False),
        (1260, 9000, True, False),
    ],
)
def test_a_programme_needs_a_published_hold(tenths: int, seconds: int, gravity: bool, sound: bool) -> None:
    assert (against_programme(tenths, seconds, gravity=gravity) is None) is sound


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pressure_millibar": 3042}, []),
        ({}, []),
        ({"pressure_millibar": 2600}, ["superheated"]),
        ({"pressure_millibar": 3400}, ["air may have been"]),
        ({"set_temperature_tenths": 1340, "highest_temperature_tenths": 1370}, []),
        ({"set_temperature_tenths": 1340, "highest_temperature_tenths": 1371}, ["more than 3 K above"]),
        ({"set_drying_seconds": 900, "drying_seconds": 899}, ["wet packs"]),
        ({"set_drying_seconds": 900, "drying_seconds": 900}, []),
        ({"pressure_millibar": 2600, "set_drying_seconds": 2, "drying_seconds": 1}, ["superheated", "wet packs"]),
    ],
)
def test_what_the_measurements_warn_of(changed: dict[str, int], said: list[str]) -> None:
    cycle = replace(SOUND, temperature_tenths=1340, **changed)
    found = warnings(cycle)
    assert [word in sentence for word, sentence in zip(said, found, strict=True)] == [True] * len(said)
    assert reasons_against(cycle) == []
