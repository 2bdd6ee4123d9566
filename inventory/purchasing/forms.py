"""What is asked in purchasing. Amounts and days are typed as the clinic writes them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from inventory.purchasing.amounts import Currency, Unreadable, Writing, amount, day
from inventory.purchasing.models import PurchaseOrder
from inventory.sessions.models import Technique
from inventory.signatures.forms import SignedForm
from inventory.stock.forms import LineField, ReceiveForm, WholeField
from inventory.stock.models import Product
from inventory.web.forms import ChoiceField, Form, choices

WRITINGS = ((Writing.EUROPEAN.value, "1 234,50 and 31/12/2026"), (Writing.US.value, "1,234.50 and 12/31/2026"))


class WrittenForm(Form):
    """`writing`: how the clinic writes numbers and days."""

    def __init__(self, writing: Writing, *arguments: object, **keywords: object) -> None:
        self.writing = writing
        super().__init__(*arguments, **keywords)

    def amount_in(self, field: Field) -> int:
        return amount(field.data, self.writing)

    def check_amount(self, field: Field) -> None:
        try:
            amount(field.data or "", self.writing)
        except Unreadable as fault:
            raise ValidationError(str(fault)) from None


class StepForm(Form):
    """A step of an order: `version` is the one the page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """0 for a version that means nothing: no order has that."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


class ApproveOrderForm(SignedForm, StepForm):
    ids = "approve"


class EndForm(StepForm):
    reason = LineField("Why", [InputRequired("Say why in a few words: it is kept with the order.")])


class LinesForm(StepForm):
    """One number of packs a line; made by `lines_form`."""

    def packs(self) -> dict[UUID, int]:
        named = {field.name: field.data for field in self if field.name.startswith("packs-")}
        return {UUID(name.removeprefix("packs-")): value or 0 for name, value in named.items()}


def lines_form(order: PurchaseOrder, *, blank: bool = False) -> LinesForm:
    """`blank`: with the order's own numbers, whatever was sent."""
    fields = {
        f"packs-{line.id}": WholeField(
            f"Packs of {line.product.name}",
            [InputRequired("Type how many packs, or 0."), NumberRange(0, 10_000, "From 0 to 10,000 packs.")],
            default=line.packs,
        )
        for line in order.lines
    }
    keywords = {"formdata": None} if blank else {}
    made: LinesForm = type("OrderLinesForm", (LinesForm,), fields)(data={"version": str(order.version)}, **keywords)
    return made


class TermsForm(WrittenForm):
    written = ChoiceField("Numbers and days are written", WRITINGS)
    currency = ChoiceField("Currency", Currency)
    service = WholeField("Service level", [InputRequired("Type a number.")])
    review_days = WholeField("Orders are made every", [InputRequired("Type a number of days.")])
    manager_limit = LineField("A manager approves up to", [InputRequired("Type an amount.")], longest=20)

    def validate_manager_limit(self, field: Field) -> None:
        self.check_amount(field)


class SupplierForm(WrittenForm):
    name = LineField("Name", [InputRequired("Type the supplier's name.")], longest=80)
    email = LineField("E-mail for orders", longest=120)
    customer_number = LineField("Customer number", longest=40)
    currency = ChoiceField("Currency", Currency)
    minimum_order = LineField("Minimum order", [InputRequired("Type an amount, or 0.")], default="0", longest=20)
    lead_days = WholeField("Delivery takes", [InputRequired("Type a number of days.")], default=7)
    active = BooleanField("Orders go there", default=True)

    def validate_minimum_order(self, field: Field) -> None:
        self.check_amount(field)


class OfferForm(WrittenForm):
    product = ChoiceField("Product", validators=[InputRequired("Choose the product.")])
    reference = LineField("Supplier's reference", [InputRequired("Type the reference.")], longest=80)
    pack_units = WholeField("Pieces in a pack", [InputRequired("Type how many pieces a pack holds.")])
    price = LineField("Price a pack", [InputRequired("Type the price of a pack.")], longest=20)
    minimum_packs = WholeField("At least", [InputRequired("Type a number of packs.")], default=1)
    preferred = BooleanField("Order it here", default=True)

    def offer(self, products: Sequence[Product]) -> None:
        pairs = ((str(row.id), f"{row.name} (in {row.base_unit}s)") for row in products)
        self.product.choices = choices(pairs, optional="Choose")

    def validate_price(self, field: Field) -> None:
        self.check_amount(field)


class BookForm(WrittenForm):
    day = LineField("Day", [InputRequired("Type the day.")], longest=10)
    technique = ChoiceField("Technique", Technique)
    sessions = WholeField("Sessions", [InputRequired("Type how many, 0 to take them away."), NumberRange(0, 1000)])
    needles = WholeField("Needles a session", [Optional(), NumberRange(1, 100, "From 1 to 100.")])

    def validate_day(self, field: Field) -> None:
        try:
            day(field.data or "", self.writing)
        except Unreadable as fault:
            raise ValidationError(str(fault)) from None

    @property
    def booked_day(self) -> date:
        return day(self.day.data, self.writing)


class ImportForm(Form):
    ids = "import"

    file = FileField("CSV file")
    text = TextAreaField("or paste its rows", [Length(max=200_000)])


class CheckInForm(ReceiveForm):
    """What came of an order; the product is one of the order's."""
