"""What is asked of a sharps container."""

from collections.abc import Sequence

from wtforms.validators import InputRequired, Optional

from inventory.stock.forms import QUANTITY, DayField, LineField, WholeField, named
from inventory.stock.models import Location
from inventory.web.forms import ChoiceField, Form, choices


class PlaceForm(Form):
    room = ChoiceField("Room")
    needles = WholeField("Needles up to the fill line", [Optional(), QUANTITY])
    size_ml = WholeField("Or its size up to the fill line", [Optional(), QUANTITY])

    def offer(self, rooms: Sequence[Location]) -> None:
        self.room.choices = choices(named(rooms))


class HandOverForm(Form):
    carrier = LineField("Carrier", [InputRequired("Type who took it.")], longest=120)
    document = LineField("Number on its paper", [InputRequired("Type the number.")], longest=80)
    picked_up_on = DayField("Picked up on", [InputRequired("Type the day.")])
