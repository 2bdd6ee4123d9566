"""What the stock refuses, each with the facts it refused on."""

from datetime import date

from inventory.errors import DomainError, Invalid
from inventory.stock.models import LARGEST_QUANTITY, Location, Lot, Product


class NotEnough(DomainError):
    """`wanted` base units of `lot` are not at `location`, which holds `on_hand`."""

    code = "NOT_ENOUGH"

    def __init__(self, lot: Lot, location: Location, on_hand: int, wanted: int) -> None:
        super().__init__(
            f"{location.name} holds {on_hand} of {lot.product.name}, lot {lot.number}; {wanted} are needed. "
            "Take another lot or location, or have the stock counted.",
            field="quantity",
        )
        self.lot = lot
        self.location = location
        self.on_hand = on_hand
        self.wanted = wanted


class QuantityOutOfRange(Invalid):
    def __init__(self, quantity: object) -> None:
        super().__init__(
            f"A quantity is a whole number from 1 to {LARGEST_QUANTITY:,}. Correct the number.",
            field="quantity",
        )
        self.quantity = quantity


class MovedAlready(DomainError):
    """One cause moves one lot at one place once."""

    code = "MOVED_ALREADY"

    def __init__(self, lot: Lot, location: Location) -> None:
        super().__init__(
            f"Lot {lot.number} at {location.name} was booked for this step before. Nothing was booked twice; "
            "open the lot's page to see it."
        )
        self.lot = lot
        self.location = location


class SameLocation(Invalid):
    def __init__(self, location: Location) -> None:
        super().__init__(f"The stock is at {location.name} already. Choose another location.", field="to")
        self.location = location


class NothingToCorrect(Invalid):
    def __init__(self, lot: Lot, location: Location, on_hand: int) -> None:
        super().__init__(
            f"{location.name} holds {on_hand} of lot {lot.number} in the books too. Nothing is wrong.",
            field="counted",
        )
        self.on_hand = on_hand


class ReasonMissing(Invalid):
    def __init__(self) -> None:
        super().__init__("Say why in a few words: it is kept with the lot.", field="reason")


class LotNumberMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Type the lot number printed on the box. Where there is none, type the day of delivery.",
            field="lot",
        )


class LotRecalled(DomainError):
    code = "RECALLED"

    def __init__(self, lot: Lot) -> None:
        super().__init__(
            f"Lot {lot.number} of {lot.product.name} is recalled. Put it aside and return it to the supplier."
        )
        self.lot = lot


class LotQuarantined(DomainError):
    code = "QUARANTINED"

    def __init__(self, lot: Lot) -> None:
        super().__init__(f"Lot {lot.number} of {lot.product.name} is in quarantine. Put it aside until it is released.")
        self.lot = lot


class LotNotQuarantined(DomainError):
    def __init__(self, lot: Lot) -> None:
        super().__init__(f"Lot {lot.number} is not in quarantine. Open its page again to see its state.")
        self.lot = lot


class LotExpired(DomainError):
    code = "EXPIRED"

    def __init__(self, lot: Lot) -> None:
        super().__init__(
            f"Lot {lot.number} of {lot.product.name} expired on {lot.expires_on}. Write it off and take another lot."
        )
        self.lot = lot
        self.expires_on = lot.expires_on


class DeliveryExpired(DomainError):
    """What was delivered is past its date on the day it is received."""

    code = "EXPIRED"

    def __init__(self, product: Product, number: str, expires_on: date) -> None:
        super().__init__(
            f"Lot {number} of {product.name} expired on {expires_on}. Put the delivery aside and return it; "
            "it is not booked.",
            field="expires_on",
        )
        self.product = product
        self.number = number
        self.expires_on = expires_on


class ExpiryDiffers(DomainError):
    """A lot has one expiry: either date was misread, or the boxes are not of one lot."""

    code = "EXPIRY_DIFFERS"

    def __init__(self, lot: Lot, given: date) -> None:
        super().__init__(
            f"Lot {lot.number} is kept with expiry {lot.expires_on}, this delivery says {given}. "
            "Read the label again; if it really differs, put the box aside and ask the supplier.",
            field="expires_on",
        )
        self.lot = lot
        self.known = lot.expires_on
        self.given = given


class NameTaken(DomainError):
    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"There is a {what} named {name} already. Use that one, or choose another name.", field="name")
        self.name = name


class CodeTaken(DomainError):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"The code {code} belongs to a package of this clinic already. Search the stock for it.",
            field="code",
        )
        self.barcode = code


class VersionKept(DomainError):
    def __init__(self, title: str, version: str) -> None:
        super().__init__(
            f"Version {version} of {title} is kept already. A newer one has another version; none is replaced.",
            field="version",
        )
        self.version = version
