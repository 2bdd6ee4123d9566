"""What the rules judge: frozen facts and frozen thresholds. Integers only: seconds, cm2, mm, punctures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

OVERRIDABLE = frozenset({"EXPIRED", "QUARANTINED", "OPEN_LIFE_EXCEEDED", "GUN_NOT_DISINFECTED"})
"""Verdicts a policy may let a lead nurse pass; needle reuse, recall and rejected loads can never be."""
SPACING_MM = {"epidermal": 3, "nappage": 3, "papule": 10, "point_by_point": 20, "linear": 10}
"""Usual distance between punctures by technique (French society of mesotherapy and published technique papers)."""
LARGEST = 1_000_000


class BadThresholds(ValueError):
    """A policy no clinic could mean; the sentence names the number."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The numbers of one policy version. The defaults are the product's; their basis stands at each rule."""

    comfort_advice: bool = True
    comfort_punctures: int = 10
    soon_punctures: int = 50
    overdue_punctures: int = 100
    overdue_minutes: int = 15
    overdue_area_cm2: int = 200
    new_needle_per_region: bool = True
    new_needle_per_syringe: bool = True
    high_speed_overdue_punctures: int = 400
    count_pins: bool = True
    large_area_cm2: int = 400
    large_regions: int = 2
    large_planned_punctures: int = 200
    expires_soon_days: int = 30
    second_person_releases: bool = False
    override_allowed: frozenset[str] = frozenset({"EXPIRED", "OPEN_LIFE_EXCEEDED"})
    spacing_mm: Mapping[str, int] = field(default_factory=lambda: dict(SPACING_MM))

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            if part.type == "int" or part.type is int:
                _positive(part.name, value)
        if self.soon_punctures > self.overdue_punctures:
            raise BadThresholds("soon_punctures must not be larger than overdue_punctures.")
        if not self.override_allowed <= OVERRIDABLE:
            wrong = ", ".join(sorted(self.override_allowed - OVERRIDABLE))
            raise BadThresholds(f"override_allowed: {wrong} can never be overridden.")
        for technique, distance in self.spacing_mm.items():
            _positive(f"spacing_mm of {technique}", distance)

    def __hash__(self) -> int:
        return hash(str(sorted(self.as_mapping().items(), key=lambda pair: pair[0])))

    def as_mapping(self) -> dict[str, object]:
        """As JSON holds it."""
        return {
            **{part.name: getattr(self, part.name) for part in fields(self)},
            "override_allowed": sorted(self.override_allowed),
            "spacing_mm": dict(self.spacing_mm),
        }

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "Thresholds":
        """Read back `as_mapping`. Raises `BadThresholds` naming a field that is unknown, missing its type or absurd."""
        known = {part.name: part for part in fields(cls)}
        values: dict[str, object] = {}
        for name, value in given.items():
            if name not in known:
                raise BadThresholds(f"{name} is no threshold. Known are: {', '.join(known)}.")
            if name == "override_allowed":
                value = frozenset(_texts(name, value))
            elif name == "spacing_mm":
                value = _distances(value)
            elif type(value) is not type(getattr(cls(), name)):
                raise BadThresholds(
                    f"{name} must be {'true or false' if known[name].type == 'bool' else 'a whole number'}."
                )
            values[name] = value
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class NeedleUseFacts:
    """One needle (or multi-pin head) on the gun. `shots` is None where nothing was counted nor estimated."""

    needle_use: str
    sequence: int
    pins: int = 1
    shots: int | None = None
    estimated: bool = False
    seconds: int = 0
    area_cm2: int | None = None
    regions: tuple[str, ...] = ()
    high_speed: bool = False
    must_change: str | None = None
    """What happened to it that ends it at once (N3), while it is still fitted."""
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """One session. `contact_time` holds required and kept seconds of each antisepsis that was needed."""

    area_cm2: int | None = None
    regions: tuple[str, ...] = ()
    planned_punctures: int | None = None
    seconds: int = 0
    syringes: int = 0
    needle_uses: tuple[NeedleUseFacts, ...] = ()
    body_protocol: bool = False
    contact_time: tuple[tuple[int, int], ...] = ()
    fastest_shots_per_minute: int | None = None
    closed: bool = False
    spacing_mm: int | None = None


def _positive(name: str, value: object) -> None:
    if type(value) is not int or not 1 <= value <= LARGEST:
        raise BadThresholds(f"{name} must be a whole number from 1 to {LARGEST:,}.")


def _texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple | frozenset | set) or not all(
        isinstance(item, str) for item in value
    ):
        raise BadThresholds(f"{name} must be a list of words.")
    return [str(item) for item in value]


def _distances(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise BadThresholds("spacing_mm must give a distance for each technique.")
    found: dict[str, int] = {}
    for technique, distance in value.items():
        _positive(f"spacing_mm of {technique}", distance)
        found[str(technique)] = distance
    return found
