"""What is asked at a delivery; `catalogue_forms` has what is asked of a product, `lot_forms` of a lot."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from wtforms import DateField, HiddenField, IntegerField
from wtforms import Form as PlainForm
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from inventory.stock.models import (
    LARGEST_QUANTITY,
    CodeScheme,
    Location,
    LocationKind,
    Product,
    ProductKind,
)
from inventory.stock.receiving import MOST_BOXES, Carton
from inventory.web.forms import ChoiceField, Form, TextField, choices, trim

QUANTITY = NumberRange(1, LARGEST_QUANTITY, f"Type a whole number from 1 to {LARGEST_QUANTITY:,}.")


class LineField(TextField):
    """A line of text without invisible characters, such as the separators of a barcode typed into it."""

    def pre_validate(self, form: BaseForm) -> None:
        if not (self.data or "").isprintable():
            raise ValidationError("An invisible character came along. Type it by hand.")

    def _value(self) -> str:
        return "".join(c if c.isprintable() else "\ufffd" for c in self.data or "")


class WholeField(IntegerField):
    """A whole number; anything else is refused with what was typed kept."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text and not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValueError("Type a whole number in digits.")
        if text:
            self.data = int(text)


class DayField(DateField):
    """A calendar day as browsers send it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = date.fromisoformat(text)
            except ValueError:
                raise ValueError("Type the day as year, month and day, such as 2027-12-31.") from None


class ScanForm(PlainForm):
    """A scan and what is known of its carton so far. Sent by GET: reading changes nothing."""

    code = LineField("Scan the carton")
    scheme = HiddenField()
    package = HiddenField(filters=[trim])
    lot = HiddenField(filters=[trim])
    expires_on = HiddenField()
    packages = HiddenField()
    pieces = HiddenField()
    serial = HiddenField(filters=[trim])
    boxes = HiddenField()
    unread = HiddenField()
    location = HiddenField()

    def known(self) -> Carton:
        """The carton so far; a part of the address that means nothing is left out."""
        scheme = self.scheme.data if self.scheme.data in list(CodeScheme) else None
        return Carton(
            scheme=CodeScheme(scheme) if scheme else None,
            code=plain(self.package.data) if scheme else "",
            lot=plain(self.lot.data),
            expires_on=_day(self.expires_on.data),
            packages=count(self.packages.data),
            pieces=count(self.pieces.data),
            lot_unread=self.unread.data == "1",
            serial=plain(self.serial.data),
            boxes=min(count(self.boxes.data) or 1, MOST_BOXES),
        )

    @property
    def place(self) -> str:
        """The id of the location chosen for the carton before."""
        return plain(self.location.data)


class CartonForm(Form):
    """Carries a scanned carton past a form in between, so that nothing scanned is lost."""

    receiving = HiddenField()
    lot = HiddenField(filters=[trim])
    expires_on = HiddenField()
    packages = HiddenField()
    pieces = HiddenField()
    boxes = HiddenField()
    location = HiddenField()


class ReceiveForm(Form):
    """`dated` is set where the code held an expiry that could not be read: the printed one is asked for."""

    dated = HiddenField()
    product = ChoiceField("Product", validators=[InputRequired("Choose the product.")])
    lot = LineField("Lot number", [InputRequired("Type the lot number printed on the box.")], longest=100)
    expires_on = DayField("Expires on", [Optional()])
    quantity = WholeField("Quantity", [InputRequired("Type how many came."), QUANTITY])
    location = ChoiceField("Put into")

    def validate(self, extra_validators: object = None) -> bool:
        right: bool = super().validate(extra_validators)
        if self.dated.data == "1" and self.expires_on.data is None and not self.expires_on.errors:
            self.expires_on.errors = ["The code held an expiry that was not read. Type the one printed on the box."]
            return False
        return right

    def offer(self, products: Sequence[Product], locations: Sequence[Location]) -> None:
        self.product.choices = choices(
            ((str(row.id), f"{row.name} (in {row.base_unit}s)") for row in products), optional="Choose"
        )
        stores_first = sorted(locations, key=lambda row: row.kind is not LocationKind.STORE)
        self.location.choices = choices(named(stores_first))


class LocationForm(Form):
    name = LineField("Name", [InputRequired("Type a name.")], longest=80)
    kind = ChoiceField("Kind", LocationKind)


class FilterForm(PlainForm):
    text = LineField("Search")
    kind = ChoiceField("Kind", ProductKind, optional="All kinds", validate_choice=False)
    use = ChoiceField("In use", [("yes", "In use"), ("no", "Not in use")], optional="All", validate_choice=False)

    @property
    def wanted_use(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.use.data or "")

    @property
    def wanted_text(self) -> str:
        return plain(self.text.data)

    @property
    def wanted_kind(self) -> ProductKind | None:
        return ProductKind(self.kind.data) if self.kind.data in list(ProductKind) else None


def whole(field: WholeField) -> int:
    """The number typed in a field that had to be filled; an operation refuses 0 where it makes no sense."""
    return field.data or 0


def chosen(field: ChoiceField) -> UUID:
    """The id of the row chosen in a field whose choices were checked."""
    return UUID(field.data)


def named(rows: Iterable[Location]) -> list[tuple[str, str]]:
    """Locations as choices."""
    return [(str(row.id), row.name) for row in rows]


def carried(arguments: Mapping[str, str]) -> dict[str, str]:
    """What a form in between is filled with from the address: the scanned carton and its package."""
    names = ("product", "code", "receiving", "lot", "expires_on", "packages", "pieces", "boxes", "location")
    return {name: plain(arguments[name]) for name in names if name in arguments}


def plain(text: str | None) -> str:
    """A part of an address, left out where no label could have said it."""
    return text if text and text.isprintable() and len(text) <= 100 else ""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def count(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch("[0-9]{1,6}", text) and int(text) else None
