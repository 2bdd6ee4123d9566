"""Forms for signing in and for the people of a clinic."""

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from inventory.people.models import Role
from inventory.web.forms import ChoiceField, Form, TextField


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
