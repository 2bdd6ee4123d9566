"""A stocktake, its people, and the steps tests take with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.people.actors import PersonAtWork
from inventory.stock.models import Location, Lot
from inventory.stocktaking import operations
from inventory.stocktaking.models import CountScan, Stocktake
from tests.factories.stock import make_location, make_lot, make_product, make_trade_item

GTIN, BOX = "09521101530001", "19521101530008"


def element_string(lot_number: str, gtin: str = GTIN, expiry: str = "271231") -> str:
    """What a supplier's code of a package says."""
    return f"01{gtin}17{expiry}10{lot_number}"


@dataclass
class Shelf:
    """One store with two lots of 100 of one product, whose single piece and box of 50 have codes."""

    store: Location
    lots: list[Lot]
    now: datetime

    def later(self, minutes: int = 1) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now


def make_shelf(by: PersonAtWork, now: datetime) -> Shelf:
    store, product = make_location(by, now), make_product(by, now)
    make_trade_item(by, now, product=product, code=GTIN, base_units=1)
    make_trade_item(by, now, product=product, code=BOX, base_units=50)
    lots = [make_lot(by, now, product=product, number=number, location=store) for number in ("L1", "L2")]
    return Shelf(store, lots, now)


def count(stocktake: Stocktake, shelf: Shelf, lot: int, pieces: int, by: PersonAtWork) -> CountScan:
    return operations.count(stocktake, shelf.store, shelf.lots[lot], pieces, by, shelf.later())
