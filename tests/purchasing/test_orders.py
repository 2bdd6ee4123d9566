"""From a suggestion to a sent order and what came of it, on the real database."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from inventory.audit.queries import verify
from inventory.clock import day_in
from inventory.db import db
from inventory.purchasing import operations as orders
from inventory.purchasing import planning, queries, supplying, use_queries
from inventory.purchasing.amounts import Currency, Writing
from inventory.purchasing.booking import Booked
from inventory.purchasing.documents import as_csv, as_pdf, sheet_of
from inventory.purchasing.errors import AboveLimit, ChangedMeanwhile, DraftOpen, NoEmail, NothingToOrder, NotOnOrder
from inventory.purchasing.lifecycle import OrderState
from inventory.purchasing.models import DailyUse
from inventory.purchasing.suggesting import Suggestion, suggestions
from inventory.stock import operations as stock
from inventory.stock.errors import DeliveryExpired
from inventory.stock.models import Movement, MovementKind
from tests.factories.purchasing import make_draft, make_low_product, make_offer, make_sent, make_supplier, use_daily
from tests.factories.stock import make_location, make_lot, make_product


def _suggested(by, now) -> dict[str, Suggestion]:
    return {line.product.name: line for line in suggestions(by.clinic_id, now, day_in(by.time_zone, now))}


def _booked_by_ledger(clinic_id) -> int:
    return db.session.scalar(
        select(func.sum(-Movement.quantity)).where(
            Movement.clinic_id == clinic_id, Movement.kind == MovementKind.CONSUMPTION
        )
    )


def test_a_product_is_suggested_by_its_use_and_says_why(app: Flask, manager, now) -> None:
    supplier, product = make_supplier(manager, now), make_low_product(manager, now, name="Needle A", daily=10, left=20)
    make_offer(supplier, product, manager, now)
    line = _suggested(manager, now)["Needle A"]
    assert line.demand.known and line.demand.rate == pytest.approx(400 / 45, abs=0.01)
    assert line.packs >= 1 and line.supplier is supplier
    assert "20 on hand" in line.why and f"Order {line.packs} x 100" in line.why


def test_what_is_on_order_is_not_suggested_again(app: Flask, manager, now) -> None:
    order = make_sent(manager, now)
    assert not _suggested(manager, now)[order.lines[0].product.name].low


def test_what_is_expired_or_in_quarantine_does_not_count_as_stock(app: Flask, manager, now) -> None:
    supplier, product = make_supplier(manager, now), make_low_product(manager, now, name="B", left=500)
    make_offer(supplier, product, manager, now)
    assert not _suggested(manager, now)["B"].low
    stock.quarantine(use_lot(product), "Wet box", manager, now)
    assert _suggested(manager, now)["B"].shelf.on_hand == 0


def use_lot(product):
    return db.session.scalars(select(stock.Lot).where(stock.Lot.product_id == product.id)).one()


def test_the_rollup_is_the_sum_of_the_movements(app: Flask, manager, now) -> None:
    product, place = make_product(manager, now), make_location(manager, now)
    lot = make_lot(manager, now - timedelta(days=9), product=product, quantity=100, location=place)
    use_daily(lot, place, [3, 0, 5, 5], manager, now)
    stock.write_off(lot, place, 7, "Broken", manager, now)
    stock.adjust(lot, place, -2, "Counted", manager, now)
    stock.transfer(lot, place, make_location(manager, now), 10, manager, now)
    stock.consume(lot, place, 4, manager, now - timedelta(days=1), source_id=uuid4())
    rows = db.session.scalars(select(DailyUse).where(DailyUse.product_id == product.id).order_by(DailyUse.day)).all()
    assert [row.used for row in rows] == [0, 3, 5, 9, 0]
    assert sum(row.used for row in rows) == _booked_by_ledger(manager.clinic_id)
    assert (rows[0].received, rows[-1].wasted, rows[-1].corrected) == (100, 7, -2)


def test_booked_sessions_raise_the_rate(app: Flask, manager, now) -> None:
    make_low_product(manager, now, name="C", left=400)
    usual = _suggested(manager, now)["C"].advice.rate
    planning.plan([Booked(now.date() + timedelta(days=3), "nappage", 100, 10)], manager, now)
    assert _suggested(manager, now)["C"].advice.rate == pytest.approx(1000 / 28)
    assert usual < 10


def test_a_minimum_order_is_reached(app: Flask, manager, now) -> None:
    supplier = make_supplier(manager, now, minimum_order=10_000)
    product = make_low_product(manager, now, name="D")
    make_offer(supplier, product, manager, now, price=1250)
    line = _suggested(manager, now)["D"]
    assert line.packs * 1250 >= 10_000 and "minimum order" in line.why


def test_a_supplier_has_one_draft(app: Flask, manager, administrator, now) -> None:
    order = make_draft(manager, now)
    with pytest.raises(DraftOpen, match=f"Mona Manager opened order {order.number}"):
        orders.draft(order.supplier, list(_suggested(manager, now).values()), administrator, now)


def test_a_draft_needs_something_to_order(app: Flask, manager, now) -> None:
    with pytest.raises(NothingToOrder):
        orders.draft(make_supplier(manager, now), [], manager, now)


def test_an_edit_of_what_somebody_else_changed_is_refused(app: Flask, manager, administrator, now) -> None:
    order = make_draft(manager, now)
    seen, line = order.version, order.lines[0]
    orders.change(order, {line.id: 4}, seen, administrator, now)
    with pytest.raises(ChangedMeanwhile, match="Ada Admin changed order"):
        orders.change(order, {line.id: 9}, seen, manager, now)
    assert line.packs == 4


def test_a_manager_approves_up_to_the_limit_and_an_administrator_above(app: Flask, manager, administrator, now) -> None:
    order = make_draft(manager, now)
    with pytest.raises(AboveLimit, match="Ask an administrator"), db.session.begin_nested():
        orders.approve(order, order.total - 1, order.version, manager, now)
    db.session.expire_all()
    orders.approve(order, order.total, order.version, manager, now)
    assert order.state is OrderState.APPROVED and order.approved_by_name == "Mona Manager"


def test_without_an_address_nothing_is_mailed(app: Flask, manager, now) -> None:
    order = make_draft(manager, now, make_supplier(manager, now, email=None))
    orders.approve(order, None, order.version, manager, now)
    with pytest.raises(NoEmail):
        orders.send(order, order.version, manager, now, clinic_name="N", by_email=True, reply_to=None)


def test_prices_and_lead_times_are_learned_from_receipts(app: Flask, manager, now) -> None:
    supplier = make_supplier(manager, now, lead_days=30)
    product = make_low_product(manager, now, left=0)
    make_offer(supplier, product, manager, now, price=990)
    place = make_location(manager, now)
    for number, days in enumerate((4, 6, 8)):
        sent = now + timedelta(days=20 * number)
        order = orders.draft(supplier, _forced(product, supplier, manager, sent), manager, sent)
        orders.approve(order, None, order.version, manager, sent)
        orders.send(order, order.version, manager, sent, clinic_name="N", by_email=False, reply_to=None)
        came = sent + timedelta(days=days)
        units = order.lines[0].ordered_units
        orders.receive(order, product, f"L{number}", date(2028, 1, 31), units, place, manager, came)
        assert order.state is OrderState.CLOSED
    assert use_queries.lead_days_by_supplier(manager.clinic_id) == {supplier.id: [4, 6, 8]}
    assert [(row.price, row.lead_days) for row in queries.receipts_from(supplier)] == [(990, 8), (990, 6), (990, 4)]
    assert next(iter(_suggested(manager, now).values())).lead.days == 6


def _forced(product, supplier, by, now) -> list[Suggestion]:
    """The product's suggestion, of at least one pack whatever is on the shelf."""
    return [replace(line, packs=max(1, line.packs)) for line in _suggested(by, now).values() if line.product is product]


