"""Saturated steam by IAPWS-IF97, against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.sterilising.steam import Steam, judged, saturation_millibar


@pytest.mark.parametrize(
    ("tenths", "millibar"),
    # The verification values of IAPWS-IF97, table 35 (300 K, 500 K), and steam table figures of sterilisation.
    [(268, 35), (2268, 26389), (1000, 1014), (1210, 2050), (1320, 2868), (1340, 3042)],
)
def test_the_pressure_of_saturated_steam(tenths: int, millibar: int) -> None:
    assert saturation_millibar(tenths) == pytest.approx(millibar, rel=0.004, abs=1)


@given(st.integers(1000, 1500), st.integers(-20, 20))
def test_within_two_kelvin_steam_counts_as_saturated(tenths: int, off: int) -> None:
    assert judged(tenths, saturation_millibar(tenths + off)) is Steam.SATURATED


@given(st.integers(1000, 1500), st.integers(21, 300))
def test_more_pressure_is_air_and_less_is_superheat(tenths: int, off: int) -> None:
    assert judged(tenths, saturation_millibar(tenths + off) + 1) is Steam.AIR
    assert judged(tenths, saturation_millibar(tenths - off) - 1) is Steam.SUPERHEATED
