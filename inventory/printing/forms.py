"""Forms of printing, of media and of printers."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from wtforms import BooleanField, DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from inventory.packs.forms import PacksField
from inventory.printing.models import Language, OwnMedium, Printer
from inventory.web.forms import ChoiceField, Form, TextField, choices
from labels.media import Medium

LANGUAGES = [(Language.ZPL.value, "ZPL, as Zebra and most label printers"), (Language.PDF.value, "PDF")]


class PrintForm(Form):
    """Where and how often. `printer` empty: a PDF for the browser."""

    medium = ChoiceField("Label sheet or roll")
    start = IntegerField("First free label", [InputRequired("Choose the first free label."), NumberRange(1, 500)])
    printer = ChoiceField("Printer", optional="This browser (PDF)")

    def offer(self, media: Iterable[Medium], printers: Iterable[Printer]) -> None:
        self.medium.choices = choices([(each.key, f"{each.name}, {each.size_text}") for each in media])
        self.printer.choices = choices([(str(each.id), each.name) for each in printers], "This browser (PDF)")


class PackLabelsForm(PrintForm):
    packs = PacksField("Packs", "Choose at least one pack.")
    double = BooleanField("A second label of each for the patient's record")
    reason = TextField("Why again", description="The first label is lost, torn or not readable?")


class LabelForm(PrintForm):
    copies = IntegerField("Copies", [InputRequired("How many?"), NumberRange(1, 200)], default=1)


class PrinterForm(Form):
    name = TextField("Name", [InputRequired("Such as 'Zebra in the preparation room'.")], longest=60)
    host = TextField(
        "Address in the network",
        [
            InputRequired("Type its IP address or name; it stands on the printer's own test page."),
            Regexp(r"[0-9A-Za-z][0-9A-Za-z.:-]*\Z", message="Type an address such as 192.168.1.40."),
        ],
        longest=100,
    )
    port = IntegerField("Port", [InputRequired("Mostly 9100."), NumberRange(1, 65_535)], default=9100)
    language = ChoiceField("It understands", LANGUAGES)
    dpi = IntegerField("Dots per inch", [InputRequired("203 or 300, mostly."), NumberRange(150, 1200)], default=203)
    medium = ChoiceField("What lies in it")


class OffsetForm(Form):
    right = DecimalField("To the right", [InputRequired("0 where it is not off."), NumberRange(-20, 20)], places=2)
    down = DecimalField("Down", [InputRequired("0 where it is not off."), NumberRange(-20, 20)], places=2)


def _length(label: str, default: str) -> DecimalField:
    return DecimalField(label, [InputRequired("Measure it."), NumberRange(0, 1000)], places=2, default=Decimal(default))


class MediumForm(Form):
    """Lengths in mm."""

    name = TextField("Name", [InputRequired("As on the packet.")], longest=60)
    is_sheet = BooleanField("A sheet with several labels", default=True)
    columns = IntegerField("Labels side by side", [InputRequired("How many?"), NumberRange(1, 50)], default=3)
    rows = IntegerField("Labels below each other", [InputRequired("How many?"), NumberRange(1, 100)], default=7)
    page_width = _length("Width of the page", "210")
    page_height = _length("Height of the page", "297")
    label_width = _length("Width of a label", "63.5")
    label_height = _length("Height of a label", "38.1")
    left_margin = _length("From the left edge to the first label", "7.2")
    top_margin = _length("From the top edge to the first label", "15.1")
    horizontal_pitch = _length("From one label's left edge to the next one's", "66")
    vertical_pitch = _length("From one label's top edge to the next one's", "38.1")
    dpi = IntegerField("Dots per inch of the printer", [Optional(), NumberRange(150, 1200)], default=300)

    def row(self, clinic_id: UUID) -> OwnMedium:
        """As the clinic's own medium, not stored."""
        return OwnMedium(
            clinic_id=clinic_id,
            name=self.name.data or "New medium",
            is_sheet=self.is_sheet.data,
            dpi=self.dpi.data or 300,
            columns=self.columns.data,
            rows=self.rows.data,
            page_width=_hundredths(self.page_width),
            page_height=_hundredths(self.page_height),
            label_width=_hundredths(self.label_width),
            label_height=_hundredths(self.label_height),
            left_margin=_hundredths(self.left_margin),
            top_margin=_hundredths(self.top_margin),
            horizontal_pitch=_hundredths(self.horizontal_pitch),
            vertical_pitch=_hundredths(self.vertical_pitch),
        )


def _hundredths(field: DecimalField) -> int:
    return int(field.data * 100)
