"""Forms of reviewing flags, of the what-if, and of what charts show."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import DateField, DecimalField, FieldList, HiddenField, IntegerField, SelectField
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from inventory.oversight.lifecycle import FlagState, Step, steps_from
from inventory.oversight.measures import By
from inventory.oversight.queries import ReviewedFlag
from inventory.people.models import Membership
from inventory.signatures.forms import SignedForm
from inventory.web.forms import ChoiceField, Form, TextField

STEP_WORDS = {
    Step.ACKNOWLEDGE: "Acknowledge: it is seen and being looked into",
    Step.AGREE_ACTION: "Agree an action",
    Step.CLOSE: "Close: nothing is left to do",
    Step.REOPEN: "Reopen: it is not settled",
}
MOST_SESSIONS = 100_000
USUAL_SESSIONS = 200


def _steps(steps: Sequence[Step]) -> list[SelectChoice]:
    return [SelectChoice(step.value, STEP_WORDS[step]) for step in steps if step is not Step.AGREE_ACTION]


class StepForm(SignedForm):
    ids = "step"
    step = ChoiceField("What you do")
    reason = TextField("Reason", [InputRequired("Type why."), Length(min=3)], longest=500)

    @classmethod
    def of(cls, state: FlagState, *, blank: bool = False) -> "StepForm":
        form = cls(formdata=None) if blank else cls()
        form.step.choices = _steps(steps_from(state))
        return form


class ActionForm(SignedForm):
    ids = "action"
    action = TextField("What is done", [InputRequired("Type what is done.")], longest=300)
    owner = ChoiceField("Who does it")
    due_on = DateField("By when", [InputRequired("Choose a day.")])
    reason = TextField("Reason", [InputRequired("Type why."), Length(min=3)], longest=500)

    @classmethod
    def among(cls, members: Sequence[Membership], *, blank: bool = False) -> "ActionForm":
        form = cls(formdata=None) if blank else cls()
        form.owner.choices = [SelectChoice(str(member.id), member.person.name) for member in members]
        return form


class BulkForm(SignedForm):
    """The same step on many flags, a reason each; a flag without a reason is left as it is."""

    step = ChoiceField("What you do with those that have a reason")
    flags = FieldList(HiddenField())
    reasons = FieldList(TextField("Reason", longest=500))

    @classmethod
    def listing(cls, listed: Sequence[ReviewedFlag]) -> "BulkForm":
        form = cls()
        form.step.choices = _steps((Step.CLOSE, Step.ACKNOWLEDGE))
        if not form.is_submitted():
            for reviewed in listed:
                form.flags.append_entry(str(reviewed.flag.id))
                form.reasons.append_entry("")
        return form

    @property
    def reviewed(self) -> list[tuple[UUID, str]]:
        """Flag ids with their reasons, where one was typed."""
        pairs = zip(self.flags.entries, self.reasons.entries, strict=False)
        return [(UUID(flag.data), reason.data) for flag, reason in pairs if reason.data]


class WhatIfForm(Form):
    """Read from the address: a what-if changes nothing."""

    sessions = IntegerField(
        "Last sessions",
        [InputRequired(), NumberRange(1, MOST_SESSIONS, f"Type a whole number from 1 to {MOST_SESSIONS:,}.")],
        default=USUAL_SESSIONS,
    )
    cost = DecimalField(
        "Cost of one needle",
        [Optional(), NumberRange(0, 1000, "Type an amount from 0 to 1,000.")],
        places=None,
        description="In your currency, such as 0.35. Empty: no cost is worked out.",
    )


class SightForm(PlainForm):
    """Read from the address, so that a chart's address can be kept and sent on."""

    first_day = DateField("From", [Optional()])
    last_day = DateField("To", [Optional()])
    by = SelectField("By", validate_choice=False, choices=[SelectChoice(by.value, by.value.capitalize()) for by in By])
