"""Which steps a gun allows, and whether it is ready."""

from datetime import date

import pytest

from inventory.guns.models import GunState
from inventory.guns.readiness import LIFECYCLE, Readiness, Step, readiness_of

AVAILABLE, IN_USE, NEEDS, OUT = (
    GunState.AVAILABLE,
    GunState.IN_USE,
    GunState.NEEDS_DISINFECTION,
    GunState.OUT_OF_SERVICE,
)
TODAY = date(2026, 11, 23)


def test_a_gun_in_use_can_only_be_given_back() -> None:
    assert [step for state, step in LIFECYCLE if state is IN_USE] == [Step.GIVE_BACK]


def test_only_a_disinfection_without_tap_water_makes_a_gun_available() -> None:
    leading = {step for (_, step), after in LIFECYCLE.items() if after is AVAILABLE}
    assert leading == {Step.DISINFECT}


def test_only_a_service_ends_out_of_service() -> None:
    ending = {step for (state, step), after in LIFECYCLE.items() if state is OUT and after is not OUT}
    assert ending == {Step.SERVICE}


def test_only_an_available_gun_is_taken_without_override() -> None:
    assert [state for state, step in LIFECYCLE if step is Step.TAKE] == [AVAILABLE]


@pytest.mark.parametrize(
    ("state", "tap", "due", "expected"),
    [
        (AVAILABLE, False, None, Readiness.READY),
        (AVAILABLE, False, "2026-11-24", Readiness.READY),
        (AVAILABLE, False, "2026-11-23", Readiness.READY),
        (AVAILABLE, False, "2026-11-22", Readiness.SERVICE_OVERDUE),
        (NEEDS, False, None, Readiness.NEEDS_DISINFECTION),
        (NEEDS, False, "2026-11-22", Readiness.SERVICE_OVERDUE),
        (IN_USE, False, None, Readiness.IN_USE),
        (IN_USE, False, "2026-11-22", Readiness.IN_USE),
        (OUT, False, None, Readiness.OUT_OF_SERVICE),
        (OUT, True, None, Readiness.TAP_WATER),
        (OUT, True, "2026-11-22", Readiness.TAP_WATER),
    ],
)
def test_the_first_reason_against_a_gun_is_named(
    state: GunState, tap: bool, due: str | None, expected: Readiness
) -> None:
    service_due_on = None if due is None else date.fromisoformat(due)
    found = readiness_of(state, rinsed_with_tap_water=tap, service_due_on=service_due_on, today=TODAY)
    assert found is expected
