"""What may happen to a gun in which state, and whether it is ready for a session. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from inventory.guns.models import GunState


class Step(StrEnum):
    """What can happen to a gun."""

    TAKE = "take"
    TAKE_UNDER_OVERRIDE = "take_under_override"
    GIVE_BACK = "give_back"
    DISINFECT = "disinfect"
    RINSE_WITH_TAP_WATER = "rinse_with_tap_water"
    SERVICE = "service"
    TAKE_OUT_OF_SERVICE = "take_out_of_service"


LIFECYCLE: Mapping[tuple[GunState, Step], GunState] = {
    (GunState.AVAILABLE, Step.TAKE): GunState.IN_USE,
    (GunState.AVAILABLE, Step.TAKE_UNDER_OVERRIDE): GunState.IN_USE,
    (GunState.AVAILABLE, Step.DISINFECT): GunState.AVAILABLE,
    (GunState.AVAILABLE, Step.RINSE_WITH_TAP_WATER): GunState.OUT_OF_SERVICE,
    (GunState.AVAILABLE, Step.SERVICE): GunState.NEEDS_DISINFECTION,
    (GunState.AVAILABLE, Step.TAKE_OUT_OF_SERVICE): GunState.OUT_OF_SERVICE,
    (GunState.IN_USE, Step.GIVE_BACK): GunState.NEEDS_DISINFECTION,
    (GunState.NEEDS_DISINFECTION, Step.TAKE_UNDER_OVERRIDE): GunState.IN_USE,
    (GunState.NEEDS_DISINFECTION, Step.DISINFECT): GunState.AVAILABLE,
    (GunState.NEEDS_DISINFECTION, Step.RINSE_WITH_TAP_WATER): GunState.OUT_OF_SERVICE,
    (GunState.NEEDS_DISINFECTION, Step.SERVICE): GunState.NEEDS_DISINFECTION,
    (GunState.NEEDS_DISINFECTION, Step.TAKE_OUT_OF_SERVICE): GunState.OUT_OF_SERVICE,
    (GunState.OUT_OF_SERVICE, Step.DISINFECT): GunState.OUT_OF_SERVICE,
    (GunState.OUT_OF_SERVICE, Step.RINSE_WITH_TAP_WATER): GunState.OUT_OF_SERVICE,
    (GunState.OUT_OF_SERVICE, Step.SERVICE): GunState.NEEDS_DISINFECTION,
}
"""The state each allowed step leads to; what is not in the table is refused."""


class Readiness(StrEnum):
    READY = "ready"
    IN_USE = "in_use"
    TAP_WATER = "tap_water"
    OUT_OF_SERVICE = "out_of_service"
    SERVICE_OVERDUE = "service_overdue"
    NEEDS_DISINFECTION = "needs_disinfection"


def readiness_of(
    state: GunState, *, rinsed_with_tap_water: bool, service_due_on: date | None, today: date
) -> Readiness:
    """Whether a gun may be taken into a session, or the first reason why not.

    A missing disinfection comes last: it alone may be overridden, and must not hide another reason. The day
    service is due is still good.
    """
    if rinsed_with_tap_water:
        return Readiness.TAP_WATER
    if state is GunState.OUT_OF_SERVICE:
        return Readiness.OUT_OF_SERVICE
    if state is GunState.IN_USE:
        return Readiness.IN_USE
    if service_due_on is not None and service_due_on < today:
        return Readiness.SERVICE_OVERDUE
    if state is GunState.NEEDS_DISINFECTION:
        return Readiness.NEEDS_DISINFECTION
    return Readiness.READY