def test_a_wrong_item_is_refused_and_too_many_are_booked_and_said(app: Flask, manager, now) -> None:
    order, place = make_sent(manager, now), make_location(manager, now)
    with pytest.raises(NotOnOrder), db.session.begin_nested():
        orders.receive(order, make_product(manager, now), "X", None, 5, place, manager, now)
    line = order.lines[0]
    orders.receive(order, line.product, "X", None, line.ordered_units + 50, place, manager, now)
    assert line.received_units == line.ordered_units + 50 and order.state is OrderState.CLOSED


def test_an_expired_delivery_changes_neither_stock_nor_order(app: Flask, manager, now) -> None:
    order, place = make_sent(manager, now), make_location(manager, now)
    db.session.commit()
    with pytest.raises(DeliveryExpired):
        orders.receive(order, order.lines[0].product, "X", date(2026, 1, 1), 5, place, manager, now)
    db.session.rollback()
    assert order.state is OrderState.SENT and order.lines[0].received_units == 0


def test_the_documents_say_what_is_ordered(app: Flask, manager, now) -> None:
    order = make_draft(manager, now)
    order.lines[0].product.name = "=Needle & co"
    european = sheet_of(order, "Clinic <North>", now.date(), Writing.EUROPEAN)
    rows = list(csv.reader(StringIO(as_csv(european).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][4] == "'=Needle & co" and rows[1][7] == "12,50" and rows[1][1] == "23/11/2026"
    american = sheet_of(order, "Clinic <North>", now.date(), Writing.US)
    row = next(csv.DictReader(StringIO(as_csv(american).decode("utf-8-sig"))))
    assert row["Price a pack"] == "12.50" and row["Date"] == "11/23/2026"
    said = pypdfium2.PdfDocument(BytesIO(as_pdf(european)))[0].get_textpage().get_text_bounded()
    assert "=Needle & co" in said and "Clinic <North>" in said and "12,50" in said


def test_what_was_recorded_of_orders_is_whole(app: Flask, manager, now) -> None:
    order, place = make_sent(manager, now), make_location(manager, now)
    orders.receive(order, order.lines[0].product, "X", None, 5, place, manager, now)
    orders.close(order, "Out of print", order.version, manager, now)
    db.session.flush()
    assert verify(manager.clinic_id).whole


def test_an_offer_that_is_preferred_takes_the_place_of_another(app: Flask, manager, now) -> None:
    product = make_product(manager, now)
    first, second = make_supplier(manager, now), make_supplier(manager, now)
    make_offer(first, product, manager, now)
    make_offer(second, product, manager, now)
    assert queries.preferred_offer(manager.clinic_id, product.id).supplier is second
    assert not queries.offers_of(first)[0].preferred


@pytest.fixture
def american(app: Flask, manager, now) -> Iterator[None]:
    supplying.set_terms(
        manager,
        now,
        writing=Writing.US,
        currency=Currency.USD,
        service=950,
        review_days=7,
        manager_limit=100_000,
    )
    yield


def test_the_reason_is_written_as_the_clinic_writes(american, manager, now) -> None:
    make_low_product(manager, now, name="E")
    assert "8.9 a day" in _suggested(manager, now)["E"].why
