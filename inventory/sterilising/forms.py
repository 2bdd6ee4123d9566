"""Forms of sterilisers and loads. Temperatures are typed in degrees with one decimal and kept in whole tenths."""

from hashlib import sha256

from flask_wtf.file import FileField
from wtforms import BooleanField, DateTimeLocalField, DecimalField, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from inventory.signatures.forms import SignedForm
from inventory.sterilising.cycle_log import LogFormat, PressureUnit, TimeFormat
from inventory.sterilising.judging import NAMES
from inventory.sterilising.models import Control, CycleType, Growth, Indicator, LoadState, RecallScope
from inventory.sterilising.programmes import SHORTEST_HOLD
from inventory.sterilising.release import ALLOWED
from inventory.web.forms import ChoiceField, Form, TextField, choices

DECISIONS = (
    (LoadState.RELEASED, "Release"),
    (LoadState.QUARANTINED, "Quarantine"),
    (LoadState.REJECTED, "Reject"),
    (LoadState.RECALLED, "Recall"),
)
TYPES = [(kind.value, f"Type {kind.value}") for kind in CycleType]
TEMPERATURES = [(str(tenths), f"{tenths // 10} C") for tenths in SHORTEST_HOLD]
OFTEN_HOURS = 24


class SteriliserForm(Form):
    name = TextField("Name", [InputRequired("Name the steriliser, such as S1.")], longest=20)
    serial_number = TextField("Serial number", [InputRequired("Type the serial number.")], longest=60)


class ProgrammeForm(Form):
    ids = "programme"
    name = TextField("Name", [InputRequired("As the steriliser shows it, such as 134 C prion.")], longest=60)
    cycle_type = ChoiceField("Cycle type", TYPES)
    set_temperature = ChoiceField("Set temperature", TEMPERATURES)
    hold_seconds = IntegerField("Hold in seconds", [InputRequired("How long is the hold?"), NumberRange(1, 86_400)])
    drying_seconds = IntegerField("Drying in seconds", [Optional(), NumberRange(0, 86_400)])
    gravity = BooleanField("Gravity drives the air out, no vacuum")


class TestForm(Form):
    __test__ = False

    ids = "test"
    kind = ChoiceField("Test", [(kind.value, f"{name[0].upper()}{name[1:]}") for kind, name in NAMES.items()])
    result = RadioField(
        "Result",
        [InputRequired("Say whether it passed.")],
        choices=choices([("passed", "Passed"), ("failed", "Failed")]),
    )
    leak_rate = DecimalField("Leak rate", [Optional(), NumberRange(0, 1000)], places=1)


class LogFormatForm(Form):
    """Headers as they stand in the first line of the file."""

    ids = "log"
    time = TextField("Column of the time", [InputRequired("Type the header of the time.")])
    temperature = TextField("Column of the temperature", [InputRequired("Type the header of the temperature.")])
    pressure = TextField("Column of the pressure")
    phase = TextField("Column of the phase")
    hold_phase = TextField("Word for the hold in that column")
    drying_phase = TextField("Word for drying in that column")
    time_format = ChoiceField(
        "The time is written",
        [
            (TimeFormat.ISO.value, "2026-11-23 09:00:00"),
            (TimeFormat.DAY_FIRST_DOTS.value, "23.11.2026 09:00:00"),
            (TimeFormat.DAY_FIRST_SLASHES.value, "23/11/2026 09:00:00"),
            (TimeFormat.MONTH_FIRST.value, "11/23/2026 09:00:00"),
            (TimeFormat.CLOCK.value, "09:00:00, without a date"),
            (TimeFormat.SECONDS.value, "Seconds since the start"),
        ],
    )
    pressure_unit = ChoiceField(
        "The pressure is in",
        [
            (PressureUnit.BAR_ABSOLUTE.value, "bar, absolute (134 C: 3.04)"),
            (PressureUnit.BAR_GAUGE.value, "bar above the atmosphere (134 C: 2.03)"),
            (PressureUnit.KPA_ABSOLUTE.value, "kPa, absolute (134 C: 304)"),
            (PressureUnit.MBAR_ABSOLUTE.value, "mbar, absolute (134 C: 3042)"),
        ],
    )

    @property
    def log_format(self) -> LogFormat:
        return LogFormat(
            time=self.time.data or "",
            temperature=self.temperature.data or "",
            pressure=self.pressure.data or "",
            phase=self.phase.data or "",
            hold_phase=self.hold_phase.data or "",
            drying_phase=self.drying_phase.data or "",
            time_format=TimeFormat(self.time_format.data),
            pressure_unit=PressureUnit(self.pressure_unit.data),
        )


