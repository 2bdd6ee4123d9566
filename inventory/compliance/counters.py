"""The counter on the nurse's screen: how near the fitted needle is to its first limit. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from inventory.compliance.facts import NeedleUseFacts, Thresholds
from inventory.compliance.rules import puncture_limit, punctures_of


class CounterState(StrEnum):
    OK = "ok"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Counter:
    """`permille` of the limit that comes first, 1000 when it is reached; `bites` names it."""

    punctures: int
    limit: int
    estimated: bool
    permille: int
    state: CounterState
    bites: str


def counter_of(use: NeedleUseFacts, thresholds: Thresholds, spacing_mm: int | None) -> Counter:
    """Amber from N5 on, red past N6 (N11), N7 or N8."""
    punctures, estimated = punctures_of(use, thresholds, spacing_mm)
    limit = puncture_limit(use, thresholds)
    parts = {
        "punctures": punctures * 1000 // limit,
        "minutes": use.seconds * 1000 // (thresholds.overdue_minutes * 60),
        "area": (use.area_cm2 or 0) * 1000 // thresholds.overdue_area_cm2,
    }
    past = (
        punctures > limit
        or use.seconds > thresholds.overdue_minutes * 60
        or (use.area_cm2 or 0) > thresholds.overdue_area_cm2
    )
    bites = max(parts, key=lambda part: parts[part])
    soon = punctures >= thresholds.soon_punctures or parts[bites] >= 800
    state = CounterState.OVERDUE if past else CounterState.SOON if soon else CounterState.OK
    return Counter(punctures, limit, estimated, min(1000, parts[bites]), state, bites)
