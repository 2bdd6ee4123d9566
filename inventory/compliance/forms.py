"""The form of a new policy version: every number, prefilled with the newest version's."""

from collections.abc import Mapping

from wtforms import BooleanField, DateField, Field, IntegerField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.compliance.facts import LARGEST, OVERRIDABLE, PRESET_NUMBERS, SPACING_MM
from inventory.compliance.techniques import TECHNIQUE_NUMBERS, TECHNIQUES, PolicyNumbers
from inventory.compliance.wording import SCOPES, WORDINGS
from inventory.web.forms import ChoiceField, Form, TextField

WHOLE = f"Type a whole number from 1 to {LARGEST:,}."
NOT_TYPED = ("spacing_mm", "presets", "rules_version")
"""Parts of the clinic-wide numbers that no single field holds."""
SPECIAL = {**dict.fromkeys(TECHNIQUES, TECHNIQUE_NUMBERS), **PRESET_NUMBERS}
SWITCHED = {"on": True, "off": False}


def _number(label: str, basis: str = "", *, optional: bool = False) -> IntegerField:
    shape = [Optional() if optional else InputRequired(WHOLE), NumberRange(1, LARGEST, WHOLE)]
    return IntegerField(label, shape, description=basis, render_kw={"inputmode": "numeric"})


def _of(name: str) -> IntegerField:
    wording = WORDINGS[name]
    return _number(f"{wording.label} ({wording.unit})", f"{wording.rule}. {wording.basis}")


def _switch(name: str) -> BooleanField:
    wording = WORDINGS[name]
    return BooleanField(wording.label, description=f"{wording.rule}. {wording.basis}")


def _verdicts(name: str) -> SelectMultipleField:
    return SelectMultipleField(
        WORDINGS[name].label,
        choices=[SelectChoice(code, code.replace("_", " ").capitalize()) for code in sorted(OVERRIDABLE)],
        description=WORDINGS[name].basis,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _special(scope: str, name: str) -> Field:
    """A number that may differ for a technique, preset or head; empty where it does not."""
    wording = WORDINGS[name]
    label = f"{SCOPES[scope]}: {wording.label[0].lower()}{wording.label[1:]}"
    if wording.unit:
        return _number(f"{label} ({wording.unit})", optional=True)
    return ChoiceField(label, [("on", "On"), ("off", "Off")], optional="As the clinic")


class PolicyForm(Form):
    reason = TextField("Reason for this version", [InputRequired("Type why."), Length(min=5)])
    in_force_on = DateField("In force from", [Optional()], description="Empty: as soon as a second person approves it.")
    comfort_advice = _switch("comfort_advice")
    comfort_punctures = _of("comfort_punctures")
    soon_punctures = _of("soon_punctures")
    overdue_punctures = _of("overdue_punctures")
    overdue_minutes = _of("overdue_minutes")
    overdue_area_cm2 = _of("overdue_area_cm2")
    new_needle_per_region = _switch("new_needle_per_region")
    new_needle_per_syringe = _switch("new_needle_per_syringe")
    high_speed_overdue_punctures = _of("high_speed_overdue_punctures")
    count_pins = _switch("count_pins")
    large_area_cm2 = _of("large_area_cm2")
    large_regions = _of("large_regions")
    large_planned_punctures = _of("large_planned_punctures")
    expires_soon_days = _of("expires_soon_days")
    second_person_releases = _switch("second_person_releases")
    daily_test_required = _switch("daily_test_required")
    release_before_biological = _switch("release_before_biological")
    override_allowed = _verdicts("override_allowed")
    override_by_nurse = _verdicts("override_by_nurse")
    spacing_epidermal = _number("Epidermal (mm)")
    spacing_nappage = _number("Nappage (mm)")
    spacing_papule = _number("Papule (mm)")
    spacing_point_by_point = _number("Point by point (mm)")
    spacing_linear = _number("Linear (mm)")

    @classmethod
    def showing(cls, numbers: PolicyNumbers) -> "PolicyForm":
        """The form with `numbers` where nothing was typed."""
        plain = numbers.clinic_wide.as_mapping()
        spacing = {f"spacing_{technique}": distance for technique, distance in numbers.clinic_wide.spacing_mm.items()}
        special = {
            f"{scope}__{name}": {True: "on", False: "off"}[value] if isinstance(value, bool) else value
            for scope, said in {**numbers.techniques, **numbers.clinic_wide.presets}.items()
            for name, value in said.items()
        }
        return cls(data={**plain, **spacing, **special})

    @property
    def numbers(self) -> dict[str, object]:
        """What was typed, as `PolicyNumbers.from_mapping` reads it."""
        plain = {name: self[name].data for name in WORDINGS if name not in NOT_TYPED}
        spacing = {technique: self[f"spacing_{technique}"].data for technique in SPACING_MM}
        presets = {preset: self._said_of(preset) for preset in PRESET_NUMBERS}
        techniques = {technique: self._said_of(technique) for technique in TECHNIQUES}
        return {**plain, "spacing_mm": spacing, "presets": presets, "techniques": techniques}

    @property
    def special(self) -> list[tuple[str, list[Field], int]]:
        """What may differ, by technique, preset and head: its name, its fields, and how many are filled in."""
        groups = [(SCOPES[scope], [self[f"{scope}__{name}"] for name in names]) for scope, names in SPECIAL.items()]
        return [(label, fields, sum(1 for field in fields if field.data)) for label, fields in groups]

    def _said_of(self, scope: str) -> Mapping[str, object]:
        typed = {name: self[f"{scope}__{name}"].data for name in SPECIAL[scope]}
        return {name: SWITCHED.get(value, value) for name, value in typed.items() if value not in (None, "")}


for scope, names in SPECIAL.items():
    for name in names:
        setattr(PolicyForm, f"{scope}__{name}", _special(scope, name))


class WithdrawForm(Form):
    reason = TextField("Why it is set aside", [InputRequired("Type why."), Length(min=5)])
