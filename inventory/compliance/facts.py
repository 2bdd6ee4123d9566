"""What the rules judge: frozen facts and frozen thresholds. Integers only: seconds, cm2, mm, punctures."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from types import MappingProxyType

OVERRIDABLE = frozenset({"EXPIRED", "QUARANTINED", "OPEN_LIFE_EXCEEDED", "GUN_NOT_DISINFECTED"})
"""Verdicts a policy may let a lead nurse pass; needle reuse, recall and rejected loads can never be."""
SPACING_MM = {"epidermal": 3, "nappage": 3, "papule": 10, "point_by_point": 20, "linear": 10}
"""Usual distance between punctures by technique. Published: nappage 2 to 4 mm, papule about 10 mm, point by
point 20 to 30 mm. Epidermal sweeps and lines have no published distance: assumptions.
"""
LARGEST = 1_000_000
RULES_VERSION = 1
"""The newest set of rules. A policy judges by the set it was made with: a row added to `rules.RULES` later, with the
next number here, speaks from the next policy version on and never of an older session.
"""
PRESET_NUMBERS = {
    "high_speed": ("comfort_punctures", "soon_punctures", "overdue_minutes", "overdue_area_cm2"),
    "multi_pin": ("comfort_punctures", "soon_punctures", "overdue_punctures", "overdue_minutes", "overdue_area_cm2"),
}
"""What a policy may say of one needle by what it is on. The punctures of a high-speed preset are N11 itself."""


class BadThresholds(ValueError):
    """A policy no clinic could mean; the sentence names the number."""


@dataclass(frozen=True)
class NeedleLimits:
    """What one needle is held against: punctures (N4, N5, N6 or N11), seconds (N7) and cm2 (N8)."""

    comfort: int
    soon: int
    punctures: int
    seconds: int
    area_cm2: int


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The numbers of one policy version. The defaults are the product's; their basis stands at each rule.

    N1, N2 and N3 have no number and cannot be switched off. Raises `BadThresholds`.
    """

    comfort_advice: bool = True
    """N4, for sessions that are no body protocol."""
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
    daily_test_required: bool = True
    """A Bowie-Dick or helix test before the first load of a day with a pre-vacuum (HTM 01-05)."""
    release_before_biological: bool = False
    """False: a load waits for its biological indicator. CDC 2008 allows a release before it, implants excepted."""
    override_allowed: frozenset[str] = frozenset({"EXPIRED", "OPEN_LIFE_EXCEEDED"})
    spacing_mm: Mapping[str, int] = field(default_factory=lambda: dict(SPACING_MM))
    """By technique, for estimates."""
    override_by_nurse: frozenset[str] = frozenset()
    """Of the verdicts in `override_allowed`, those that any nurse may pass too."""
    presets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By `high_speed` and `multi_pin`: the limits of a needle on such a preset or head, where they differ."""
    rules_version: int = RULES_VERSION

    def __post_init__(self) -> None:
        self._check_types()
        if self.soon_punctures > self.overdue_punctures:
            raise BadThresholds("soon_punctures must not be larger than overdue_punctures.")
        if self.rules_version > RULES_VERSION:
            raise BadThresholds("rules_version is of a newer Sterilog than this one.")
        wrong = self.override_allowed - OVERRIDABLE
        if wrong:
            raise BadThresholds(f"override_allowed: {', '.join(sorted(wrong))} can never be overridden.")
        for technique, distance in self.spacing_mm.items():
            _positive(f"spacing_mm of {technique}", distance)
        beyond = self.override_by_nurse - self.override_allowed
        if beyond:
            raise BadThresholds(f"override_by_nurse: {', '.join(sorted(beyond))} may not be overridden at all.")
        # One policy's numbers are shared by every request: nobody may change the tables in place.
        object.__setattr__(self, "spacing_mm", MappingProxyType(dict(self.spacing_mm)))
        object.__setattr__(self, "presets", MappingProxyType(_checked_presets(self.presets)))
        for preset, kind in (("multi_pin", (True, False)), ("high_speed", (False, True))):
            limits = self.needle_limits[kind]
            if preset in self.presets and limits.soon > limits.punctures:
                raise BadThresholds(f"soon_punctures of {preset} must not be larger than its overdue_punctures.")

    def _check_types(self) -> None:
        for part in fields(self):
            if type(part.default) is bool:
                _yes_or_no(part.name, getattr(self, part.name))
            elif type(part.default) is int:
                _positive(part.name, getattr(self, part.name))

    @cached_property
    def needle_limits(self) -> Mapping[tuple[bool, bool], NeedleLimits]:
        """By whether the head has several pins and whether the gun's preset is a high-speed one."""
        return {(pins, fast): self._limits(pins, fast) for pins in (False, True) for fast in (False, True)}

    def _limits(self, multi_pin: bool, high_speed: bool) -> NeedleLimits:
        """A head that is both keeps the stricter of what is said of each."""
        named = [self.presets.get("multi_pin", {})] * multi_pin + [self.presets.get("high_speed", {})] * high_speed

        def one(name: str, *also: int) -> int:
            said = [*also, *(preset[name] for preset in named if name in preset)]
            return min(said) if said else getattr(self, name)

        fast = (self.high_speed_overdue_punctures,) if high_speed else ()
        return NeedleLimits(
            one("comfort_punctures"),
            one("soon_punctures"),
            one("overdue_punctures", *fast),
            one("overdue_minutes") * 60,
            one("overdue_area_cm2"),
        )

    def __hash__(self) -> int:
        tables = (tuple(sorted(self.spacing_mm.items())), repr(_plain(self.presets)))
        numbers = [getattr(self, part.name) for part in fields(self) if part.default is not MISSING]
        return hash((*numbers, *tables))

    def as_mapping(self) -> dict[str, object]:
        """As JSON holds it."""
        return {
            **{part.name: getattr(self, part.name) for part in fields(self)},
            "override_allowed": sorted(self.override_allowed),
            "override_by_nurse": sorted(self.override_by_nurse),
            "spacing_mm": dict(self.spacing_mm),
            "presets": _plain(self.presets),
        }

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "Thresholds":
        """Read back `as_mapping`; what is absent keeps its default. `BadThresholds` names the field."""
        known = [part.name for part in fields(cls)]
        values: dict[str, object] = {}
        for name, value in given.items():
            if name not in known:
                raise BadThresholds(f"{name} is no threshold. Known are: {', '.join(known)}.")
            if name in ("override_allowed", "override_by_nurse"):
                values[name] = frozenset(_words(name, value))
            elif name == "spacing_mm":
                values[name] = _distances(value)
            else:
                values[name] = value
        return cls(**values)  # type: ignore[arg-type]  # __post_init__ checks every type


