"""What the stock's lists say."""

from datetime import datetime, timedelta
from itertools import pairwise

from inventory.people.actors import PersonAtWork
from inventory.stock import ledger, operations, queries
from inventory.stock.models import LocationKind, ProductKind
from tests.factories.stock import make_location, make_lot, make_product, make_trade_item


def test_only_usable_stock_keeps_a_product_from_being_low(manager: PersonAtWork, now: datetime) -> None:
    today = now.date()
    product = make_product(manager, now, reorder_point=100)
    make_lot(manager, now, product=product, quantity=90, expires_on=today + timedelta(days=9))
    make_lot(manager, now, product=product, quantity=80, expires_on=today - timedelta(days=1))
    recalled = make_lot(manager, now, product=product, quantity=70)
    operations.recall(recalled, "Notice", manager, now)
    (line,) = queries.low(manager.clinic_id, today)
    assert (line.on_hand, line.usable, line.next_expiry) == (240, 90, today + timedelta(days=9))
    make_lot(manager, now, product=product, quantity=11)
    assert queries.low(manager.clinic_id, today) == []


def test_a_product_without_a_reorder_point_is_never_low(manager: PersonAtWork, now: datetime) -> None:
    make_product(manager, now)
    assert queries.low(manager.clinic_id, now.date()) == []


def test_the_stock_is_searched_by_name_code_reference_and_lot(manager: PersonAtWork, now: datetime) -> None:
    needle = make_product(manager, now, name="Needle 100%_fine", reference="REF-77")
    make_product(manager, now, name="Wipes", kind=ProductKind.DISINFECTANT)
    make_trade_item(manager, now, product=needle)
    make_lot(manager, now, product=needle, number="QX-12")
    for text in ("needle", "0%_F", "ref-77", "952110153", "qx-1"):
        found = queries.stock_list(manager.clinic_id, now.date(), text=text)
        assert [line.product for line in found] == [needle], text
    assert queries.stock_list(manager.clinic_id, now.date(), text="%%") == []
    kinds = queries.stock_list(manager.clinic_id, now.date(), kind=ProductKind.DISINFECTANT)
    assert [line.product.name for line in kinds] == ["Wipes"]


def test_expiring_and_expired_lots_meet_at_the_last_good_day(manager: PersonAtWork, now: datetime) -> None:
    today = now.date()
    by_days = {days: make_lot(manager, now, expires_on=today + timedelta(days=days)) for days in (-1, 0, 30, 31)}
    expiring = queries.expiring(manager.clinic_id, today, 30)
    assert [line.lot for line in expiring] == [by_days[0], by_days[30]]
    assert [line.lot for line in queries.expired(manager.clinic_id, today)] == [by_days[-1]]


def test_a_used_up_lot_does_not_expire(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, expires_on=now.date(), quantity=5, location=store)
    operations.write_off(lot, store, 5, "Spilt", manager, now)
    assert queries.expiring(manager.clinic_id, now.date(), 30) == []


def test_the_lot_that_expires_first_should_go_first(manager: PersonAtWork, now: datetime) -> None:
    today = now.date()
    store = make_location(manager, now)
    late = make_lot(manager, now, expires_on=today + timedelta(days=90))
    assert queries.earlier_lot(late, today) is None
    early = make_lot(manager, now, product=late.product, expires_on=today, quantity=1, location=store)
    make_lot(manager, now, product=late.product, expires_on=today - timedelta(days=1))
    unknown = make_lot(manager, now, product=late.product, expires_on=None)
    assert queries.earlier_lot(late, today) is early
    assert queries.earlier_lot(unknown, today) is early
    assert queries.earlier_lot(early, today) is None
    operations.quarantine(early, "Wet", manager, now)
    assert queries.earlier_lot(late, today) is None


def test_a_lot_is_looked_for_where_most_of_it_is(manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now, kind=LocationKind.ROOM)
    lot = make_lot(manager, now, quantity=10, location=store)
    operations.transfer(lot, store, room, 6, manager, now)
    assert queries.location_holding(lot) is room
    assert queries.locations_in(manager.clinic_id, LocationKind.ROOM) == [room]


def test_the_exact_spelling_of_a_lot_number_wins(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now, number="aB1")
    assert queries.lot_numbered(lot.product, "AB1") is lot
    assert queries.lot_numbered(lot.product, "AB") is None


def test_the_ledger_pages_backwards_with_a_running_total(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=100, location=store)
    for number in range(1, 8):
        # Two a minute: the moment alone does not order them.
        operations.write_off(lot, store, number, "Broken", manager, now + timedelta(minutes=number // 2))
    pages, before = [], None
    while True:
        page = ledger.ledger_page(lot, before, limit=3)
        pages.append([(line.movement.quantity, line.on_hand_after) for line in page.lines])
        before = page.older
        if before is None:
            break
    assert [len(page) for page in pages] == [3, 3, 2]
    told = [line for page in pages for line in page]
    assert sorted(quantity for quantity, _ in told) == [-7, -6, -5, -4, -3, -2, -1, 100]
    assert told[0][1] == 72
    assert told[-1] == (100, 100)
    for (newer, after), (_, before_it) in pairwise(told):
        assert after - newer == before_it
