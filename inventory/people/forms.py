"""Forms for signing in and for the people of a clinic."""

from collections.abc import Iterable

from wtforms import DateField, HiddenField, IntegerField, PasswordField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.people.actors import PersonAtWork
from inventory.people.models import Role
from inventory.web.forms import ChoiceField, Form, TextField, choices
from labels.media import MEDIA


class SignInForm(Form):
    email = TextField("E-mail", [InputRequired("Type your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=256)])


class PersonForm(Form):
    name = TextField("Name", [InputRequired("Type the person's name.")], longest=80)
    email = TextField("E-mail", [InputRequired("Type an e-mail address."), Length(min=5)])
    role = ChoiceField("Role", Role)
    password = PasswordField(
        "First password",
        [InputRequired("Type a first password."), Length(max=256)],
        description="12 characters or more.",
    )


class RoleForm(Form):
    role = ChoiceField("Role", Role)


class TermsForm(Form):
    """What an auditor sees, and how long."""

    sees_from = DateField("Sees the days from", [InputRequired("Choose the first day.")])
    sees_until = DateField("To", [InputRequired("Choose the last day.")])
    expires_on = DateField(
        "Last day of access",
        [InputRequired("Choose a day.")],
        description="From the day after, the account opens nothing.",
    )


class AuditorForm(TermsForm):
    name = TextField("Name", [InputRequired("Type the person's name.")], longest=80)
    email = TextField("E-mail", [InputRequired("Type an e-mail address."), Length(min=5)])
    password = PasswordField(
        "First password",
        [InputRequired("Type a first password."), Length(max=256)],
        description="12 characters or more.",
    )
    clinics = SelectMultipleField(
        "Clinics",
        [InputRequired("Choose at least one clinic.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, administered: Iterable[PersonAtWork]) -> None:
        """The clinics in which their administrator is at work, the present one chosen."""
        pairs = [(str(by.clinic_id), by.clinic_name) for by in administered]
        self.clinics.choices = choices(pairs)
        if not self.is_submitted():
            self.clinics.data = [pairs[0][0]]


class PasswordForm(Form):
    current = PasswordField("Password until now", [InputRequired("Type your password."), Length(max=256)])
    password = PasswordField(
        "New password",
        [InputRequired("Type the new one."), Length(max=256)],
        description="12 characters or more.",
    )


class ResetForm(Form):
    password = PasswordField(
        "New password",
        [InputRequired("Type the new one."), Length(max=256)],
        description="12 characters or more.",
    )


class PinForm(Form):
    """Taking over a shared tablet by name and PIN."""

    ids = "pin"

    member = RadioField("Who is at work", validators=[InputRequired("Choose your name.")])
    pin = PasswordField("PIN", [InputRequired("Type your PIN."), Length(max=8)])


class BadgeForm(Form):
    text = TextField("Scan your badge", [InputRequired("Scan your badge.")], longest=200)


class OwnPinForm(Form):
    current = PasswordField("Your password", [InputRequired("Type your password."), Length(max=256)])
    pin = PasswordField("New PIN", [InputRequired("Type a PIN."), Length(max=8)], description="4 to 8 digits.")


class BadgeLabelForm(Form):
    """The code comes back from the page that showed it, as it is kept nowhere."""

    code = HiddenField("Code")
    medium = ChoiceField(
        "Label sheet or roll", [(each.key, f"{each.name}, {each.size_text}") for each in MEDIA.values()]
    )
    start = IntegerField("First free label", [InputRequired("Choose the first free label.")], default=1)
