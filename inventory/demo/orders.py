"""Whom the demo clinic orders from: two suppliers, past orders, one that is half here, and booked sessions."""

from dataclasses import replace
from datetime import timedelta

from inventory.demo.catalogue import ITEMS
from inventory.demo.clinic import DemoClinic
from inventory.purchasing import operations as orders
from inventory.purchasing import planning, supplying
from inventory.purchasing.amounts import Currency
from inventory.purchasing.booking import Booked
from inventory.purchasing.models import PurchaseOrder, Supplier
from inventory.purchasing.suggesting import suggestions

NEEDLES, PHARMACY = "Meso Supplies (demo)", "Apotheek De Lelie (demo)"
PRICES = {"needle": 1890, "head": 4600, "bottle": 6480, "pack": 2350, "canister": 11_200, "tub": 4140, "vial": 7450}
OTHER_PRICE = 1450
PAST = ((20, 6, "Syringe 5 ml"), (40, 9, "Gloves, nitrile M"), (62, 7, "Syringe 5 ml"))
"""Day sent, days until it came, what: so that the lead time of the first supplier is learned."""


def order_goods(clinic: DemoClinic) -> None:
    by, first = clinic.manager, clinic.at(1, 9)
    suppliers = {
        name: supplying.save_supplier(
            None,
            by,
            first,
            name=name,
            email=address,
            customer_number=number,
            currency=Currency.EUR,
            minimum_order=minimum,
            lead_days=days,
        )
        for name, address, number, minimum, days in (
            (NEEDLES, "orders@meso-supplies.example", "BE-10442", 15_000, 8),
            (PHARMACY, "bestelling@lelie.example", "7731", 5_000, 3),
        )
    }
    for item in ITEMS:
        pharmacy = item.base_unit in ("bottle", "vial", "canister", "tub")
        supplying.offer(
            suppliers[PHARMACY if pharmacy else NEEDLES],
            clinic.products[item.name],
            by,
            first,
            reference=item.reference or f"ART-{1000 + 7 * len(item.name)}",
            pack_units=item.box,
            price=PRICES.get(item.base_unit, OTHER_PRICE),
        )
    for place, (day, took, name) in enumerate(PAST):
        _delivered(clinic, suppliers[NEEDLES], name, day, took, f"DEMO-{place}")
    _half_here(clinic, suppliers[NEEDLES])
    start = clinic.last_day + timedelta(days=1)
    weekdays = [start + timedelta(days=ahead) for ahead in range(28) if (start + timedelta(days=ahead)).weekday() < 6]
    planning.plan([Booked(day, "nappage", 5, None) for day in weekdays], by, clinic.at(89, 17))


def _delivered(clinic: DemoClinic, supplier: Supplier, name: str, day: int, took: int, lot: str) -> None:
    order = _sent(clinic, supplier, {name: 2}, day)
    line, expires_on = order.lines[0], clinic.first_day + timedelta(days=900)
    orders.receive(
        order,
        line.product,
        lot,
        expires_on,
        line.ordered_units,
        clinic.places["Main store"],
        clinic.manager,
        clinic.at(day + took, 10),
    )


def _half_here(clinic: DemoClinic, supplier: Supplier) -> None:
    """Sent twelve days before the last, so it is overdue; one of its two items came."""
    order = _sent(clinic, supplier, {"Gloves, nitrile M": 2, "OPA test strips": 1}, 77)
    line = next(line for line in order.lines if line.product.name == "Gloves, nitrile M")
    orders.receive(
        order,
        line.product,
        "DEMO-G7",
        clinic.first_day + timedelta(days=900),
        line.ordered_units,
        clinic.places["Main store"],
        clinic.manager,
        clinic.at(84, 10),
    )


def _sent(clinic: DemoClinic, supplier: Supplier, packs: dict[str, int], day: int) -> PurchaseOrder:
    by, now = clinic.manager, clinic.at(day, 9)
    chosen = [
        replace(line, packs=packs[line.product.name])
        for line in suggestions(clinic.row.id, now, now.date())
        if line.product.name in packs
    ]
    order = orders.draft(supplier, chosen, by, now)
    orders.approve(order, None, order.version, by, now + timedelta(minutes=2))
    orders.send(
        order,
        order.version,
        by,
        now + timedelta(minutes=3),
        clinic_name=clinic.row.name,
        by_email=False,
        reply_to=None,
    )
    return order
