"""Needles, measured: how much one has done, how near it is to each limit. Pure.

Whether one may be fitted at all (N1, N2) is decided with its pack: `packs.lifecycle.needle_reuse`, `needle_unfit`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.compliance.estimates import from_area, from_time
from inventory.compliance.facts import NeedleLimits, NeedleUseFacts, SessionFacts, Thresholds

MOST_SHOTS = 100_000
"""More than any needle makes; the most a needle use may hold."""


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


def punctures_of(
    use: NeedleUseFacts,
    thresholds: Thresholds,
    spacing_mm: int | None = None,
    shots_per_minute: int | None = None,
) -> tuple[int, bool]:
    """Punctures of one needle use and whether they are estimated.

    N12: a head with several pins makes pins x shots punctures (arithmetic). Without a count they follow from
    the needle's area and the technique's spacing, whatever the head; else from the set rate and its time on
    the gun; with neither they are taken as none, estimated.
    """
    pins = use.pins if thresholds.count_pins else 1
    if use.shots is not None:
        return use.shots * pins, use.estimated
    if use.area_cm2 is not None and spacing_mm:
        return from_area(use.area_cm2, spacing_mm), True
    if shots_per_minute:
        return from_time(use.seconds, shots_per_minute) * pins, True
    return 0, True


def estimated_shots(
    use: NeedleUseFacts, thresholds: Thresholds, spacing_mm: int | None, shots_per_minute: int | None
) -> int | None:
    """Shots that account for the punctures `punctures_of` estimates; None where neither area nor rate tells.

    A head's punctures are divided by its pins and rounded up, so that no estimate shrinks by being stored.
    """
    if not shots_per_minute and (use.area_cm2 is None or not spacing_mm):
        return None
    punctures, _ = punctures_of(replace(use, shots=None), thresholds, spacing_mm, shots_per_minute)
    return min(MOST_SHOTS, -(-punctures // (use.pins if thresholds.count_pins else 1)))


def observed_rate(uses: Iterable[NeedleUseFacts]) -> int | None:
    """Shots a minute of the session's counted and removed needles together; None where none was counted."""
    counted = [use for use in uses if use.ended and use.shots is not None and not use.estimated]
    seconds = sum(use.seconds for use in counted)
    shots = sum(use.shots or 0 for use in counted)
    return (shots * 120 + seconds) // (2 * seconds) or None if seconds else None


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


def punctures_in(use: NeedleUseFacts, facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """`punctures_of` with what the session knows of spacing and rate."""
    return punctures_of(use, thresholds, facts.spacing_mm, facts.shots_per_minute)


def session_punctures(facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """Punctures of all needles and whether they are estimated.

    Where nothing was counted, no needle and not the session as a whole, its own area and spacing may say more
    than the needles' do.
    """
    total = sum(_made_by_kind(facts, thresholds).values())
    counted = facts.punctures is not None or any(
        use.shots is not None and not use.estimated for use in facts.needle_uses
    )
    if facts.area_cm2 and facts.spacing_mm and not counted:
        return max(total, from_area(facts.area_cm2, facts.spacing_mm)), True
    return total, any(use.estimated or use.shots is None for use in facts.needle_uses)


def needles_for_punctures(facts: SessionFacts, thresholds: Thresholds) -> int:
    """Punctures on each preset over its own limit (N6, N11), summed, then rounded up.

    What no needle accounts for counts against the widest limit, so that a swap cannot narrow it.
    """
    made = _made_by_kind(facts, thresholds)
    limits = {kind: thresholds.needle_limits[kind].punctures for kind in made}
    widest = max(thresholds.overdue_punctures, *limits.values()) if limits else thresholds.overdue_punctures
    common = widest
    for limit in limits.values():
        common *= limit
    rest = session_punctures(facts, thresholds)[0] - sum(made.values())
    weighed = sum(punctures * (common // limits[kind]) for kind, punctures in made.items())
    return -(-(weighed + rest * (common // widest)) // common)


def widest_limits(facts: SessionFacts, thresholds: Thresholds) -> tuple[int, int]:
    """Seconds and cm2 that a session is divided by: the policy's, or more where one of its needles may do more."""
    there = [limits_of(use, thresholds) for use in facts.needle_uses]
    own = thresholds.needle_limits[False, False]
    return (
        max(own.seconds, *(limits.seconds for limits in there)) if there else own.seconds,
        max(own.area_cm2, *(limits.area_cm2 for limits in there)) if there else own.area_cm2,
    )


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


def _made_by_kind(facts: SessionFacts, thresholds: Thresholds) -> dict[tuple[bool, bool], int]:
    """Punctures by kind of needle, as `Thresholds.needle_limits` names kinds.

    Estimates are added up before they are rounded: two needles of 2 cm2 make what one of 4 cm2 makes. Several rules
    ask the same of the same facts; as nothing of these changes, neither does the answer kept beside them.
    """
    known: dict[bool, dict[tuple[bool, bool], int]] = facts.__dict__.setdefault("_made_by_kind", {})
    if thresholds.count_pins not in known:
        known[thresholds.count_pins] = _added_up(facts, thresholds)
    return known[thresholds.count_pins]


def _added_up(facts: SessionFacts, thresholds: Thresholds) -> dict[tuple[bool, bool], int]:
    counted: dict[tuple[bool, bool], int] = {}
    areas: dict[tuple[bool, bool], int] = {}
    seconds: dict[tuple[tuple[bool, bool], int], int] = {}
    for use in facts.needle_uses:
        kind = (use.pins > 1, use.high_speed)
        pins = use.pins if thresholds.count_pins else 1
        counted.setdefault(kind, 0)
        if use.shots is not None:
            counted[kind] += use.shots * pins
        elif use.area_cm2 is not None and facts.spacing_mm:
            areas[kind] = areas.get(kind, 0) + use.area_cm2
        elif facts.shots_per_minute:
            seconds[kind, pins] = seconds.get((kind, pins), 0) + use.seconds
    for kind, area in areas.items():
        counted[kind] += from_area(area, facts.spacing_mm or 1)
    for (kind, pins), time in seconds.items():
        counted[kind] += from_time(time, facts.shots_per_minute or 0) * pins
    return counted


def said_if(estimated: bool) -> str:
    return " (estimated)" if estimated else ""
