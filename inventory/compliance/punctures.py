"""How many punctures needles made: counted, or estimated where nobody counted. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from inventory.compliance.estimates import from_area, from_time
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds

MOST_SHOTS = 100_000
"""More than any needle makes; the most a needle use may hold."""


class Needle(NamedTuple):
    """One needle use with the punctures it made and whether they are estimated."""

    use: NeedleUseFacts
    punctures: int
    estimated: bool


class Made(NamedTuple):
    """What a session's needles made: each, by kind as `Thresholds.needle_limits` names kinds, and all together."""

    needles: Sequence[Needle]
    by_kind: Mapping[tuple[bool, bool], int]
    punctures: int
    estimated: bool


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
    seconds = shots = 0
    for use in uses:
        if use.ended and use.shots is not None and not use.estimated:
            seconds += use.seconds
            shots += use.shots
    return (shots * 120 + seconds) // (2 * seconds) or None if seconds else None


def punctures_in(use: NeedleUseFacts, facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """`punctures_of` with what the session knows of spacing and rate."""
    return punctures_of(use, thresholds, facts.spacing_mm, facts.shots_per_minute)


def made_in(facts: SessionFacts, thresholds: Thresholds) -> Made:
    """The needles of a session with their punctures, each and together.

    Every rule asks this of the same facts; as nothing of these changes, neither does the answer kept beside them.
    """
    kept = "_made_by_pins" if thresholds.count_pins else "_made_by_shots"
    made: Made | None = getattr(facts, kept, None)
    if made is None:
        made = _measured(facts, thresholds)
        object.__setattr__(facts, kept, made)
    return made


def session_punctures(facts: SessionFacts, thresholds: Thresholds) -> tuple[int, bool]:
    """Punctures of all needles and whether they are estimated.

    Where nothing was counted, no needle and not the session as a whole, its own area and spacing may say more
    than the needles' do.
    """
    made = made_in(facts, thresholds)
    return made.punctures, made.estimated


def _measured(facts: SessionFacts, thresholds: Thresholds) -> Made:
    needles, uncounted, by_kind = [], [], dict[tuple[bool, bool], int]()
    counted = facts.punctures is not None
    estimated = False
    for use in facts.needle_uses:
        needle = Needle(use, *punctures_in(use, facts, thresholds))
        needles.append(needle)
        estimated = estimated or needle.estimated
        counted = counted or not needle.estimated
        kind = (use.pins > 1, use.high_speed)
        if use.shots is None:
            uncounted.append(use)
            by_kind.setdefault(kind, 0)
        else:
            by_kind[kind] = by_kind.get(kind, 0) + needle.punctures
    if uncounted:
        _add_estimates(by_kind, uncounted, facts, thresholds)
    total = sum(by_kind.values())
    if facts.area_cm2 and facts.spacing_mm and not counted:
        return Made(needles, by_kind, max(total, from_area(facts.area_cm2, facts.spacing_mm)), True)
    return Made(needles, by_kind, total, estimated)


def _add_estimates(
    by_kind: dict[tuple[bool, bool], int],
    uncounted: Sequence[NeedleUseFacts],
    facts: SessionFacts,
    thresholds: Thresholds,
) -> None:
    """Estimates are added up before they are rounded: two needles of 2 cm2 make what one of 4 cm2 makes."""
    areas: dict[tuple[bool, bool], int] = {}
    seconds: dict[tuple[tuple[bool, bool], int], int] = {}
    for use in uncounted:
        kind = (use.pins > 1, use.high_speed)
        if use.area_cm2 is not None and facts.spacing_mm:
            areas[kind] = areas.get(kind, 0) + use.area_cm2
        elif facts.shots_per_minute:
            pins = use.pins if thresholds.count_pins else 1
            seconds[kind, pins] = seconds.get((kind, pins), 0) + use.seconds
    for kind, area in areas.items():
        by_kind[kind] += from_area(area, facts.spacing_mm or 1)
    for (kind, pins), time in seconds.items():
        by_kind[kind] += from_time(time, facts.shots_per_minute or 0) * pins