@dataclass(frozen=True, kw_only=True)
class NeedleUseFacts:
    """One needle (or multi-pin head) on the gun. `shots` is None where nobody counted."""

    needle_use: str
    sequence: int
    """1 for the first needle of the session."""
    pins: int = 1
    shots: int | None = None
    estimated: bool = False
    """True where `shots` is no count."""
    seconds: int = 0
    area_cm2: int | None = None
    regions: tuple[str, ...] = ()
    high_speed: bool = False
    must_change: str | None = None
    """What happened to it that ends it at once (N3): bone contact, dropped, touched, bent, blocked."""
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """One session. `contact_time` holds required and kept seconds of each antisepsis that was needed."""

    area_cm2: int | None = None
    regions: tuple[str, ...] = ()
    """With side, such as `thigh_front:left`."""
    planned_punctures: int | None = None
    punctures: int | None = None
    """All of them, where they were counted for the session and not for each needle."""
    seconds: int = 0
    syringes: int = 0
    needle_uses: tuple[NeedleUseFacts, ...] = ()
    body_protocol: bool = False
    contact_time: tuple[tuple[int, int], ...] = ()
    fastest_shots_per_minute: int | None = None
    shots_per_minute: int | None = None
    """What the gun was set to or was seen to make: the rate of an estimate. Its fastest would only bound one."""
    closed: bool = False
    spacing_mm: int | None = None


def _yes_or_no(name: str, value: object) -> None:
    if type(value) is not bool:
        raise BadThresholds(f"{name} must be true or false.")


def _positive(name: str, value: object) -> None:
    if type(value) is not int or not 1 <= value <= LARGEST:
        raise BadThresholds(f"{name} must be a whole number from 1 to {LARGEST:,}.")


def _checked_presets(given: object) -> dict[str, Mapping[str, int]]:
    """`PRESET_NUMBERS` of each preset, all optional; a preset that says nothing is left out."""
    if not isinstance(given, Mapping):
        raise BadThresholds("presets must give the limits of each preset.")
    checked: dict[str, Mapping[str, int]] = {}
    for preset, numbers in given.items():
        if preset not in PRESET_NUMBERS or not isinstance(numbers, Mapping):
            raise BadThresholds(f"presets: {preset} is no preset. Known are: {', '.join(PRESET_NUMBERS)}.")
        for name, value in numbers.items():
            if name not in PRESET_NUMBERS[preset]:
                raise BadThresholds(f"presets: {name} is no limit of {preset}.")
            _positive(f"{name} of {preset}", value)
        if numbers:
            checked[preset] = MappingProxyType(dict(numbers))
    return checked


def _plain(presets: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {preset: dict(sorted(numbers.items())) for preset, numbers in sorted(presets.items())}


def _words(name: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise BadThresholds(f"{name} must be a list of words.")
    return list(value)


def _distances(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise BadThresholds("spacing_mm must give a distance for each technique.")
    return {str(technique): distance for technique, distance in value.items()}
