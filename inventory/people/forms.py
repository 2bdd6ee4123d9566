"""Forms for signing in and for the people of a clinic."""

from wtforms import HiddenField, IntegerField, PasswordField, RadioField
from wtforms.validators import InputRequired, Length

from inventory.people.models import Role
from inventory.web.forms import ChoiceField, Form, TextField
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
