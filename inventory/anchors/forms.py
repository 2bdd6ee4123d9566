"""What is asked about anchors and the close of a day."""

from wtforms import DateField, EmailField
from wtforms.validators import InputRequired, Length

from inventory.web.forms import Form


class AddressForm(Form):
    address = EmailField(
        "Address",
        [InputRequired("Type the address."), Length(max=254)],
        description="Of an insurer, a notary, an accountant: outside the clinic's own mail.",
    )


class DayForm(Form):
    day = DateField("Day", [InputRequired("Choose the day.")])
