"""Forms of sterilisers and loads."""

from wtforms import BooleanField, DateTimeLocalField, DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from inventory.sterilising.models import CycleType, Indicator, LoadState
from inventory.sterilising.release import ALLOWED
from inventory.web.forms import ChoiceField, Form, TextField, choices

DECISIONS = (
    (LoadState.RELEASED, "Release"),
    (LoadState.QUARANTINED, "Quarantine"),
    (LoadState.REJECTED, "Reject"),
    (LoadState.RECALLED, "Recall"),
)


class SteriliserForm(Form):
    name = TextField("Name", [InputRequired("Name the steriliser, such as S1.")], longest=20)
    serial_number = TextField("Serial number", [InputRequired("Type the serial number.")], longest=60)


class LoadForm(Form):
    """Temperature is typed in degrees with one decimal and kept in whole tenths."""

    steriliser = ChoiceField("Steriliser")
    cycle_type = ChoiceField("Cycle type", [(kind.value, f"Type {kind.value}") for kind in CycleType])
    programme = TextField("Programme", [InputRequired("Type the programme, such as 134 C, 3.5 min.")], longest=60)
    started_at = DateTimeLocalField("Started", [InputRequired("Say when it started.")])
    ended_at = DateTimeLocalField("Ended", [InputRequired("Say when it ended.")])
    temperature = DecimalField(
        "Lowest temperature of the hold",
        [InputRequired("Type it from the printout."), NumberRange(50, 200)],
        places=1,
    )
    hold_seconds = IntegerField(
        "Hold in seconds", [InputRequired("Type it from the printout."), NumberRange(0, 86_400)]
    )
    contents = TextField("Contents", [InputRequired("Say what was in it.")])
    wrapped_or_hollow = BooleanField("Wrapped or hollow goods")
    external_indicator = ChoiceField("External indicator", Indicator)
    internal_indicator = ChoiceField("Internal indicator", Indicator)
    internal_indicator_type = ChoiceField(
        "Type of the internal indicator", [("4", "Type 4"), ("5", "Type 5"), ("6", "Type 6")], default="5"
    )
    dry = BooleanField("Packs came out dry", default=True)


class DecisionForm(Form):
    decision = ChoiceField("Decision", [(state.value, word) for state, word in DECISIONS])
    meaning = TextField("What you checked", [InputRequired("Write what you checked and decided.")], longest=300)

    def offer(self, state: LoadState) -> None:
        """Show only what may follow `state`; what was sent is judged by the operation."""
        self.decision.choices = choices(
            [(wanted.value, word) for wanted, word in DECISIONS if wanted in ALLOWED[state]]
        )
