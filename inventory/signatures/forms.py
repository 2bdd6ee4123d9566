"""The one field that signs."""

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from inventory.web.forms import Form


class SignedForm(Form):
    """An act that its person signs. The secret is no part of what is kept of the request, not even as a hash."""

    secret = PasswordField(
        "Your password or PIN",
        [InputRequired("Sign with your password or PIN."), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )

    @property
    def content(self) -> dict[str, object]:
        return {name: value for name, value in super().content.items() if name != "secret"}


class ApproveForm(SignedForm):
    """An approval beside other forms of its page."""

    ids = "approve"
