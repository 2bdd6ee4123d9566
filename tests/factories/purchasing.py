"""Suppliers, offers, use and orders, made through the operations."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from inventory.audit.actors import Actor
from inventory.clock import day_in
from inventory.purchasing import operations as orders
from inventory.purchasing import supplying
from inventory.purchasing.amounts import Currency
from inventory.purchasing.models import PurchaseOrder, Supplier
from inventory.purchasing.suggesting import suggestions
from inventory.stock import operations as stock
from inventory.stock.models import Location, Lot, Product
from tests.factories.stock import make_location, make_lot, make_product

_numbers = count(1)


def make_supplier(by: Actor, now: datetime, **given: object) -> Supplier:
    settings = {
        "name": f"Supplier no. {next(_numbers)}",
        "email": "orders@supplier.example",
        "customer_number": "C-77",
        "currency": Currency.EUR,
        "minimum_order": 0,
        "lead_days": 7,
    }
    return supplying.save_supplier(None, by, now, **{**settings, **given})


def make_offer(supplier: Supplier, product: Product, by: Actor, now: datetime, **given: object):
    settings = {"reference": "S-1", "pack_units": 100, "price": 1250}
    return supplying.offer(supplier, product, by, now, **{**settings, **given})


def use_daily(lot: Lot, place: Location, uses: Sequence[int], by: Actor, now: datetime) -> None:
    """What was taken on each of the days before `now`, the last of them yesterday."""
    for ago, units in zip(range(len(uses), 0, -1), uses, strict=True):
        if units:
            stock.consume(lot, place, units, by, now - timedelta(days=ago), source_id=uuid4())


def make_low_product(by: Actor, now: datetime, *, left: int = 20, daily: int = 10, **given: object) -> Product:
    """40 days of use at `daily` pieces a day, and `left` on the shelf."""
    product, place = make_product(by, now, **given), make_location(by, now)
    begun = now - timedelta(days=45)
    lot = make_lot(by, begun, product=product, quantity=40 * daily + left, location=place)
    use_daily(lot, place, [daily] * 40, by, now)
    return product


def make_draft(by: Actor, now: datetime, supplier: Supplier | None = None) -> PurchaseOrder:
    """A draft for one product that is low."""
    supplier = supplier or make_supplier(by, now)
    make_offer(supplier, make_low_product(by, now), by, now)
    return orders.draft(supplier, suggestions(by.clinic_id, now, day_in(by.time_zone, now)), by, now)


def make_sent(by: Actor, now: datetime) -> PurchaseOrder:
    order = make_draft(by, now)
    orders.approve(order, None, order.version, by, now)
    orders.send(order, order.version, by, now, clinic_name="Clinic North", by_email=False, reply_to=None)
    return order
