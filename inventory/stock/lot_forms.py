"""What is asked when a lot is corrected, moved or blocked."""

from collections.abc import Sequence

from wtforms.validators import InputRequired, NumberRange

from inventory.signatures.forms import SignedForm
from inventory.stock.forms import QUANTITY, LineField, WholeField, named
from inventory.stock.ledger import Holding
from inventory.stock.models import LARGEST_QUANTITY, Location
from inventory.web.forms import ChoiceField, Form, choices


class ReasonForm(Form):
    reason = LineField("Why", [InputRequired("Say why in a few words.")], longest=300)


class SignedReasonForm(SignedForm, ReasonForm):
    pass


class WriteOffForm(SignedReasonForm):
    location = ChoiceField("From")
    quantity = WholeField("How many", [InputRequired("Type how many."), QUANTITY])

    def offer(self, holdings: Sequence[Holding], locations: Sequence[Location]) -> None:
        self.location.choices = choices(_held(holdings, locations))


class CountForm(SignedReasonForm):
    location = ChoiceField("Counted at")
    counted = WholeField(
        "How many are there",
        [
            InputRequired("Type how many you counted."),
            NumberRange(0, LARGEST_QUANTITY, f"Type a whole number from 0 to {LARGEST_QUANTITY:,}."),
        ],
    )

    def offer(self, _holdings: Sequence[Holding], locations: Sequence[Location]) -> None:
        self.location.choices = choices(named(locations))


class TransferForm(Form):
    location = ChoiceField("From")
    to = ChoiceField("To")
    quantity = WholeField("How many", [InputRequired("Type how many."), QUANTITY])
    out_of_order = LineField("Why this lot goes before the one that expires first", longest=200)

    def offer(self, holdings: Sequence[Holding], locations: Sequence[Location]) -> None:
        self.location.choices = choices(_held(holdings, locations))
        self.to.choices = choices(named(locations))


def _held(holdings: Sequence[Holding], locations: Sequence[Location]) -> list[tuple[str, str]]:
    """Every place, the ones that hold some first: a form sent again after the last unit went still fits."""
    held = {at.location.id for at in holdings}
    return [
        *((str(at.location.id), f"{at.location.name} ({at.on_hand} there)") for at in holdings),
        *named(row for row in locations if row.id not in held),
    ]
