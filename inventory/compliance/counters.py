"""The counter on the nurse's screen: how near the fitted needle is to its first limit. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from inventory.compliance.facts import NeedleUseFacts, Thresholds
from inventory.compliance.needles import Measure, is_past, limits_of, wear_of
from inventory.compliance.punctures import punctures_of

NEARLY = 800
"""Permille of minutes or area at which the ring turns amber. An assumption: N5 has punctures only."""


class CounterState(StrEnum):
    OK = "ok"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Counter:
    """`permille` of the limit that comes first, 1000 when it is reached; `bites` names it.

    `limit` is that of the punctures, whichever limit comes first.
    """

    punctures: int
    limit: int
    estimated: bool
    permille: int
    state: CounterState
    bites: Measure


def counter_of(
    use: NeedleUseFacts,
    thresholds: Thresholds,
    spacing_mm: int | None = None,
    shots_per_minute: int | None = None,
) -> Counter:
    """Amber from N5 on, red past N6 (N11), N7 or N8: red exactly where `NEEDLE_OVERDUE` is found."""
    punctures, estimated = punctures_of(use, thresholds, spacing_mm, shots_per_minute)
    limits = limits_of(use, thresholds)
    wear = wear_of(use, punctures, thresholds)
    first = max(wear, key=lambda part: part.permille)
    if is_past(use, punctures, thresholds):
        state = CounterState.OVERDUE
    elif punctures >= limits.soon or first.permille >= NEARLY:
        state = CounterState.SOON
    else:
        state = CounterState.OK
    return Counter(
        punctures,
        limits.punctures,
        estimated,
        min(1000, first.permille),
        state,
        first.measure,
    )
