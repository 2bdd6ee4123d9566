"""Session facts from outside, as JSON says them, and findings back. Pure."""

from collections.abc import Mapping

from inventory.compliance.facts import NeedleUseFacts, SessionFacts
from inventory.compliance.rules import Finding

_SESSION = {
    "area_cm2",
    "punctures",
    "minutes",
    "regions",
    "syringes",
    "needles",
    "needle_uses",
    "planned_punctures",
}
_USE = {"punctures", "minutes", "area_cm2", "regions", "pins", "high_speed"}


class BadFacts(ValueError):
    """The line does not describe a session; the sentence names the field."""


def session_facts_from(given: object) -> SessionFacts:
    """A closed session from a mapping with the fields of `_SESSION`, all optional whole numbers but for

    `regions` (a number, or a list of names) and `needle_uses` (a list of mappings with the fields of `_USE`).
    Without `needle_uses` the session's punctures, minutes and area are shared evenly among `needles` (default 1).
    Raises `BadFacts`.
    """
    if not isinstance(given, Mapping):
        raise BadFacts("A session is a JSON object with fields such as area_cm2 and punctures.")
    _known(given, _SESSION)
    regions = _regions(given.get("regions"))
    uses = given.get("needle_uses")
    minutes = _number(given, "minutes")
    return SessionFacts(
        area_cm2=_number(given, "area_cm2"),
        regions=regions,
        planned_punctures=_number(given, "planned_punctures"),
        seconds=(minutes or 0) * 60,
        syringes=_number(given, "syringes") or 0,
        needle_uses=_shared(given, regions) if uses is None else _uses(uses),
        closed=True,
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


def _shared(given: Mapping[str, object], regions: tuple[str, ...]) -> tuple[NeedleUseFacts, ...]:
    needles = _number(given, "needles")
    count = 1 if needles is None else needles
    if count > 10_000:
        raise BadFacts("needles: more than 10,000 in one session is no count.")
    punctures, area = _number(given, "punctures"), _number(given, "area_cm2")
    seconds = (_number(given, "minutes") or 0) * 60
    return tuple(
        NeedleUseFacts(
            needle_use=str(place + 1),
            sequence=place + 1,
            shots=None if punctures is None else _share(punctures, count, place),
            seconds=_share(seconds, count, place),
            area_cm2=None if area is None else _share(area, count, place),
            regions=regions[place::count] or regions[place % len(regions) :][:1] if regions else (),
            ended=True,
        )
        for place in range(count)
    )


def _share(total: int, count: int, place: int) -> int:
    return total // count + (1 if place < total % count else 0)


def _uses(given: object) -> tuple[NeedleUseFacts, ...]:
    if not isinstance(given, list):
        raise BadFacts("needle_uses is a list of JSON objects, one a needle.")
    return tuple(_use(place + 1, use) for place, use in enumerate(given))


def _use(sequence: int, given: object) -> NeedleUseFacts:
    if not isinstance(given, Mapping):
        raise BadFacts(f"needle_uses: number {sequence} is no JSON object.")
    _known(given, _USE)
    high_speed = given.get("high_speed", False)
    if not isinstance(high_speed, bool):
        raise BadFacts("high_speed is true or false.")
    return NeedleUseFacts(
        needle_use=str(sequence),
        sequence=sequence,
        pins=_number(given, "pins") or 1,
        shots=_number(given, "punctures"),
        seconds=(_number(given, "minutes") or 0) * 60,
        area_cm2=_number(given, "area_cm2"),
        regions=_regions(given.get("regions")),
        high_speed=high_speed,
        ended=True,
    )


def _known(given: Mapping[str, object], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise BadFacts(f"{name} is no field. Known are: {', '.join(sorted(known))}.")


def _number(given: Mapping[str, object], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= 1_000_000:
        raise BadFacts(f"{name} must be a whole number from 0 to 1,000,000.")
    return value


def _regions(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if type(value) is int and 0 <= value <= 100:
        return tuple(f"region {number + 1}" for number in range(value))
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(dict.fromkeys(value))
    raise BadFacts("regions is a number from 0 to 100 or a list of names.")
