"""What is asked about a recall notice."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from inventory.signatures.forms import SignedForm
from inventory.stock.forms import DayField, LineField
from inventory.stock.models import Lot
from inventory.stock.shelf_models import RecallReach
from inventory.web.forms import TextField, choices

REACHES = [
    (RecallReach.LOTS.value, "The lots ticked below"),
    (RecallReach.RANGE.value, "A range of lot numbers, later deliveries too"),
    (RecallReach.ALL.value, "Every lot of the product, later deliveries too"),
]


class LotsField(SelectMultipleField):
    """Lots to tick, each by its number."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NoticeForm(SignedForm):
    reference = LineField("Reference of the notice", [InputRequired("Type its number.")], longest=120)
    issued_on = DayField("Dated", [InputRequired("Type its date.")])
    text = TextField(
        "What it says", [InputRequired("Type what it says."), Length(max=2000)], longest=2000, widget=TextArea()
    )
    reach = RadioField("What it recalls", [InputRequired("Say what it recalls.")], choices=choices(REACHES))
    lots = LotsField("Lots", coerce=UUID, validate_choice=False)
    first_number = LineField("First lot number", longest=100)
    last_number = LineField("Last lot number", longest=100)

    def offer(self, lots: Sequence[Lot]) -> None:
        self.lots.choices = choices([(str(lot.id), f"Lot {lot.number}") for lot in lots])
