"""The form of a new policy version: every number, prefilled with the one in force."""

from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.compliance.facts import LARGEST, OVERRIDABLE, SPACING_MM, Thresholds
from inventory.compliance.wording import WORDINGS
from inventory.web.forms import Form, TextField


def _number(label: str, basis: str = "") -> IntegerField:
    whole = f"Type a whole number from 1 to {LARGEST:,}."
    shape = [InputRequired(whole), NumberRange(1, LARGEST, whole)]
    return IntegerField(label, shape, description=basis, render_kw={"inputmode": "numeric"})


def _of(name: str) -> IntegerField:
    wording = WORDINGS[name]
    return _number(f"{wording.label} ({wording.unit})", f"{wording.rule}. {wording.basis}")


def _switch(name: str) -> BooleanField:
    wording = WORDINGS[name]
    return BooleanField(wording.label, description=f"{wording.rule}. {wording.basis}")


class PolicyForm(Form):
    reason = TextField("Reason for this version", [InputRequired("Type why."), Length(min=5)])
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
    override_allowed = SelectMultipleField(
        WORDINGS["override_allowed"].label,
        choices=[SelectChoice(code, code.replace("_", " ").capitalize()) for code in sorted(OVERRIDABLE)],
        description=WORDINGS["override_allowed"].basis,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    spacing_epidermal = _number("Epidermal (mm)")
    spacing_nappage = _number("Nappage (mm)")
    spacing_papule = _number("Papule (mm)")
    spacing_point_by_point = _number("Point by point (mm)")
    spacing_linear = _number("Linear (mm)")

    @classmethod
    def showing(cls, thresholds: Thresholds) -> "PolicyForm":
        """The form with the numbers of `thresholds` where nothing was typed."""
        spacing = {f"spacing_{technique}": distance for technique, distance in thresholds.spacing_mm.items()}
        return cls(data={**thresholds.as_mapping(), **spacing})

    @property
    def numbers(self) -> dict[str, object]:
        """What was typed, as `Thresholds.from_mapping` reads it."""
        spacing = {technique: self[f"spacing_{technique}"].data for technique in SPACING_MM}
        plain = {name: self[name].data for name in WORDINGS if name != "spacing_mm"}
        return {**plain, "spacing_mm": spacing}
