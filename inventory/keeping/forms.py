"""Forms for terms, holds and erasure."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, Length

from inventory.keeping.models import HoldKind
from inventory.signatures.forms import SignedForm
from inventory.web.forms import ChoiceField, TextField


class TermForm(SignedForm):
    days = IntegerField("Days", [InputRequired("Type how many days.")])
    reason = TextField("Why", [InputRequired("Say why: a law, an insurer, a decision.")])


class HoldForm(SignedForm):
    kind = ChoiceField(
        "What is held",
        [
            (HoldKind.CLINIC.value, "The whole clinic"),
            (HoldKind.SESSION.value, "A session"),
            (HoldKind.PATIENT.value, "All sessions of the patient of a session"),
            (HoldKind.LOT.value, "Every session a lot came into"),
        ],
    )
    what = TextField(
        "Number of the session or lot",
        [Length(max=80)],
        description="Empty for the whole clinic.",
    )
    reason = TextField(
        "Why",
        [InputRequired("Say why, such as 'claim of 12 March'.")],
        description="Such as 'claim of 12 March'. No patient's reference: this stays in the record.",
    )


class LiftForm(SignedForm):
    reason = TextField("Why", [InputRequired("Say why it is lifted.")])


class EraseForm(SignedForm):
    reason = TextField(
        "Why",
        [InputRequired("Say why, such as 'asked for in writing on 3 March'.")],
        description="Such as 'asked for in writing on 3 March'. Without the reference: this stays in the record.",
    )
