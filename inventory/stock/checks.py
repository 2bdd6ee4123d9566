"""What every change of the stock checks first. Pure."""

from inventory.audit.actors import Actor
from inventory.errors import NotHere
from inventory.stock.errors import QuantityOutOfRange, ReasonMissing
from inventory.stock.models import LARGEST_QUANTITY, Location, Lot, Product, TradeItem


def positive(quantity: int) -> int:
    """`quantity` where it is a whole number of base units from 1 to 100,000. Raises `QuantityOutOfRange`."""
    # A float or a bool would be stored as a number that nobody counted.
    if type(quantity) is not int or not 1 <= quantity <= LARGEST_QUANTITY:
        raise QuantityOutOfRange(quantity)
    return quantity


def signed(quantity: int) -> int:
    """`quantity` where it, without its sign, is `positive`. Raises `QuantityOutOfRange`."""
    if type(quantity) is not int:
        raise QuantityOutOfRange(quantity)
    positive(abs(quantity))
    return quantity


def reason_given(reason: str) -> str:
    """`reason` without surrounding space. Raises `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def same_clinic(by: Actor, *rows: Product | TradeItem | Lot | Location) -> None:
    """Raises `NotHere` for a row of another clinic."""
    if any(row.clinic_id != by.clinic_id for row in rows):
        raise NotHere("This is not kept in your clinic. Search the stock for it.")
