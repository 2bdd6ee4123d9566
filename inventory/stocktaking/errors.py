"""What a stocktake refuses, each with the facts it refused on."""

from datetime import date

from inventory.errors import DomainError, Invalid
from inventory.stock.models import Location, Lot, Product


class StocktakeOpen(DomainError):
    def __init__(self) -> None:
        super().__init__("Another stocktake is not finished yet. Finish or cancel it first.")


class NotInScope(Invalid):
    def __init__(self, location: Location) -> None:
        super().__init__(f"{location.name} is not part of this stocktake. Choose the place that is counted.")


class LotNotKnown(DomainError):
    """A known product of a lot that was never received."""

    code = "LOT_UNKNOWN"

    def __init__(self, product: Product, number: str, expires_on: date | None) -> None:
        super().__init__(
            f"Lot {number} of {product.name} was never received here. Read the label again; if it is so, count it as "
            "found: it stays in quarantine until its delivery is known."
        )
        self.product = product
        self.number = number
        self.expires_on = expires_on


class NotCounted(DomainError):
    """It was read, and cannot be counted as it is."""

    code = "NOT_COUNTED"


class LineAgreed(DomainError):
    code = "LINE_AGREED"

    def __init__(self, lot: Lot, location: Location) -> None:
        super().__init__(f"Lot {lot.number} in {location.name} is not counted again. Count what the list names.")


class AnotherPersonCounts(DomainError):
    code = "ANOTHER_PERSON"

    def __init__(self, lot: Lot, location: Location) -> None:
        super().__init__(
            f"You counted lot {lot.number} in {location.name} the last time. Another person counts it now."
        )


class StillToCount(DomainError):
    def __init__(self, lines: int) -> None:
        super().__init__(f"{lines} of the list are not counted again yet. Scan them, or say that none is there.")
        self.lines = lines


class NothingDiffers(DomainError):
    def __init__(self) -> None:
        super().__init__("Nothing differs, so nothing is counted again. Approve the stocktake.")


class CountedAlone(DomainError):
    code = "COUNTED_ALONE"

    def __init__(self) -> None:
        super().__init__("You alone counted. Another person who may approve stocktakes approves this one.")


class CannotSettle(DomainError):
    def __init__(self, lot: Lot, location: Location) -> None:
        super().__init__(
            f"Since its count so much of lot {lot.number} left {location.name} that its difference cannot be booked. "
            "Have the differences counted again."
        )
        self.lot = lot
        self.location = location


class NotYourScan(DomainError):
    def __init__(self) -> None:
        super().__init__("Only who scanned it takes it back, while that count goes on. Nothing was changed.")
