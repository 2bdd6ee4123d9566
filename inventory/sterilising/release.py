"""Whether a load may be released. Pure."""

from dataclasses import dataclass

MINIMUM_HOLD_SECONDS = {1340: 180, 1320: 240, 1210: 900}
"""Lowest temperature of the hold in tenths of a degree, and the shortest hold at it: 134 C 3 min and 121 C 15 min
(small steam sterilisers, EN bands), 132 C 4 min for wrapped instruments after a pre-vacuum (CDC 2008)."""


@dataclass(frozen=True)
class Cycle:
    """What was measured and seen. Temperature in tenths of a degree Celsius."""

    cycle_type: str
    temperature_tenths: int
    hold_seconds: int
    wrapped_or_hollow: bool
    external_passed: bool
    internal_passed: bool
    dry: bool


def never_sterile(cycle: Cycle) -> str | None:
    """Why a load is rejected at once: an N cycle takes unwrapped solid goods only (EN 13060)."""
    if cycle.cycle_type == "N" and cycle.wrapped_or_hollow:
        return "wrapped or hollow goods in an N cycle (EN 13060)"
    return None


def reasons_against(cycle: Cycle) -> list[str]:
    """Everything that speaks against a release; empty when it may be released."""
    reasons = [reason for reason in (never_sterile(cycle),) if reason]
    reached = [hold for lowest, hold in MINIMUM_HOLD_SECONDS.items() if cycle.temperature_tenths >= lowest]
    if not reached:
        reasons.append(f"{cycle.temperature_tenths // 10} C is below every validated temperature")
    elif cycle.hold_seconds < min(reached):
        reasons.append(f"held {cycle.hold_seconds} s, at least {min(reached)} s are needed at this temperature")
    if not cycle.external_passed:
        reasons.append("the external indicator has not passed")
    if not cycle.internal_passed:
        reasons.append("the internal indicator has not passed")
    if not cycle.dry:
        reasons.append("the packs are wet")
    return reasons
