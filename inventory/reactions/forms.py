"""Forms of reactions and aftercare: shape only."""

from wtforms import DateField
from wtforms.validators import InputRequired

from inventory.reactions.models import HowGiven, ReactionKind, ReactionSeverity
from inventory.signatures.forms import SignedForm
from inventory.web.forms import ChoiceField, Form, TextField


class ReactionForm(Form):
    kind = ChoiceField("What was seen", ReactionKind)
    severity = ChoiceField("How bad", ReactionSeverity)
    onset_on = DateField("First seen on", [InputRequired("Choose the day it was first seen.")])
    note = TextField("Note", longest=500, description="What and where; no name, no phone number.")


class CorrectionForm(SignedForm, ReactionForm):
    reason = TextField("Why it is corrected", [InputRequired("Say why in a few words.")], longest=300)


class AftercareForm(Form):
    ids = "aftercare"

    how = ChoiceField("How it was given", HowGiven)
