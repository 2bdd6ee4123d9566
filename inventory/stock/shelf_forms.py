"""What is asked where stock is kept, filled up, and sent back."""

from collections.abc import Sequence
from datetime import date

from wtforms import HiddenField
from wtforms.validators import InputRequired, NumberRange

from inventory.stock.forms import DayField, LineField, WholeField
from inventory.stock.lot_forms import WriteOffForm
from inventory.stock.models import LARGEST_QUANTITY, Product
from inventory.web.forms import ChoiceField, Form, choices


class ParForm(Form):
    product = ChoiceField("Product", validators=[InputRequired("Choose the product.")])
    quantity = WholeField(
        "Filled up to",
        [
            InputRequired("Type how many."),
            NumberRange(0, LARGEST_QUANTITY, f"Type a whole number from 0 to {LARGEST_QUANTITY:,}."),
        ],
    )

    def offer(self, products: Sequence[Product]) -> None:
        pairs = ((str(row.id), f"{row.name} (in {row.base_unit}s)") for row in products)
        self.product.choices = choices(pairs, optional="Choose")


class FillForm(Form):
    seen = HiddenField()
    """The list as it was looked at: another one is not carried out unseen."""


class ReturnForm(WriteOffForm):
    reference = LineField("Supplier's number of the return", [InputRequired("Type the number.")], longest=80)


def typed_day(field: DayField) -> date:
    """The day typed in a field that had to be filled."""
    if field.data is None:
        raise TypeError("A day that has to be typed was not asked for.")
    return field.data
