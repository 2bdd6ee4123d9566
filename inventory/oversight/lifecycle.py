"""What may happen to a flag in review, and where it leads. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class FlagState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACTION_AGREED = "action_agreed"
    CLOSED = "closed"


class Step(StrEnum):
    """An entry of the review. What was agreed before stays; agreeing again replaces who and by when."""

    ACKNOWLEDGE = "acknowledge"
    AGREE_ACTION = "agree_action"
    CLOSE = "close"
    REOPEN = "reopen"


LIFECYCLE: Mapping[tuple[FlagState, Step], FlagState] = {
    (FlagState.OPEN, Step.ACKNOWLEDGE): FlagState.ACKNOWLEDGED,
    (FlagState.OPEN, Step.AGREE_ACTION): FlagState.ACTION_AGREED,
    (FlagState.OPEN, Step.CLOSE): FlagState.CLOSED,
    (FlagState.ACKNOWLEDGED, Step.AGREE_ACTION): FlagState.ACTION_AGREED,
    (FlagState.ACKNOWLEDGED, Step.CLOSE): FlagState.CLOSED,
    (FlagState.ACTION_AGREED, Step.AGREE_ACTION): FlagState.ACTION_AGREED,
    (FlagState.ACTION_AGREED, Step.CLOSE): FlagState.CLOSED,
    (FlagState.CLOSED, Step.REOPEN): FlagState.OPEN,
}
"""The state each allowed step leads to; what is not in the table is refused."""


def steps_from(state: FlagState) -> Sequence[Step]:
    """What may be done next, in the order of the table."""
    return [step for (before, step) in LIFECYCLE if before is state]
