"""Needles, measured: how much one has done, how near it is to each limit. Pure.

Whether one may be fitted at all (N1, N2) is decided with its pack: `packs.lifecycle.needle_reuse`, `needle_unfit`.
"""

from dataclasses import dataclass
from enum import StrEnum

from inventory.compliance.facts import NeedleLimits, NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.punctures import made_in


class Measure(StrEnum):
    PUNCTURES = "punctures"
    MINUTES = "minutes"
    AREA = "area"


@dataclass(frozen=True)
class Wear:
    """How far one needle is towards one limit. `used` and `limit` share a unit: punctures, seconds or cm2."""

    rule: str
    measure: Measure
    used: int
    limit: int

    @property
    def past(self) -> bool:
        """A limit may be reached, not passed."""
        return self.used > self.limit

    @property
    def permille(self) -> int:
        return self.used * 1000 // self.limit

    def said(self, estimated: bool) -> str:
        if self.measure is Measure.PUNCTURES:
            return f"{self.used} punctures{said_if(estimated)} (limit {self.limit})"
        if self.measure is Measure.AREA:
            return f"{self.used} cm2 (limit {self.limit})"
        minutes, seconds = divmod(self.used, 60)
        return f"{minutes} min {seconds} s (limit {self.limit // 60} min)"


def limits_of(use: NeedleUseFacts, thresholds: Thresholds) -> NeedleLimits:
    """The limits of one needle, by its head and its gun's preset."""
    return thresholds.needle_limits[use.pins > 1, use.high_speed]


def puncture_limit(use: NeedleUseFacts, thresholds: Thresholds) -> int:
    """N6, or N11 instead for a needle on a gun's high-speed preset (both assumptions)."""
    return limits_of(use, thresholds).punctures


def wear_of(use: NeedleUseFacts, punctures: int, thresholds: Thresholds) -> tuple[Wear, Wear, Wear]:
    """N6 (or N11), N7 and N8 of one needle, in this order. An area nobody stated counts as none."""
    limits = limits_of(use, thresholds)
    return (
        Wear("N11" if use.high_speed else "N6", Measure.PUNCTURES, punctures, limits.punctures),
        Wear("N7", Measure.MINUTES, use.seconds, limits.seconds),
        Wear("N8", Measure.AREA, use.area_cm2 or 0, limits.area_cm2),
    )


def is_past(use: NeedleUseFacts, punctures: int, thresholds: Thresholds) -> bool:
    """Whether any of `wear_of` is past its limit: asked of every needle, and few are."""
    limits = limits_of(use, thresholds)
    return punctures > limits.punctures or use.seconds > limits.seconds or (use.area_cm2 or 0) > limits.area_cm2


def needles_for_punctures(facts: SessionFacts, thresholds: Thresholds) -> int:
    """Punctures on each preset over its own limit (N6, N11), summed, then rounded up.

    What no needle accounts for counts against the widest limit, so that a swap cannot narrow it.
    """
    _, by_kind, total, _ = made_in(facts, thresholds)
    widest, common, weights = thresholds.overdue_punctures, 1, []
    for kind, punctures in by_kind.items():
        limit = thresholds.needle_limits[kind].punctures
        weights.append((punctures, limit))
        widest = max(widest, limit)
        common *= limit
    common *= widest
    rest = total - sum(by_kind.values())
    weighed = sum([punctures * (common // limit) for punctures, limit in weights])
    return -(-(weighed + rest * (common // widest)) // common)


def widest_limits(facts: SessionFacts, thresholds: Thresholds) -> tuple[int, int]:
    """Seconds and cm2 that a session is divided by: the policy's, or more where one of its needles may do more."""
    there = [thresholds.needle_limits[kind] for kind in ((False, False), *made_in(facts, thresholds).by_kind)]
    return max([limits.seconds for limits in there]), max([limits.area_cm2 for limits in there])


def asked_for(facts: SessionFacts, thresholds: Thresholds) -> tuple[tuple[str, int], ...]:
    """Needles by what asks for them: `area`, `punctures`, `minutes`, `regions` and `syringes`."""
    seconds, area_cm2 = widest_limits(facts, thresholds)
    return (
        ("area", -(-(facts.area_cm2 or 0) // area_cm2)),
        ("punctures", needles_for_punctures(facts, thresholds)),
        ("minutes", -(-facts.seconds // seconds)),
        ("regions", len(set(facts.regions)) if thresholds.new_needle_per_region else 0),
        ("syringes", facts.syringes if thresholds.new_needle_per_syringe else 0),
    )


def said_if(estimated: bool) -> str:
    return " (estimated)" if estimated else ""
