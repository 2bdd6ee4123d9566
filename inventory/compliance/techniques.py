"""One policy version whole: the clinic's numbers, and what it says otherwise for a technique. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from inventory.compliance.facts import SPACING_MM, BadThresholds, Thresholds

TECHNIQUES = tuple(SPACING_MM)
TECHNIQUE_NUMBERS = (
    "comfort_advice",
    "comfort_punctures",
    "soon_punctures",
    "overdue_punctures",
    "overdue_minutes",
    "overdue_area_cm2",
    "new_needle_per_region",
    "new_needle_per_syringe",
    "high_speed_overdue_punctures",
    "count_pins",
    "large_area_cm2",
    "large_regions",
    "large_planned_punctures",
)
"""N4 to N12 and what counts as a large area. What concerns scans and loads is the clinic's, whatever the technique."""


@dataclass(frozen=True, kw_only=True)
class PolicyNumbers:
    """`techniques` holds only what differs from `clinic_wide`. Raises `BadThresholds`."""

    clinic_wide: Thresholds = field(default_factory=Thresholds)
    techniques: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept: dict[str, Mapping[str, object]] = {}
        for technique, numbers in self.techniques.items():
            if technique not in TECHNIQUES or not isinstance(numbers, Mapping):
                raise BadThresholds(f"{technique} is no technique. Known are: {', '.join(TECHNIQUES)}.")
            for name in numbers:
                if name not in TECHNIQUE_NUMBERS:
                    raise BadThresholds(f"{name} cannot be set for {technique}.")
            if numbers:
                kept[technique] = MappingProxyType(dict(sorted(numbers.items())))
        object.__setattr__(self, "techniques", MappingProxyType(dict(sorted(kept.items()))))
        for technique in kept:
            self.of(technique)

    def of(self, technique: str) -> Thresholds:
        """The numbers a session of `technique` is judged by; the clinic's own for one that nothing is said of."""
        return self._resolved.get(technique, self.clinic_wide)

    @cached_property
    def _resolved(self) -> Mapping[str, Thresholds]:
        found = {}
        for technique, numbers in self.techniques.items():
            try:
                found[technique] = replace(self.clinic_wide, **numbers)  # type: ignore[arg-type]  # checked on making
            except BadThresholds as bad:
                raise BadThresholds(f"{technique}: {bad}") from None
        return found

    def as_mapping(self) -> dict[str, object]:
        """As JSON holds it: the clinic's numbers flat, as versions before techniques were written."""
        said = {technique: dict(numbers) for technique, numbers in self.techniques.items()}
        return {**self.clinic_wide.as_mapping(), "techniques": said}

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "PolicyNumbers":
        """Read back `as_mapping`, of this or any earlier version. `BadThresholds` names the field."""
        techniques = given.get("techniques", {})
        if not isinstance(techniques, Mapping):
            raise BadThresholds("techniques must give numbers for each technique.")
        flat = {name: value for name, value in given.items() if name != "techniques"}
        return cls(clinic_wide=Thresholds.from_mapping(flat), techniques=techniques)
