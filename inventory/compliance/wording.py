"""The numbers of a policy as they are said, with the rule each belongs to and what it rests on. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inventory.compliance.techniques import PolicyNumbers


@dataclass(frozen=True)
class Wording:
    rule: str
    label: str
    basis: str
    unit: str = ""


ASSUMPTION = "An assumption."
WORDINGS = {
    "comfort_advice": Wording("N4", "Advise a new needle for comfort", "Off for body protocols."),
    "comfort_punctures": Wording(
        "N4",
        "Comfort advice from",
        "Mean tip deformation 14.8 / 19.6 / 29.2 % at 3 / 5 / 10 passes (Akintilo 2024).",
        "punctures",
    ),
    "soon_punctures": Wording(
        "N5", "Change soon from", "Linear extrapolation of tip wear; an assumption.", "punctures"
    ),
    "overdue_punctures": Wording("N6", "Most punctures per needle", ASSUMPTION, "punctures"),
    "overdue_minutes": Wording("N7", "Longest time on the gun", ASSUMPTION, "min"),
    "overdue_area_cm2": Wording("N8", "Largest area per needle", ASSUMPTION, "cm2"),
    "new_needle_per_region": Wording("N9", "New needle for each region or side", ASSUMPTION),
    "new_needle_per_syringe": Wording("N10", "New needle with each syringe or vial draw", "Asepsis consensus."),
    "high_speed_overdue_punctures": Wording("N11", "Most punctures on a high-speed preset", ASSUMPTION, "punctures"),
    "count_pins": Wording("N12", "A multi-pin head counts pins x shots", "Arithmetic."),
    "large_area_cm2": Wording("N6-N10", "Large area from", ASSUMPTION, "cm2"),
    "large_regions": Wording("N6-N10", "Large area from so many regions", ASSUMPTION, "regions"),
    "large_planned_punctures": Wording("N6-N10", "Large area from so many punctures", ASSUMPTION, "punctures"),
    "expires_soon_days": Wording("Scan", "Expires soon within", ASSUMPTION, "days"),
    "second_person_releases": Wording("Loads", "Loads are released by a second person", "The clinic's own choice."),
    "daily_test_required": Wording("Loads", "A Bowie-Dick or helix test is asked for each day", "HTM 01-05."),
    "release_before_biological": Wording(
        "Loads", "Loads are released before their biological indicator is read", "CDC 2008, implants excepted."
    ),
    "override_allowed": Wording(
        "Scan", "A lead nurse may override", "Needle reuse, recall and rejected loads can never be overridden."
    ),
    "spacing_mm": Wording(
        "Estimates",
        "Distance between punctures",
        "Published: nappage 2 to 4 mm, papule about 10 mm, point by point 20 to 30 mm; the others are assumptions.",
        "mm",
    ),
    "override_by_nurse": Wording(
        "Scan", "A nurse may override too", "Only of what a lead nurse may override; the clinic's own choice."
    ),
    "presets": Wording("N4-N8", "Limits of a gun's preset or head", ASSUMPTION),
    "rules_version": Wording("All", "Set of rules", "A rule added later speaks from the next version on."),
}
"""One for each field of `Thresholds`, in its order."""


SCOPES = {
    "epidermal": "Epidermal",
    "nappage": "Nappage",
    "papule": "Papule",
    "point_by_point": "Point by point",
    "linear": "Linear",
    "high_speed": "High-speed preset",
    "multi_pin": "Multi-pin head",
}
"""What a number may be said for besides the clinic as a whole."""


@dataclass(frozen=True)
class ComparedNumber:
    """One number of a version and what another says of it; `scope` is empty for the whole clinic."""

    scope: str
    wording: Wording
    value: str
    other: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.other) and self.value != self.other


def compared(numbers: PolicyNumbers, other: PolicyNumbers | None = None) -> Iterator[ComparedNumber]:
    """Every clinic-wide number, then what either says otherwise for a technique, preset or head."""
    mine, theirs = numbers.clinic_wide.as_mapping(), other.clinic_wide.as_mapping() if other else {}
    for name, value in mine.items():
        if name != "presets":
            unit = WORDINGS[name].unit
            yield ComparedNumber("", WORDINGS[name], said(value, unit), said(theirs[name], unit) if theirs else "")
    own, others = _special(numbers), _special(other) if other else {}
    for scope, label in SCOPES.items():
        for name in (known for known in WORDINGS if known in {**own.get(scope, {}), **others.get(scope, {})}):
            as_clinic = f"as the clinic ({said(mine[name], WORDINGS[name].unit)})"
            yield ComparedNumber(
                label,
                WORDINGS[name],
                _said_or(own.get(scope, {}), name, as_clinic),
                _said_or(others.get(scope, {}), name, "as the clinic") if other else "",
            )


def _special(numbers: PolicyNumbers) -> Mapping[str, Mapping[str, object]]:
    return {**numbers.techniques, **numbers.clinic_wide.presets}


def _said_or(numbers: Mapping[str, object], name: str, otherwise: str) -> str:
    return said(numbers[name], WORDINGS[name].unit) if name in numbers else otherwise


def said(value: object, unit: str = "") -> str:
    """`True` as 'on', 100 as '100 punctures', a table as 'papule 10 mm, ...'."""
    match value:
        case bool():
            return "on" if value else "off"
        case dict():
            return ", ".join(f"{str(name).replace('_', ' ')} {said(item, unit)}" for name, item in value.items())
        case list():
            return ", ".join(str(item).replace("_", " ").lower() for item in value) or "nothing"
        case _:
            return f"{value} {unit}".rstrip()


def in_words(sentence: str) -> str:
    """A sentence about thresholds with their names replaced by their labels, the longest first."""
    for name in sorted(WORDINGS, key=len, reverse=True):
        sentence = sentence.replace(
            name, f"\N{LEFT DOUBLE QUOTATION MARK}{WORDINGS[name].label}\N{RIGHT DOUBLE QUOTATION MARK}"
        )
    return sentence
