"""What is asked of a product, its packages and documents, and of a file that holds many."""

from collections.abc import Sequence
from typing import cast

from wtforms import BooleanField, FileField
from wtforms.validators import InputRequired, Optional, ValidationError

from inventory.stock.forms import QUANTITY, CartonForm, DayField, LineField, WholeField, count, whole
from inventory.stock.kinds import BLANK, Details, asked_of
from inventory.stock.models import LifeUnit, PackageLevel, Product, ProductKind, TradeItem
from inventory.web.forms import ChoiceField, Form, choices


class ProductForm(CartonForm):
    """`code` and `base_units` describe its first package; they are asked for a new product only."""

    name = LineField("Name", [InputRequired("Type the product's name.")])
    kind = ChoiceField("Kind", ProductKind)
    base_unit = LineField("Counted in", [InputRequired("Type what one piece is called.")], longest=40)
    code = LineField("Code of a package", longest=40)
    base_units = WholeField("Pieces in that package", [Optional(), QUANTITY], default=1)
    manufacturer = LineField("Manufacturer", longest=120)
    reference = LineField("Catalogue number (REF)", longest=80)
    storage = LineField("To be kept")
    reorder_point = WholeField("Order again at", [Optional()], default=0)
    needle_gauge = WholeField("Gauge", [Optional()])
    needle_length_mm = WholeField("Length in mm", [Optional()])
    pins = WholeField("Pins on the head", [Optional()], default=1)
    agent = LineField("Active agent", longest=120)
    concentration = LineField("Concentration", longest=80)
    contact_seconds = WholeField("Contact time in seconds", [Optional()])
    skin_contact_seconds = WholeField("Contact time on skin", [Optional()])
    gun_contact_seconds = WholeField("Contact time on guns", [Optional()])
    surface_contact_seconds = WholeField("Contact time on surfaces", [Optional()])
    opened_life = WholeField("Usable after opening", [Optional()])
    opened_life_unit = ChoiceField("Counted in hours, days or months", LifeUnit, optional="Does not apply")
    needs_test_strip = BooleanField("Test its strength with a strip before each use")
    active = BooleanField("In use", default=True)
    reason = LineField("Why it is changed", [InputRequired("Say why in a few words.")], longest=300)
    """Asked of a product that is known."""

    def only_for(self, kind: ProductKind) -> None:
        """Ask what is asked of this kind, and not for what is settled when a product is added."""
        del self.kind, self.base_unit, self.code, self.base_units
        for name in [field.name for field in self if not asked_of(kind, field.name)]:
            del self[name]

    @property
    def details(self) -> Details:
        """What was typed; what is not in the form becomes nothing."""
        typed: dict[str, object] = {
            name: self[name].data if name in self else BLANK[name] for name in Details.__annotations__
        }
        unit = typed["opened_life_unit"]
        given: dict[str, object] = {
            **{name: None if value == "" else value for name, value in typed.items()},
            "name": self.name.data,
            "reorder_point": self.reorder_point.data or 0,
            "pins": 1 if typed["pins"] is None else typed["pins"],
            "opened_life_unit": LifeUnit(str(unit)) if unit else None,
        }
        return cast(Details, given)


class PackageForm(CartonForm):
    """`base_units` are single pieces, or packages of `unit`, a known one: a carton of boxes."""

    product = ChoiceField("Product", validators=[InputRequired("Choose the product.")])
    level = ChoiceField("Package", PackageLevel, default=PackageLevel.BOX)
    code = LineField("Code on the package", [InputRequired("Scan or type the code.")], longest=40)
    base_units = WholeField("Holds", [InputRequired("Type how many it holds."), QUANTITY])
    unit = ChoiceField("Of", validate_choice=False)
    reason = LineField("Why it is changed", [InputRequired("Say why in a few words.")], longest=300)
    """Asked of a package that is known."""

    def offer(self, products: Sequence[Product], packages: Sequence[TradeItem] = ()) -> None:
        if "product" in self:
            pairs = ((str(row.id), f"{row.name} (in {row.base_unit}s)") for row in products)
            self.product.choices = choices(pairs, optional="Choose")
        held = [(str(row.base_units), f"{row.level.value} of {row.base_units:,}") for row in packages]
        self.unit.choices = choices([("1", "single pieces"), *dict.fromkeys(pair for pair in held if pair[0] != "1")])

    @property
    def in_all(self) -> int:
        """Single pieces in all; a carton of ten boxes of 100 holds 1,000."""
        each = count(self.unit.data) or 1
        return whole(self.base_units) * each


class DocumentForm(Form):
    title = LineField("Title", [InputRequired("Type its title.")], longest=120)
    version = LineField("Version", [InputRequired("Type the version printed on it.")], longest=40)
    issued_on = DayField("Date of the version", [InputRequired("Type its date.")])
    reference = LineField("Where it is", [InputRequired("Type its web address, or the folder and page.")])


class ImportForm(Form):
    file = FileField("File")

    def validate_file(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("Choose the file.")
