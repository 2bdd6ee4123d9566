"""A stocktake's states and the steps between them. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.errors import DomainError


class StocktakeState(StrEnum):
    COUNTING = "counting"
    RECOUNTING = "recounting"
    """Differences of the first count are counted again, by another person."""
    COUNTED = "counted"
    """Waits for its approval."""
    APPROVED = "approved"
    CANCELLED = "cancelled"


S = StocktakeState
ALLOWED: Mapping[StocktakeState, frozenset[StocktakeState]] = {
    S.COUNTING: frozenset({S.RECOUNTING, S.COUNTED, S.CANCELLED}),
    S.RECOUNTING: frozenset({S.COUNTED, S.CANCELLED}),
    # Back to another count where whoever approves does not believe a difference.
    S.COUNTED: frozenset({S.RECOUNTING, S.APPROVED, S.CANCELLED}),
    S.APPROVED: frozenset(),
    S.CANCELLED: frozenset(),
}
TAKES_SCANS = frozenset({S.COUNTING, S.RECOUNTING})
OPEN = frozenset(state for state, next_ones in ALLOWED.items() if next_ones)


class StocktakeOver(DomainError):
    """`wanted` cannot follow on `state`."""

    code = "IMPOSSIBLE_STEP"

    def __init__(self, state: StocktakeState, wanted: StocktakeState) -> None:
        super().__init__(f"This stocktake is {state.value} by now. Open its page again to see what comes next.")
        self.state = state
        self.wanted = wanted


def check_step(state: StocktakeState, wanted: StocktakeState) -> None:
    """Raises `StocktakeOver`."""
    if wanted not in ALLOWED[state]:
        raise StocktakeOver(state, wanted)
