"""A carton held against the order, before anything is booked."""

import pytest
from flask import Flask

from inventory.purchasing.checking_in import Checked, check_in
from inventory.purchasing.models import PurchaseOrder
from inventory.stock.receiving import Carton
from tests.factories.purchasing import make_sent
from tests.factories.stock import make_product, make_trade_item

GTIN, OTHER = "09521101530001", "09521101530018"


@pytest.fixture
def sent(app: Flask, manager, now) -> PurchaseOrder:
    order = make_sent(manager, now)
    make_trade_item(manager, now, product=order.lines[0].product, code=GTIN, base_units=100)
    return order


def _scanned(order: PurchaseOrder, now, code: str = GTIN, expiry: str = "301231") -> Checked:
    return check_in(order, f"01{code}17{expiry}10LOT-7", Carton(), now.date())


@pytest.mark.parametrize(
    ("ordered", "word", "said"),
    [
        (3, "Ready", "200 of 300 still to come."),
        (1, "Ready", "That is all of it."),
    ],
)
def test_what_is_still_to_come_is_said(sent, now, ordered, word, said) -> None:
    sent.lines[0].packs = ordered
    found = _scanned(sent, now)
    assert found.line is sent.lines[0] and found.reading.word == word
    assert found.reading.tone == "go" and said in found.reading.sentence


def test_more_than_ordered_is_a_caution_and_can_still_be_booked(sent, now) -> None:
    line = sent.lines[0]
    line.packs, line.received_units = 2, 150
    found = _scanned(sent, now)
    assert (found.reading.tone, found.reading.word, found.line) == ("caution", "Too many", line)
    assert "50 more than the 200 ordered" in found.reading.sentence
    assert found.reading.next.startswith("Book it only if you keep it")


def test_what_is_not_on_the_order_or_was_taken_off_it_is_the_wrong_item(sent, manager, now) -> None:
    make_trade_item(manager, now, product=make_product(manager, now, name="Gloves"), code=OTHER)
    found = _scanned(sent, now, OTHER)
    assert (found.reading.tone, found.reading.word, found.line) == ("stop", "Wrong item", None)
    sent.lines[0].packs = 0
    assert _scanned(sent, now).reading.word == "Wrong item"


@pytest.mark.parametrize(
    ("code", "expiry", "tone"), [("09521101530056", "301231", "caution"), (GTIN, "260101", "stop")]
)
def test_an_unknown_package_and_an_expired_lot_are_told_as_at_any_delivery(sent, now, code, expiry, tone) -> None:
    found = _scanned(sent, now, code, expiry)
    assert found.line is None and found.reading.tone == tone and found.reading.word != "Wrong item"


def test_a_carton_known_by_an_earlier_scan_is_held_against_the_order_too(sent, now) -> None:
    known = _scanned(sent, now).reading.carton
    found = check_in(sent, "", known, now.date())
    assert found.line is sent.lines[0] and found.reading.carton == known
