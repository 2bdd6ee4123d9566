"""Session facts from outside, as JSON says them, and findings back. Pure."""

from collections.abc import Mapping, Sequence

from inventory.compliance.facts import LARGEST, NeedleUseFacts, SessionFacts
from inventory.compliance.rules import Finding

MOST_NEEDLES = 10_000
_SESSION = {
    "area_cm2",
    "punctures",
    "minutes",
    "regions",
    "syringes",
    "needles",
    "needle_uses",
    "planned_punctures",
    "spacing_mm",
    "shots_per_minute",
    "fastest_shots_per_minute",
}
_USE = {"punctures", "minutes", "area_cm2", "regions", "pins", "high_speed"}


class BadFacts(ValueError):
    """The line does not describe a session; the sentence names the field."""


def session_facts_from(given: object) -> SessionFacts:
    """A closed session from a mapping with the fields of `_SESSION`, all optional. Raises `BadFacts`.

    All are whole numbers from 0, but `regions` is a number or a list of names, and `needle_uses` a number
    (then the same as `needles`, default 1) or a list of mappings with the fields of `_USE`, where `punctures`
    is what the gun counted: the head's `pins` multiply it.

    What the needles of a list do not say of punctures, minutes and area, and everything where there is only
    a number, is the session's, shared evenly: one needle carries all, several bear shares nobody counted,
    marked as estimated. What the session does not say of regions, minutes and area follows from the list.
    """
    if not isinstance(given, Mapping):
        raise BadFacts("A session is a JSON object with fields such as area_cm2 and punctures.")
    _known(given, _SESSION)
    regions = _regions(given.get("regions"))
    uses = _needle_uses(given, regions)
    listed = isinstance(given.get("needle_uses"), list)
    areas = [use.area_cm2 for use in uses if use.area_cm2 is not None]
    minutes, area = _number(given, "minutes"), _number(given, "area_cm2")
    return SessionFacts(
        area_cm2=sum(areas) if area is None and listed and areas else area,
        regions=regions if "regions" in given else _worked(uses),
        planned_punctures=_number(given, "planned_punctures"),
        punctures=_number(given, "punctures"),
        seconds=sum(use.seconds for use in uses) if minutes is None else minutes * 60,
        syringes=_number(given, "syringes") or 0,
        needle_uses=uses,
        closed=True,
        spacing_mm=_positive(given, "spacing_mm"),
        shots_per_minute=_positive(given, "shots_per_minute"),
        fastest_shots_per_minute=_positive(given, "fastest_shots_per_minute"),
    )


def finding_as_mapping(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "code": finding.code.value,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "subject": finding.subject,
        "facts": dict(finding.facts),
    }


def _needle_uses(given: Mapping[str, object], regions: tuple[str, ...]) -> tuple[NeedleUseFacts, ...]:
    """The list itself, or as many blank ones as were counted, with their shares of the session's totals."""
    uses, needles = given.get("needle_uses"), _number(given, "needles")
    if isinstance(uses, list):
        said = [_mapping(place + 1, use) for place, use in enumerate(uses)]
    else:
        count = _number(given, "needle_uses")
        if count is None:
            count = 1 if needles is None else needles
        if count > MOST_NEEDLES:
            raise BadFacts(f"needles: more than {MOST_NEEDLES:,} in one session is no count.")
        said = [{"regions": _turn(regions, place, count)} for place in range(count)]
    if needles is not None and needles != len(said):
        raise BadFacts(f"needles says {needles}, needle_uses says {len(said)}.")
    return _filled(said, given)


def _filled(said: Sequence[Mapping[str, object]], given: Mapping[str, object]) -> tuple[NeedleUseFacts, ...]:
    pins = [_pins(use) for use in said]
    counted = [_number(use, "punctures") for use in said]
    made = _spread(
        [None if shots is None else shots * head for shots, head in zip(counted, pins, strict=True)],
        _number(given, "punctures"),
        exact=True,
    )
    minutes = [_number(use, "minutes") for use in said]
    seconds = _spread(
        [None if value is None else value * 60 for value in minutes], (_number(given, "minutes") or 0) * 60
    )
    areas = _spread([_number(use, "area_cm2") for use in said], _number(given, "area_cm2"))
    unsaid = counted.count(None)
    return tuple(
        NeedleUseFacts(
            needle_use=str(place + 1),
            sequence=place + 1,
            pins=pins[place],
            shots=None if made[place] is None else -(-(made[place] or 0) // pins[place]),
            estimated=made[place] is not None and counted[place] is None and unsaid > 1,
            seconds=seconds[place] or 0,
            area_cm2=areas[place],
            regions=_regions(use.get("regions")),
            high_speed=_high_speed(use),
            ended=True,
        )
        for place, use in enumerate(said)
    )


def _spread(said: Sequence[int | None], total: int | None, *, exact: bool = False) -> list[int | None]:
    """What is said, and what is left of `total` shared evenly among those that say nothing."""
    if total is None:
        return list(said)
    stated = sum(value for value in said if value is not None)
    silent = [place for place, value in enumerate(said) if value is None]
    if exact and (stated > total or (not silent and stated != total)):
        raise BadFacts(f"punctures says {total}, the needles of needle_uses made {stated}.")
    spread, left = list(said), max(0, total - stated)
    for turn, place in enumerate(silent):
        spread[place] = left // len(silent) + (1 if turn < left % len(silent) else 0)
    return spread


def _turn(regions: tuple[str, ...], place: int, count: int) -> list[str]:
    """Regions dealt to the needles in turn, so that each has one where there are enough needles."""
    if not regions:
        return []
    return list(regions[place::count] or (regions[place % len(regions)],))


def _worked(uses: Sequence[NeedleUseFacts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(region for use in uses for region in use.regions))


def _mapping(sequence: int, given: object) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise BadFacts(f"needle_uses: number {sequence} is no JSON object.")
    _known(given, _USE)
    return given


def _known(given: Mapping[str, object], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise BadFacts(f"{name} is no field. Known are: {', '.join(sorted(known))}.")


def _number(given: Mapping[str, object], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise BadFacts(f"{name} must be a whole number from 0 to {LARGEST:,}.")
    return value


def _positive(given: Mapping[str, object], name: str) -> int | None:
    value = _number(given, name)
    if value == 0:
        raise BadFacts(f"{name} must be at least 1.")
    return value


def _pins(use: Mapping[str, object]) -> int:
    pins = _positive(use, "pins")
    return 1 if pins is None else pins


def _high_speed(use: Mapping[str, object]) -> bool:
    high_speed = use.get("high_speed", False)
    if not isinstance(high_speed, bool):
        raise BadFacts("high_speed is true or false.")
    return high_speed


def _regions(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if type(value) is int and 0 <= value <= 100:
        return tuple(f"region {number + 1}" for number in range(value))
    if isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value):
        return tuple(dict.fromkeys(value))
    raise BadFacts("regions is a number from 0 to 100 or a list of names.")
