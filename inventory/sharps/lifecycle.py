"""A sharps container's states, and how full it is. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.errors import DomainError


class SharpsState(StrEnum):
    IN_USE = "in_use"
    CLOSED = "closed"
    SEALED = "sealed"
    PICKED_UP = "picked_up"


class Fill(StrEnum):
    ROOM_LEFT = "room_left"
    NEARLY_FULL = "nearly_full"
    FULL = "full"


ALLOWED: Mapping[SharpsState, SharpsState | None] = {
    SharpsState.IN_USE: SharpsState.CLOSED,
    SharpsState.CLOSED: SharpsState.SEALED,
    SharpsState.SEALED: SharpsState.PICKED_UP,
    SharpsState.PICKED_UP: None,
}
NEARLY_PERCENT = 80
TENTHS_OF_ML_A_NEEDLE = 15
"""A 4 to 13 mm needle with its hub, loosely packed. An assumption: where the maker states a number, type that."""


class ImpossibleSharpsStep(DomainError):
    code = "IMPOSSIBLE_STEP"

    def __init__(self, state: SharpsState) -> None:
        super().__init__(
            f"This container is {state.value.replace('_', ' ')} by now. Open its page again to see what comes next."
        )
        self.state = state


def check_step(state: SharpsState, wanted: SharpsState) -> None:
    """Raises `ImpossibleSharpsStep`."""
    if ALLOWED[state] is not wanted:
        raise ImpossibleSharpsStep(state)


def needles_to_line(size_ml: int) -> int:
    """About how many needles fit below the fill line of a container that holds `size_ml` up to it; at least 1."""
    return max(1, size_ml * 10 // TENTHS_OF_ML_A_NEEDLE)


def fill_of(needles: int, to_line: int) -> Fill:
    """Full at the fill line, nearly full from 80 % of the way to it."""
    if needles >= to_line:
        return Fill.FULL
    return Fill.NEARLY_FULL if needles * 100 >= to_line * NEARLY_PERCENT else Fill.ROOM_LEFT
