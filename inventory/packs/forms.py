"""Forms of making up, labelling and discarding packs."""

from wtforms import BooleanField, DateField, IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.web.forms import ChoiceField, Form, TextField
from labels.media import MEDIA


class MakeUpForm(Form):
    lot = ChoiceField("Lot and place")
    each = IntegerField("Pieces in a pack", [InputRequired("How many?"), NumberRange(1, 100)], default=1)
    count = IntegerField("Packs", [InputRequired("How many packs?"), NumberRange(1, 500)], default=10)
    use_by = DateField("Use by", [Optional()], description="Empty: the lot's expiry.")
    needs_load = BooleanField("Must go through the steriliser")
    load = ChoiceField("Load", optional="None yet")


class PrintForm(Form):
    packs = SelectMultipleField(
        "Packs",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired("Choose at least one pack.")],
        validate_choice=False,
    )
    medium = ChoiceField(
        "Label sheet",
        [(key, f"{medium.name}, {medium.size_text}, {medium.per_page} a sheet") for key, medium in MEDIA.items()],
    )
    start = IntegerField("First free label", [InputRequired("Which?"), NumberRange(1, 200)], default=1)


class DiscardForm(Form):
    reason = TextField("Why", [InputRequired("Dropped, wet, torn, opened unused?")], longest=200)
