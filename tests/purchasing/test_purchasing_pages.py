"""The manager's pages: orders and their steps, receiving, suppliers and terms."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.purchasing import queries, supplying
from inventory.purchasing.amounts import Currency, Writing
from inventory.purchasing.lifecycle import OrderState
from inventory.purchasing.models import PurchaseOrder
from inventory.stock import queries as stock_queries
from inventory.stock.models import Product
from tests.conftest import PASSWORD
from tests.factories.purchasing import make_draft, make_low_product, make_offer, make_sent, make_supplier
from tests.factories.stock import make_location, make_product, make_trade_item
from tests.pages import Page, PageClient

Clients = Callable[[PersonAtWork | None], PageClient]
GTIN, OTHER = "09521101530001", "09521101530018"


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + timedelta(minutes=5), tick=True):
        yield


def _carton(lot: str, code: str = GTIN) -> str:
    return f"01{code}1730123110{lot}"


def _verdict(page: Page) -> str | None:
    return page.one("section", id="verdict").get("data-verdict")


def _again(order: PurchaseOrder) -> PurchaseOrder:
    db.session.expire_all()
    return queries.order_of(order.clinic_id, order.id)


# Steps of an order


def test_from_what_is_low_to_a_sent_order_and_each_step_is_seen(manager, client_for: Clients, now) -> None:
    supplier = make_supplier(manager, now, name="Meso Supplies", email=None)
    make_offer(supplier, make_low_product(manager, now, name="Needle A"), manager, now)
    draft = client_for(manager).open("/orders/reorder").submit("Order from Meso Supplies")
    (line,) = queries.orders_in(manager.clinic_id)[0].lines
    changed = draft.submit("Save the numbers", **{f"packs-{line.id}": 4})
    sent = changed.submit("Approve", secret=PASSWORD).submit("Mark as sent")
    assert sent.h1 == "Order 1 to Meso Supplies" and sent.has("a", text="Receive")
    (order,) = queries.orders_in(manager.clinic_id)
    assert (order.state, order.lines[0].packs, order.total) == (OrderState.SENT, 4, 5000)


def test_a_page_that_is_out_of_date_is_refused_and_says_who_was_first(
    manager, administrator, client_for: Clients, now
) -> None:
    order = make_draft(manager, now)
    (line,) = order.lines
    mine, theirs = (client_for(each).open(f"/orders/{order.id}") for each in (manager, administrator))
    theirs.submit("Save the numbers", **{f"packs-{line.id}": 7})
    for button in ("Save the numbers", "Approve", "Cancel the order"):
        values = {f"packs-{line.id}": 1} if button == "Save the numbers" else {"reason": "Too late", "secret": PASSWORD}
        refused = mine.submit(button, status=409, **values)
        assert "Ada Admin changed order 1" in refused.main and "open the order again" in refused.main
    found = _again(order)
    assert (found.state, found.lines[0].packs) == (OrderState.DRAFT, 7)


def test_a_step_sent_twice_is_done_once(manager, client_for: Clients, now) -> None:
    page = client_for(manager).open(f"/orders/{make_draft(manager, now).id}")
    first, second = page.submit("Approve", secret=PASSWORD), page.submit("Approve", secret=PASSWORD)
    assert first.h1 == second.h1 and second.has("button", text="Mark as sent")


def test_packs_that_are_no_number_are_refused_at_their_line(manager, client_for: Clients, now) -> None:
    order = make_draft(manager, now)
    line = order.lines[0]
    for typed in ("-1", "10001", "three", ""):
        page = client_for(manager).open(f"/orders/{order.id}")
        refused = page.submit("Save the numbers", status=422, **{f"packs-{line.id}": typed})
        assert refused.control(f"Packs of {line.product.name}").get("value") == typed
    assert _again(order).version == 1


def test_the_limit_of_a_role_decides_who_approves(manager, administrator, client_for: Clients, now) -> None:
    order = make_draft(manager, now)
    _terms(administrator, now, manager_limit=order.total - 1)
    page = client_for(manager).open(f"/orders/{order.id}")
    assert "above what your role approves" in page.main and not page.has("button", text="Approve")
    client = client_for(manager)
    posted = {"version": order.version, "csrf_token": client.token(), "event_id": "b" * 32, "secret": PASSWORD}
    client.post(f"/orders/{order.id}/approve", posted, status=403)
    assert _again(order).state is OrderState.DRAFT
    approved = client_for(administrator).open(f"/orders/{order.id}").submit("Approve", secret=PASSWORD)
    assert "Ada Admin" in approved.main and _again(order).state is OrderState.APPROVED


def test_who_may_not_order_sees_no_orders(nurse, auditor, manager, client_for: Clients, now) -> None:
    order = make_draft(manager, now)
    for person in (nurse, auditor):
        for url in ("/desk", "/orders", f"/orders/{order.id}", "/orders/reorder", "/orders/booked"):
            client_for(person).open(url, status=403)


def test_the_rest_that_will_not_come_is_closed_with_a_reason(manager, client_for: Clients, now) -> None:
    order, place = make_sent(manager, now), make_location(manager, now)
    line = order.lines[0]
    _typed(client_for(manager).open(f"/orders/{order.id}/receive"), line.product, 30, place)
    page = client_for(manager).open(f"/orders/{order.id}")
    assert "Say why" in page.submit("Close the order", status=422, reason="").main
    closed = page.submit("Close the order", reason="Out of print")
    assert "Out of print" in closed.main and _again(order).state is OrderState.CLOSED


# Receiving


@pytest.fixture
def sent(app: Flask, manager, now) -> PurchaseOrder:
    """An order of 100 pieces or more, of which cartons of 100 come; a place to put them."""
    order = make_sent(manager, now)
    make_trade_item(manager, now, product=order.lines[0].product, code=GTIN)
    make_location(manager, now, name="Main store")
    return order


def test_a_carton_of_the_order_is_booked_by_one_scan_and_one_tap(sent, manager, client_for: Clients) -> None:
    ordered = sent.lines[0].ordered_units
    read = client_for(manager).open(f"/orders/{sent.id}/receive").submit("Check", code=_carton("L1"))
    assert _verdict(read) == "go" and f"{ordered - 100} of {ordered} still to come" in read.main
    booked = read.submit("Receive")
    assert booked.messages and _again(sent).lines[0].received_units == 100
    assert _again(sent).state is OrderState.PARTLY_RECEIVED


def test_the_last_carton_closes_the_order(sent, manager, client_for: Clients) -> None:
    page = client_for(manager).open(f"/orders/{sent.id}/receive")
    for number in range(sent.lines[0].packs):
        read = page.submit("Check", code=_carton(f"L{number}"))
        page = read.submit("Receive")
    assert page.h1.startswith("Order 1 to") and _again(sent).state is OrderState.CLOSED


def test_one_carton_too_many_is_told_before_it_is_booked(sent, manager, client_for: Clients) -> None:
    line, client = sent.lines[0], client_for(manager)
    place = stock_queries.locations_in(manager.clinic_id)[0]
    _typed(client.open(f"/orders/{sent.id}/receive"), line.product, line.ordered_units - 40, place)
    read = client.open(f"/orders/{sent.id}/receive").submit("Check", code=_carton("L9"))
    assert _verdict(read) == "caution"
    assert f"60 more than the {line.ordered_units} ordered" in read.main
    assert _again(sent).lines[0].received_units == line.ordered_units - 40
    assert "60 more than ordered" in " ".join(read.submit("Receive").messages)


def test_too_few_leave_the_order_open_and_the_rest_is_named(sent, manager, client_for: Clients) -> None:
    line = sent.lines[0]
    place = stock_queries.locations_in(manager.clinic_id)[0]
    page = _typed(client_for(manager).open(f"/orders/{sent.id}/receive"), line.product, 1, place)
    assert f"{line.ordered_units - 1} still to come" in " ".join(page.messages)


def test_a_wrong_item_is_told_at_once_and_cannot_be_tapped_in(sent, manager, client_for: Clients, now) -> None:
    other = make_product(manager, now, name="Gloves")
    make_trade_item(manager, now, product=other, code=OTHER)
    read = client_for(manager).open(f"/orders/{sent.id}/receive").submit("Check", code=_carton("L1", OTHER))
    assert _verdict(read) == "stop"
    assert "Gloves is not on order 1" in read.main and "Put it aside" in read.main
    assert _again(sent).lines[0].received_units == 0


def test_an_expired_carton_is_told_at_once(sent, manager, client_for: Clients) -> None:
    read = client_for(manager).open(f"/orders/{sent.id}/receive").submit("Check", code=f"01{GTIN}1726010110L1")
    assert _verdict(read) == "stop" and _again(sent).lines[0].received_units == 0


def test_a_draft_receives_nothing(manager, client_for: Clients, now) -> None:
    order = make_draft(manager, now)
    page = client_for(manager).open(f"/orders/{order.id}/receive")
    assert "Only what was sent can be received" in page.main


def _typed(page: Page, product: Product, quantity: int, place) -> Page:
    return page.submit(
        "Receive", product=product.id, lot="T1", expires_on="2030-12-31", quantity=quantity, location=place.id
    )


# Suppliers and terms


def test_a_supplier_and_its_offer_are_typed_as_the_clinic_writes(manager, client_for: Clients, now) -> None:
    product, client = make_product(manager, now, name="Needle A"), client_for(manager)
    page = client.open("/orders/suppliers/new").submit(
        "Add the supplier", name="Lelie", email="orders@lelie.example", minimum_order="1.250,50", lead_days=4
    )
    assert page.h1 == "Lelie" and "1 250,50 EUR" in page.main
    refused = page.submit("Set the offer", status=422, product=product.id, reference="R", pack_units=100, price="12.50")
    assert "Write the amount like 1234,50." in refused.main
    assert refused.control("Price a pack").get("value") == "12.50"
    set_ = refused.submit("Set the offer", price="12,50")
    assert "12,50 EUR" in set_.main
    assert queries.preferred_offer(manager.clinic_id, product.id).price == 1250


def test_an_american_clinic_types_points_and_months_first(manager, administrator, client_for: Clients, now) -> None:
    _terms(administrator, now, writing=Writing.US, currency=Currency.USD)
    product, client = make_product(manager, now), client_for(manager)
    page = client.open("/orders/suppliers/new").submit(
        "Add the supplier", name="Acme", minimum_order="1,250.50", lead_days=4
    )
    assert "USD 1,250.50" in page.main
    page.submit("Set the offer", status=422, product=product.id, reference="R", pack_units=100, price="12,50")
    booked = client.open("/orders/booked").submit("Book", day="12/24/2026", technique="nappage", sessions=5)
    assert booked.rows()[0][0] == "12/24/2026"
    client.open("/orders/booked").submit("Book", status=422, day="24/12/2026", technique="nappage", sessions=5)


def test_a_supplier_is_changed_and_a_name_is_taken_once(manager, client_for: Clients, now) -> None:
    first, second = make_supplier(manager, now, name="Lelie"), make_supplier(manager, now, name="Roos")
    client = client_for(manager)
    page = client.open(f"/orders/suppliers/{second.id}/change")
    taken = page.submit("Save", status=422, name="Lelie")
    assert taken.control("Name").get("aria-invalid") == "true"
    changed = taken.submit("Save", name="Roos & Co", lead_days=3)
    assert changed.h1 == "Roos & Co" and "3 days, as typed" in changed.main
    assert queries.supplier_of(manager.clinic_id, first.id).name == "Lelie"


def test_another_clinics_supplier_and_order_are_not_there(manager, stranger, client_for: Clients, now) -> None:
    order = make_draft(manager, now)
    client = client_for(stranger)
    for url in (f"/orders/{order.id}", f"/orders/{order.id}/receive", f"/orders/suppliers/{order.supplier_id}"):
        client.open(url, status=404)
    client.open(f"/orders/products/{order.lines[0].product_id}", status=404)


def test_nobody_raises_their_own_limit(manager, administrator, client_for: Clients) -> None:
    page = client_for(manager).open("/orders/terms").submit("Save", manager_limit="99.999,00", review_days=14)
    assert page.status == 200
    terms = queries.terms_of(manager.clinic_id)
    assert (terms.manager_limit, terms.review_days) == (500_000, 14)
    client_for(administrator).open("/orders/terms").submit("Save", manager_limit="99.999,00")
    db.session.expire_all()
    assert queries.terms_of(manager.clinic_id).manager_limit == 9_999_900


@pytest.mark.parametrize(("field", "typed"), [("service", "30"), ("review_days", "0"), ("service", "very high")])
def test_terms_that_no_clinic_could_mean_are_refused_at_their_field(manager, client_for: Clients, field, typed) -> None:
    page = client_for(manager).open("/orders/terms").submit("Save", status=422, **{field: typed})
    label = {"service": "Service level", "review_days": "Orders are made every"}[field]
    assert page.control(label).get("aria-invalid") == "true"


def _terms(by: PersonAtWork, now: datetime, **given: object) -> None:
    usual = {"writing": Writing.EUROPEAN, "currency": Currency.EUR, "service": 950, "review_days": 7}
    supplying.set_terms(by, now, **{**usual, "manager_limit": 500_000, **given})
