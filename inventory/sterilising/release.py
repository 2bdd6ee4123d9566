"""A load's states, and whether it may be released. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LoadState(StrEnum):
    AWAITING = "awaiting"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    REJECTED = "rejected"
    RECALLED = "recalled"


ALLOWED: Mapping[LoadState, frozenset[LoadState]] = {
    LoadState.AWAITING: frozenset({LoadState.RELEASED, LoadState.QUARANTINED, LoadState.REJECTED}),
    LoadState.QUARANTINED: frozenset({LoadState.RELEASED, LoadState.REJECTED}),
    LoadState.RELEASED: frozenset({LoadState.RECALLED}),
    LoadState.REJECTED: frozenset(),
    LoadState.RECALLED: frozenset(),
}
MINIMUM_HOLD_SECONDS: Mapping[int, int] = {1340: 180, 1320: 240, 1210: 900}
"""Lowest temperature of the hold in tenths of a degree, and the shortest hold at it: 134 C 3 min and 121 C 15 min
(bands of small steam sterilisers, HTM 01-05 and EN 285), 132 C 4 min for wrapped instruments after a pre-vacuum
(CDC 2008, table of minimum cycle times)."""
_NAMED = re.compile(r"(?<![\d.,])(134|132|121)(?!\d)")


class Against(StrEnum):
    """What may speak against a release."""

    NOT_FOR_N_CYCLE = "not_for_n_cycle"
    TOO_COLD = "too_cold"
    TOO_SHORT = "too_short"
    EXTERNAL_INDICATOR = "external_indicator"
    INTERNAL_INDICATOR = "internal_indicator"
    WET = "wet"


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """What was measured and seen. Temperature in tenths of a degree Celsius."""

    cycle_type: str
    programme: str = ""
    temperature_tenths: int
    hold_seconds: int
    wrapped_or_hollow: bool
    external_indicator: str
    """`passed`, `failed` or `not_read`."""
    internal_indicator: str
    dry: bool


@dataclass(frozen=True)
class Reason:
    against: Against
    sentence: str


def never_sterile(cycle: Cycle) -> Reason | None:
    """Why a load is rejected at once: an N cycle takes unwrapped solid goods only (EN 13060)."""
    if cycle.cycle_type == "N" and cycle.wrapped_or_hollow:
        return Reason(Against.NOT_FOR_N_CYCLE, "wrapped or hollow goods in an N cycle (EN 13060)")
    return None


def reasons_against(cycle: Cycle) -> list[Reason]:
    """Everything that speaks against a release; empty when it may be released."""
    found = [never_sterile(cycle), _hold(cycle)]
    for place, against, read in (
        ("external", Against.EXTERNAL_INDICATOR, cycle.external_indicator),
        ("internal", Against.INTERNAL_INDICATOR, cycle.internal_indicator),
    ):
        if read != "passed":
            found.append(Reason(against, f"the {place} indicator {'failed' if read == 'failed' else 'was not read'}"))
    if not cycle.dry:
        found.append(Reason(Against.WET, "the packs are wet"))
    return [reason for reason in found if reason is not None]


def _hold(cycle: Cycle) -> Reason | None:
    """A programme that names its temperature must have kept it; any other is judged by what it reached."""
    named = _NAMED.search(cycle.programme)
    lowest = int(named[1]) * 10 if named else _band(cycle.temperature_tenths)
    if cycle.temperature_tenths < lowest:
        return Reason(Against.TOO_COLD, f"{_degrees(cycle.temperature_tenths)} C is below {lowest // 10} C")
    needed = MINIMUM_HOLD_SECONDS[lowest]
    if cycle.hold_seconds < needed:
        return Reason(
            Against.TOO_SHORT, f"held {cycle.hold_seconds} s, at least {needed} s are needed at {lowest // 10} C"
        )
    return None


def _band(temperature_tenths: int) -> int:
    """The hottest validated temperature that was reached, the lowest of all where none was."""
    reached = [lowest for lowest in MINIMUM_HOLD_SECONDS if temperature_tenths >= lowest]
    return max(reached, default=min(MINIMUM_HOLD_SECONDS))


def _degrees(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
