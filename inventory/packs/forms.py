"""Forms of making up, labelling, sterilising and discarding packs."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.packs.models import Pack, Part, ShelfMode, Spoilt
from inventory.web.forms import ChoiceField, Form, TextField, choices, words
from labels.codes import grouped

SHELF = [
    (ShelfMode.TIME.value, "Until a date"),
    (ShelfMode.EVENT.value, "Until it is opened, wet or damaged"),
]
HAPPENED = [(each.value, words(each)) for each in Spoilt if each is not Spoilt.SPLIT]


class MakeUpForm(Form):
    lot = ChoiceField("Lot and place")
    each = IntegerField("Pieces in a pack", [InputRequired("How many?"), NumberRange(1, 100)], default=1)
    count = IntegerField("Packs", [InputRequired("How many packs?"), NumberRange(1, 500)], default=10)
    use_by = DateField("Use by", [Optional()], description="Empty: the lot's expiry.")
    shelf_mode = ChoiceField("Shelf life", SHELF)
    needs_load = BooleanField("Must go through the steriliser")
    load = ChoiceField("Load", optional="None yet")
    out_of_order = TextField("Why this lot goes before the one that expires first", longest=200)
    preview = SubmitField("Show what it takes")

    @property
    def content(self) -> dict[str, object]:
        """Without the button: a preview before it changes nothing of what is asked for."""
        return {name: value for name, value in super().content.items() if name != "preview"}


class ScanForm(PlainForm):
    """Not a write: it asks which lot a box is."""

    code = StringField("Scan the supplier's code")


class PacksField(SelectMultipleField):
    """Packs to tick, each by its code."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, sentence: str, **keywords: object) -> None:
        # Whether a pack is still one to choose is the operation's answer, with its reason.
        super().__init__(label, [InputRequired(sentence)], coerce=UUID, validate_choice=False, **keywords)

    def offer(self, packs: Sequence[Pack]) -> None:
        self.choices = choices([(str(pack.id), grouped(pack.code)) for pack in packs])


class IntoLoadForm(Form):
    packs = PacksField("Packs in this load", "Choose the packs that went through it.")


class DiscardForm(Form):
    ids = "discard"
    spoilt = RadioField("What happened", [InputRequired("Say what happened.")], choices=choices(HAPPENED))
    reason = TextField("In your words", longest=200)

    @property
    def said(self) -> str:
        """The reason as it is kept: in words, or else what was chosen."""
        return self.reason.data or dict(HAPPENED)[self.spoilt.data]


class VoidForm(Form):
    ids = "void"
    reason = TextField("How you know that it was not opened", [InputRequired("Say how you know.")])


class ReleaseForm(Form):
    ids = "release"
    reason = TextField("What you looked at", [InputRequired("Say what you looked at.")])


class SplitForm(Form):
    ids = "split"
    count = IntegerField("New packs", [InputRequired("How many?"), NumberRange(2, 100)], default=2)


class RemakeForm(Form):
    ids = "remake"
    shelf_mode = ChoiceField("Shelf life", SHELF)
    use_by = DateField("Use by", [Optional()])


class PartForm(Form):
    name = TextField("Name", [InputRequired("What is it? Such as 'Holder, Pistor'.")], longest=80)
    serial_number = TextField("Serial number", [InputRequired("Type or engrave one.")], longest=60)
    most_cycles = IntegerField("Most sterilisations", [Optional(), NumberRange(1, 100_000)])
    cycles = IntegerField("Sterilised so far", [Optional(), NumberRange(0, 100_000)])


class RetireForm(Form):
    reason = TextField("Why", [InputRequired("Worn out, damaged, lost?")], longest=200)


class PartsField(PacksField):
    """Parts to tick."""

    def offer_parts(self, parts: Sequence[Part]) -> None:
        self.choices = choices([(str(part.id), f"{part.name} {part.serial_number}") for part in parts])


class PackPartsForm(Form):
    parts = PartsField("Parts in the pack", "Choose at least one part.")
    shelf_mode = ChoiceField("Shelf life", SHELF)
    use_by = DateField("Use by", [Optional()])
