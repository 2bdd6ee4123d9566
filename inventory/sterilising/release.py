"""A load's states, what speaks against its release, and what warns. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.sterilising import steam
from inventory.sterilising.programmes import BAND_TENTHS, SHORTEST_HOLD, degrees
from inventory.sterilising.steam import Steam


class LoadState(StrEnum):
    AWAITING = "awaiting"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    REJECTED = "rejected"
    RECALLED = "recalled"


ALLOWED: Mapping[LoadState, frozenset[LoadState]] = {
    LoadState.AWAITING: frozenset({LoadState.RELEASED, LoadState.QUARANTINED, LoadState.REJECTED}),
    LoadState.QUARANTINED: frozenset({LoadState.RELEASED, LoadState.REJECTED, LoadState.RECALLED}),
    LoadState.RELEASED: frozenset({LoadState.QUARANTINED, LoadState.RECALLED}),
    LoadState.REJECTED: frozenset(),
    LoadState.RECALLED: frozenset(),
}
_NAMED = re.compile(r"(?<![\d.,])(134|132|126|121)(?!\d)")


class Against(StrEnum):
    """What may speak against a release."""

    NOT_FOR_N_CYCLE = "not_for_n_cycle"
    TOO_COLD = "too_cold"
    TOO_SHORT = "too_short"
    EXTERNAL_INDICATOR = "external_indicator"
    INTERNAL_INDICATOR = "internal_indicator"
    WET = "wet"
    TEST_FAILED = "test_failed"
    TEST_MISSING = "test_missing"
    BIOLOGICAL_POSITIVE = "biological_positive"
    BIOLOGICAL_PENDING = "biological_pending"


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """What was set, measured and seen. Temperatures in tenths of a degree Celsius, pressure absolute in mbar."""

    cycle_type: str
    programme: str = ""
    set_temperature_tenths: int | None = None
    """None in records older than programmes: the name or what was reached stands for it."""
    set_hold_seconds: int | None = None
    set_drying_seconds: int | None = None
    temperature_tenths: int
    """The lowest of the hold."""
    highest_temperature_tenths: int | None = None
    pressure_millibar: int | None = None
    """The lowest of the hold."""
    hold_seconds: int
    drying_seconds: int | None = None
    wrapped_or_hollow: bool
    external_indicator: str
    """`passed`, `failed` or `not_read`."""
    internal_indicator: str
    dry: bool
    failed_test: str = ""
    """Which start-up test of the day failed last."""
    test_missing: bool = False
    """The policy asks for a test of steam penetration on this day, and none was recorded before the cycle."""
    biological: str = "none"
    """`none`, `pending`, `negative`, `positive` or `invalid` (the control did not grow)."""
    before_biological: bool = False
    """Whether the policy lets go before the biological result."""


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
    if cycle.failed_test:
        found.append(Reason(Against.TEST_FAILED, f"the {cycle.failed_test} of that day failed"))
    elif cycle.test_missing:
        found.append(Reason(Against.TEST_MISSING, "no Bowie-Dick or helix test of that day is recorded before it"))
    found.append(_biological(cycle))
    return [reason for reason in found if reason is not None]


def warnings(cycle: Cycle) -> list[str]:
    """What the person who releases must have seen: it does not forbid the release."""
    found = []
    if cycle.pressure_millibar is not None:
        found.append(_steam(cycle.temperature_tenths, cycle.pressure_millibar))
    highest, wanted = cycle.highest_temperature_tenths, cycle.set_temperature_tenths
    if highest is not None and wanted is not None and highest > wanted + BAND_TENTHS:
        found.append(f"{degrees(highest)} C is more than 3 K above the programme's {degrees(wanted)} C")
    dried, asked = cycle.drying_seconds, cycle.set_drying_seconds
    if dried is not None and asked is not None and dried < asked:
        found.append(f"dried for {dried} s, the programme dries for {asked} s: look for wet packs")
    return [sentence for sentence in found if sentence]


def _steam(temperature_tenths: int, pressure_millibar: int) -> str:
    judged = steam.judged(temperature_tenths, pressure_millibar)
    if judged is Steam.SATURATED:
        return ""
    bar, right = pressure_millibar / 1000, steam.saturation_millibar(temperature_tenths) / 1000
    why = (
        "air may have been in the chamber"
        if judged is Steam.AIR
        else "the steam was superheated, or air was mixed with it"
    )
    return f"{bar:.2f} bar at {degrees(temperature_tenths)} C where saturated steam has {right:.2f} bar: {why}"


def _biological(cycle: Cycle) -> Reason | None:
    if cycle.biological == "positive":
        return Reason(Against.BIOLOGICAL_POSITIVE, "its biological indicator is positive")
    if cycle.biological == "pending" and not cycle.before_biological:
        return Reason(Against.BIOLOGICAL_PENDING, "its biological indicator is not read yet")
    if cycle.biological == "invalid" and not cycle.before_biological:
        return Reason(Against.BIOLOGICAL_PENDING, "its biological test is void, as the control did not grow")
    return None


def _hold(cycle: Cycle) -> Reason | None:
    """The programme's own temperature and hold must have been kept, and never less than the published ones."""
    lowest = cycle.set_temperature_tenths or _named(cycle.programme) or _band(cycle.temperature_tenths)
    if cycle.temperature_tenths < lowest:
        return Reason(Against.TOO_COLD, f"{degrees(cycle.temperature_tenths)} C is below {lowest // 10} C")
    needed = max(cycle.set_hold_seconds or 0, SHORTEST_HOLD.get(lowest, 0))
    if cycle.hold_seconds < needed:
        return Reason(
            Against.TOO_SHORT, f"held {cycle.hold_seconds} s, at least {needed} s are needed at {lowest // 10} C"
        )
    return None


def _named(programme: str) -> int | None:
    named = _NAMED.search(programme)
    return int(named[1]) * 10 if named else None


def _band(temperature_tenths: int) -> int:
    """The hottest validated temperature that was reached, the lowest of all where none was."""
    reached = [lowest for lowest in SHORTEST_HOLD if temperature_tenths >= lowest]
    return max(reached, default=min(SHORTEST_HOLD))