class LoadForm(Form):
    """What the steriliser's log holds need not be typed. What a person must have looked at has no default."""

    programme = ChoiceField("Steriliser and programme")
    log = FileField("The steriliser's log of this cycle", description="A CSV file. It fills in what you leave empty.")
    started_at = DateTimeLocalField("Started", [Optional()])
    ended_at = DateTimeLocalField("Ended", [Optional()])
    temperature = DecimalField("Lowest temperature of the hold", [Optional(), NumberRange(50, 200)], places=1)
    highest_temperature = DecimalField("Highest temperature of the hold", [Optional(), NumberRange(50, 200)], places=1)
    pressure = IntegerField("Lowest pressure of the hold", [Optional(), NumberRange(0, 6000)])
    hold_seconds = IntegerField("Hold in seconds", [Optional(), NumberRange(0, 86_400)])
    drying_seconds = IntegerField("Drying in seconds", [Optional(), NumberRange(0, 86_400)])
    contents = TextField("Contents", [InputRequired("Say what was in it.")])
    wrapped_or_hollow = BooleanField("Wrapped or hollow goods", default=True)
    external_indicator = RadioField(
        "Indicator outside each pack, type 1", [InputRequired("Say how it reads.")], choices=choices(Indicator)
    )
    internal_indicator = RadioField(
        "Indicator inside", [InputRequired("Say how it reads.")], choices=choices(Indicator)
    )
    internal_indicator_type = ChoiceField(
        "Type of the indicator inside (ISO 11140-1)",
        [("4", "Type 4, multi-variable"), ("5", "Type 5, integrating"), ("6", "Type 6, emulating")],
        default="5",
    )
    condition = RadioField(
        "The packs came out",
        [InputRequired("Say how they came out: a wet or torn pack is not sterile.")],
        choices=choices([("dry", "Dry and whole"), ("wet", "Wet, torn or open")]),
    )

    @property
    def raw_log(self) -> tuple[str, bytes] | None:
        """Name and bytes of the file that was chosen."""
        if not self.log.data:
            return None
        raw = self.log.data.read()
        self.log.data.seek(0)
        return self.log.data.filename or "log.csv", raw

    @property
    def content(self) -> dict[str, object]:
        log = self.raw_log
        return {**super().content, "log": sha256(log[1]).hexdigest() if log else None}


class DecisionForm(SignedForm):
    ids = "decision"
    decision = RadioField("Decision", [InputRequired("Choose what you decide.")])
    meaning = TextField("What you checked", [InputRequired("Write what you checked and decided.")], longest=300)
    seen = BooleanField("I read the warning")

    def offer(self, state: LoadState) -> None:
        """Show only what may follow `state`; what was sent is judged by the operation."""
        self.decision.choices = choices(
            [(wanted.value, word) for wanted, word in DECISIONS if wanted in ALLOWED[state]]
        )


class PlaceForm(Form):
    ids = "place"
    product = TextField("Biological indicator", [InputRequired("Type its name.")], longest=80)
    lot = TextField("Lot of indicator and control", [InputRequired("Type the lot.")], longest=60)
    incubation_hours = IntegerField(
        "Incubation in hours", [InputRequired("As its maker says."), NumberRange(1, 336)], default=OFTEN_HOURS
    )


class ReadForm(Form):
    ids = "read"
    result = RadioField(
        "Indicator",
        [InputRequired("Say whether it grew.")],
        choices=choices([(Growth.NEGATIVE.value, "No growth"), (Growth.POSITIVE.value, "Growth")]),
    )
    control = RadioField(
        "Control",
        [InputRequired("Say whether the control grew.")],
        choices=choices([(Control.GREW.value, "Grew"), (Control.DID_NOT_GROW.value, "Did not grow")]),
    )


class RecallForm(SignedForm):
    scope = RadioField(
        "Scope",
        [InputRequired("Choose what is recalled.")],
        choices=choices(
            [
                (RecallScope.THIS_LOAD.value, "This load only"),
                (RecallScope.SINCE_LAST_NEGATIVE.value, "Every load since the last negative indicator"),
            ]
        ),
    )
    meaning = TextField("Why this scope", [InputRequired("Write why.")], longest=300)
