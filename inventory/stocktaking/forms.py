"""What is asked at a stocktake."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from inventory.stock.forms import QUANTITY, WholeField, named
from inventory.stock.lot_forms import ReasonForm
from inventory.stock.models import LARGEST_QUANTITY, Location, Lot
from inventory.web.forms import ChoiceField, Form, choices


class StartForm(Form):
    location = ChoiceField("What is counted", optional="Everything, place by place")

    def offer(self, locations: Sequence[Location]) -> None:
        self.location.choices = choices(named(locations), "Everything, place by place")


class ScanForm(Form):
    """`pieces` typed before a scan go instead of what the package holds."""

    ids = "scan"
    # Not trimmed like typed text: it would lose the separators a code may begin or end with.
    text = StringField("Scan what lies there", [InputRequired("Scan the supplier's code."), Length(max=400)])
    pieces = WholeField("Pieces", [Optional(), QUANTITY])
    found = HiddenField()
    """Set where somebody says that a lot which was never received really lies there."""


class HandForm(Form):
    ids = "hand"
    lot = ChoiceField("Lot", validators=[InputRequired("Choose the lot.")])
    pieces = WholeField(
        "Pieces",
        [
            InputRequired("Type how many you counted."),
            NumberRange(0, LARGEST_QUANTITY, f"Type a whole number from 0 to {LARGEST_QUANTITY:,}."),
        ],
    )

    def offer(self, lots: Sequence[Lot]) -> None:
        pairs = ((str(lot.id), f"{lot.product.name}, lot {lot.number}") for lot in lots)
        self.lot.choices = choices(pairs, optional="Choose")

    @property
    def lot_id(self) -> UUID:
        return UUID(self.lot.data)


class CancelForm(ReasonForm):
    ids = "cancel"
