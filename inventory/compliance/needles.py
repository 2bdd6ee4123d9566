"""Needles, measured: how much one has done, how near it is to each limit. Pure.

Whether one may be fitted at all (N1, N2) is decided with its pack: `packs.lifecycle.needle_reuse`, `needle_unfit`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.compliance.estimates import from_area, from_time
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds

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


def puncture_limit(use: NeedleUseFacts, thresholds: Thresholds) -> int:
    """N6, or N11 instead for a needle on a gun's high-speed preset (both assumptions)."""
    return thresholds.high_speed_overdue_punctures if use.high_speed else thresholds.overdue_punctures


def wear_of(use: NeedleUseFacts, punctures: int, thresholds: Thresholds) -> tuple[Wear, Wear, Wear]:
    """N6 (or N11), N7 and N8 of one needle, in this order. An area nobody stated counts as none."""
    return (
        Wear(
            "N11" if use.high_speed else "N6",
            Measure.PUNCTURES,
            punctures,
            puncture_limit(use, thresholds),
        ),
        Wear("N7", Measure.MINUTES, use.seconds, thresholds.overdue_minutes * 60),
        Wear("N8", Measure.AREA, use.area_cm2 or 0, thresholds.overdue_area_cm2),
    )


def punctures_in(use: NeedleUseFacts, facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """`punctures_of` with what the session knows of spacing and rate."""
    return punctures_of(use, thresholds, facts.spacing_mm, facts.shots_per_minute)


def session_punctures(facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """Punctures of all needles and whether they are estimated.

    Where nothing was counted, no needle and not the session as a whole, its own area and spacing may say more
    than the needles' do.
    """
    made = [punctures_in(use, facts, thresholds) for use in facts.needle_uses]
    total = sum(punctures for punctures, _ in made)
    counted = facts.punctures is not None or any(
        use.shots is not None and not use.estimated for use in facts.needle_uses
    )
    if facts.area_cm2 and facts.spacing_mm and not counted:
        return max(total, from_area(facts.area_cm2, facts.spacing_mm)), True
    return total, any(estimated for _, estimated in made)


def needles_for_punctures(facts: SessionFacts, thresholds: Thresholds) -> int:
    """Punctures of each preset over its own limit (N6, N11), summed, then rounded up."""
    normal, fast = thresholds.overdue_punctures, thresholds.high_speed_overdue_punctures
    made = [(use.high_speed, punctures_in(use, facts, thresholds)[0]) for use in facts.needle_uses]
    at_speed = sum(punctures for high_speed, punctures in made if high_speed)
    total = session_punctures(facts, thresholds)[0]
    if fast > normal and any(high_speed for high_speed, _ in made):
        # What no needle accounts for counts against the wider limit, so that a swap cannot narrow it.
        at_speed += total - sum(punctures for _, punctures in made)
    return -(-((total - at_speed) * fast + at_speed * normal) // (normal * fast))


def said_if(estimated: bool) -> str:
    return " (estimated)" if estimated else ""
