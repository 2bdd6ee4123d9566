"""Forms of a session: shape only."""

from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from inventory.sessions.models import AgeBand, RemovalReason, Sex, Side, Technique
from inventory.sessions.references import LONGEST
from inventory.sessions.regions import REGIONS
from inventory.web.forms import ChoiceField, Form, TextField, choices, words
from labels.codes import is_badge

MUST_CHANGE = [
    RemovalReason.BONE_CONTACT,
    RemovalReason.DROPPED,
    RemovalReason.TOUCHED,
    RemovalReason.BENT,
    RemovalReason.BLOCKED,
]
SWAP_REASONS = [reason for reason in RemovalReason if reason is not RemovalReason.SESSION_END]


class OpenForm(Form):
    patient_reference = TextField(
        "Patient reference",
        [InputRequired("Type the clinic's own case number for the patient.")],
        longest=LONGEST,
        description="Your clinic's case number. No name, no birth date.",
    )
    practitioner = ChoiceField("Practitioner")
    room = ChoiceField("Room")
    technique = ChoiceField("Technique", Technique)
    needle_length_mm = ChoiceField("Needle length", [("4", "4 mm"), ("6", "6 mm"), ("13", "13 mm")])
    region = ChoiceField(
        "Region",
        [(key, region.label) for key, region in REGIONS.items()],
        optional="Choose on the body map",
    )
    side = ChoiceField("Side", Side, default=Side.MIDLINE.value)
    area_cm2 = IntegerField("Area in cm2", [Optional(), NumberRange(1, 20_000)], description="Empty: the usual size.")
    palms = IntegerField("or in palms", [Optional(), NumberRange(1, 150)], description="One palm is 133 cm2.")
    planned_punctures = IntegerField("Planned punctures", [Optional(), NumberRange(0, 100_000)])
    body_protocol = BooleanField("Body protocol")
    tilt_degrees = IntegerField("Needle tilt in degrees", [Optional(), NumberRange(0, 90)])
    age_band = ChoiceField("Age", AgeBand, optional="Not said")
    sex = ChoiceField("Sex", Sex, optional="Not said")

    def validate_region(self, field: ChoiceField) -> None:
        if not field.data and (self.area_cm2.data or self.palms.data):
            raise ValidationError("Choose the region this area belongs to.")


class ScanForm(Form):
    """A scan; while a session runs it may say how the needle on the gun ended."""

    text = TextField("Scan", [DataRequired("Scan a label, or type the code below it.")], longest=512)
    reason = RadioField(
        "Reason for the change",
        choices=choices([(r.value, words(r)) for r in SWAP_REASONS]),
        default=RemovalReason.LIMIT_REACHED.value,
    )
    shots = IntegerField("Shots on the gun's counter", [Optional(), NumberRange(0, 100_000)])
    override_reason = TextField("Reason to go on all the same", longest=300)

    def validate_text(self, field: TextField) -> None:
        """A badge opens a tablet: its code must not be kept among the scans, where others read it."""
        if is_badge(field.data or ""):
            raise ValidationError("This is a badge. Choose Switch person in the menu and scan it there.")


class AreaForm(Form):
    ids = "area"

    region = ChoiceField("Region", [(key, region.label) for key, region in REGIONS.items()])
    side = ChoiceField("Side", Side, default=Side.MIDLINE.value)
    area_cm2 = IntegerField("Area in cm2", [Optional(), NumberRange(1, 20_000)])
    palms = IntegerField("or in palms", [Optional(), NumberRange(1, 150)])


class CountForm(Form):
    ids = "count"

    shots = IntegerField("Shots on the gun's counter", [InputRequired("Type the number."), NumberRange(0, 100_000)])
    area_cm2 = IntegerField("Skin done with this needle", [Optional(), NumberRange(0, 20_000)])


class RegionForm(Form):
    ids = "region"

    region = ChoiceField("Now treating", validate_choice=False)


class CloseForm(Form):
    ids = "close"

    shots = IntegerField("Shots of the last needle", [Optional(), NumberRange(0, 100_000)])


class EventForm(Form):
    """What happened to the needle that ends it at once."""

    ids = "event"

    must_change = ChoiceField("What happened", [(r.value, words(r)) for r in MUST_CHANGE])


class ReasonForm(Form):
    ids = "reason"

    reason = TextField("Reason", [InputRequired("Say why; the auditor will read it.")], longest=500)
