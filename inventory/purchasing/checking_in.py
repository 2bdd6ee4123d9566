"""A scanned carton held against an order: right, too many, wrong item; told before anything is booked."""

from dataclasses import dataclass, replace
from datetime import date

from inventory.purchasing.models import OrderLine, PurchaseOrder
from inventory.stock import reading
from inventory.stock.reading import Reading
from inventory.stock.receiving import Carton


@dataclass(frozen=True)
class Checked:
    """`line` is None where the carton is not on the order."""

    reading: Reading
    line: OrderLine | None


def check_in(order: PurchaseOrder, text: str, known: Carton, today: date) -> Checked:
    """Read a scan and hold it against what is still to come. Changes nothing."""
    found = reading.read(text, known, order.clinic_id, today) if text else reading.judge(known, order.clinic_id, today)
    product = found.product
    if product is None or found.tone == "stop":
        return Checked(found, None)
    line = next((line for line in order.lines if line.product_id == product.id and line.packs), None)
    if line is None:
        wrong = f"{product.name} is not on order {order.number}."
        said = replace(found, tone="stop", word="Wrong item", sentence=wrong, next="Put it aside and ask the supplier.")
        return Checked(said, None)
    return Checked(_against(found, line), line)


def _against(found: Reading, line: OrderLine) -> Reading:
    units = found.quantity or 0
    rest = line.outstanding - units
    if rest < 0:
        over = f"{-rest} more than the {line.ordered_units} ordered."
        step = "Book it only if you keep it; else send it back."
        return replace(
            found,
            tone="caution",
            word="Too many",
            sentence=f"{found.sentence} {over}",
            next=f"{step} {found.next}".strip(),
        )
    still = f"{rest} of {line.ordered_units} still to come." if rest else "That is all of it."
    return replace(found, sentence=f"{found.sentence} {still}")
