"""What the ledger tells of a product's use, in the rule's own terms."""

from datetime import timedelta
from uuid import uuid4

from flask import Flask

from inventory.purchasing.demand import History
from inventory.purchasing.use_queries import histories
from inventory.stock import operations as stock
from tests.factories.purchasing import use_daily
from tests.factories.stock import make_location, make_lot, make_product


def _stocked(by, at, quantity: int = 100):
    product, place = make_product(by, at), make_location(by, at)
    return product, make_lot(by, at, product=product, quantity=quantity, location=place), place


def test_a_products_history_begins_on_the_day_it_first_moved(app: Flask, manager, now) -> None:
    product, lot, place = _stocked(manager, now - timedelta(days=10))
    use_daily(lot, place, [3, 0, 5, 5], manager, now)
    stock.write_off(lot, place, 7, "Broken", manager, now - timedelta(days=2))
    assert histories(manager.clinic_id, now.date()) == {product.id: History(10, [7, 9, 10], [3, 5, 5])}


def test_of_a_product_kept_for_long_the_window_counts_and_today_does_not(app: Flask, manager, now) -> None:
    product, lot, place = _stocked(manager, now - timedelta(days=90))
    for ago, units in ((40, 9), (30, 4), (1, 2), (0, 8)):
        stock.consume(lot, place, units, manager, now - timedelta(days=ago), source_id=uuid4())
    assert histories(manager.clinic_id, now.date(), window=30) == {product.id: History(30, [1, 30], [4, 2])}


def test_use_that_is_told_late_takes_its_place_among_the_days(app: Flask, manager, now) -> None:
    product, lot, place = _stocked(manager, now - timedelta(days=20))
    for ago in (2, 9, 5):
        stock.consume(lot, place, ago, manager, now - timedelta(days=ago), source_id=uuid4())
    assert histories(manager.clinic_id, now.date()) == {product.id: History(20, [12, 16, 19], [9, 5, 2])}


def test_what_never_moved_and_what_another_clinic_used_is_not_told(app: Flask, manager, stranger, now) -> None:
    make_product(manager, now)
    _stocked(stranger, now - timedelta(days=9))
    assert histories(manager.clinic_id, now.date()) == {}
