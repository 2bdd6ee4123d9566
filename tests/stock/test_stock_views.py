"""The stock's pages."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.stock import operations, queries
from inventory.stock.models import CodeScheme, LotStatus, Movement, Product
from tests.conftest import PASSWORD
from tests.factories.stock import make_location, make_lot, make_product, make_trade_item
from tests.pages import Page, PageClient

Clients = Callable[[PersonAtWork | None], PageClient]
GTIN = "09521101530001"
EXPIRY = date(2030, 12, 31)
CODE = f"01{GTIN}1730123110LOT-7"
"""A carton of 100, lot LOT-7; the lot stands last and needs no separator."""


def _verdict(page: Page) -> str | None:
    return page.one("section", id="verdict").get("data-verdict")


def _movements() -> int:
    return db.session.scalar(select(func.count()).select_from(Movement)) or 0


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + timedelta(minutes=5), tick=True):
        yield


@pytest.fixture
def store(manager: PersonAtWork, now: datetime):
    return make_location(manager, now, name="Main store")


@pytest.fixture
def needle(manager: PersonAtWork, now: datetime) -> Product:
    return make_trade_item(manager, now, product=make_product(manager, now, name="Needle 30G")).product


def test_one_scan_and_one_tap_book_a_carton(manager, client_for: Clients, store, needle) -> None:
    client = client_for(manager)
    read = client.open("/stock/receive").submit("Check", code=CODE)
    assert _verdict(read) == "go"
    assert _movements() == 0
    booked = read.submit("Receive")
    assert "Booked 100 x Needle 30G, lot LOT-7" in " ".join(booked.messages)
    assert booked.has("input", data_scan_field=None)
    lot = queries.lot_numbered(needle, "LOT-7")
    assert lot is not None
    assert (lot.expires_on, queries.on_hand(lot, store)) == (EXPIRY, 100)
    booked.submit("Check", code=CODE).submit("Receive")
    assert queries.on_hand(lot, store) == 200


def test_a_separator_inside_the_code_survives_the_form(manager, client_for: Clients, store, needle) -> None:
    read = client_for(manager).open("/stock/receive").submit("Check", code=f"01{GTIN}10LOT-8\x1d17301231")
    assert _verdict(read) == "go"
    assert read.control("Lot number").get("value") == "LOT-8"
    assert read.control("Expires on (optional)").get("value") == "2030-12-31"


def test_two_codes_of_one_pack_are_put_together(manager, client_for: Clients, store, needle) -> None:
    first = client_for(manager).open("/stock/receive").submit("Check", code=GTIN[1:])
    assert _verdict(first) == "caution"
    second = first.submit("Check", code="1730123110LOT-9")
    assert _verdict(second) == "go"
    second.submit("Receive")
    assert queries.lot_numbered(needle, "LOT-9") is not None


def test_a_lost_separator_asks_for_a_rescan(manager, client_for: Clients, store, needle) -> None:
    page = client_for(manager).open("/stock/receive").submit("Check", code=f"01{GTIN}10LOT717301231")
    assert _verdict(page) == "caution"
    assert page.control("Lot number").get("value") == ""
    page.submit("Receive", lot="LOT7", expires_on="2030-12-31")
    assert queries.lot_numbered(needle, "LOT7") is not None


def test_a_lot_that_swallowed_its_expiry_asks_for_the_printed_one(manager, client_for: Clients, store, needle) -> None:
    page = client_for(manager).open("/stock/receive").submit("Check", code=f"01{GTIN}10LOT717301231")
    again = page.submit("Receive", status=422, lot="LOT7")
    assert again.control("Expires on (optional)").get("aria-invalid") == "true"
    assert _movements() == 0
    again.submit("Receive", expires_on="2030-12-31")
    assert _movements() == 1


def test_two_codes_in_the_other_order_make_the_same_carton(manager, client_for: Clients, store, needle) -> None:
    first = client_for(manager).open("/stock/receive").submit("Check", code="1730123110LOT-9")
    assert _verdict(first) == "caution"
    second = first.submit("Check", code=GTIN[1:])
    assert _verdict(second) == "go"
    second.submit("Receive")
    lot = queries.lot_numbered(needle, "LOT-9")
    assert lot is not None and (lot.expires_on, queries.on_hand(lot, store)) == (EXPIRY, 100)


def test_more_boxes_of_a_lot_are_one_scan_each_and_one_too_many_is_taken_back(
    manager, client_for: Clients, store, needle
) -> None:
    page = client_for(manager).open("/stock/receive")
    for _ in range(4):
        page = page.submit("Check", code=CODE)
    assert "4 boxes: 400 x Needle 30G" in page.main
    fewer = page.follow("One box less")
    assert "3 boxes: 300 x Needle 30G" in fewer.main
    assert _movements() == 0
    fewer.submit("Receive 3 boxes")
    lot = queries.lot_numbered(needle, "LOT-7")
    assert lot is not None and queries.on_hand(lot, store) == 300 and _movements() == 1


def test_the_second_code_of_a_two_code_box_counts_no_box(manager, client_for: Clients, store, needle) -> None:
    page = client_for(manager).open("/stock/receive").submit("Check", code=GTIN[1:])
    page = page.submit("Check", code="1730123110LOT-9").submit("Check", code="1730123110LOT-9")
    assert "100 x Needle 30G" in page.main and "boxes:" not in page.main
    page = page.submit("Check", code=GTIN[1:])
    assert "2 boxes: 200 x Needle 30G" in page.main


def test_an_unknown_code_becomes_a_product_and_nothing_scanned_is_lost(manager, client_for: Clients, store) -> None:
    page = client_for(manager).open("/stock/receive").submit("Check", code=CODE)
    assert _verdict(page) == "caution"
    form = page.follow("Add as a new product")
    assert form.control("Code of a package (optional)").get("value") == GTIN
    back = form.submit("Add the product", name="New needle", base_unit="needle", base_units=50)
    assert _verdict(back) == "go"
    back.submit("Receive")
    product = db.session.scalars(select(Product)).one()
    lot = queries.lot_numbered(product, "LOT-7")
    assert lot is not None
    assert (lot.expires_on, queries.on_hand(lot, store)) == (EXPIRY, 50)


def test_an_unknown_code_becomes_a_package_of_a_known_product(manager, client_for: Clients, store, needle) -> None:
    other = "19521101530008"
    page = client_for(manager).open("/stock/receive").submit("Check", code=f"01{other}1730123110B1")
    form = page.follow("It is a package of a known product")
    back = form.submit("Add the package", product=needle.id, base_units=1000)
    assert _verdict(back) == "go"
    back.submit("Receive")
    assert queries.trade_item_for(manager.clinic_id, CodeScheme.GTIN, other) is not None
    assert queries.on_hand(queries.lot_numbered(needle, "B1"), store) == 1000


def test_an_expired_or_recalled_carton_is_put_aside_at_the_scan(
    manager, client_for: Clients, store, needle, now
) -> None:
    client = client_for(manager)
    expired = client.open("/stock/receive").submit("Check", code=f"01{GTIN}1720010110OLD")
    assert _verdict(expired) == "stop"
    lot = make_lot(manager, now, product=needle, number="LOT-7", expires_on=EXPIRY)
    operations.recall(lot, "Notice", manager, now)
    recalled = client.open("/stock/receive").submit("Check", code=CODE)
    assert _verdict(recalled) == "stop"
    recalled.submit("Receive", status=422)
    assert _movements() == 1


def test_a_carton_that_was_not_booked_is_spoken_of(manager, client_for: Clients, store, needle) -> None:
    read = client_for(manager).open("/stock/receive").submit("Check", code=CODE)
    other = read.submit("Check", code=f"01{GTIN}1730123110LOT-8")
    assert _verdict(other) == "go"
    assert "LOT-7, was not booked" in other.main


def test_everything_can_be_typed_and_a_mistake_keeps_what_was_typed(
    manager, client_for: Clients, store, needle
) -> None:
    page = client_for(manager).open("/stock/receive")
    typed = {"product": needle.id, "lot": "T1", "expires_on": "2030-13-31", "quantity": "1.5"}
    again = page.submit("Receive", status=422, **typed)
    assert again.control("Lot number").get("value") == "T1"
    assert again.control("Quantity").get("value") == "1.5"
    assert again.control("Expires on (optional)").get("value") == "2030-13-31"
    again.submit("Receive", expires_on="2030-12-31", quantity="7")
    assert queries.on_hand(queries.lot_numbered(needle, "T1"), store) == 7


def test_the_same_delivery_sent_twice_is_booked_once(manager, client_for: Clients, store, needle) -> None:
    read = client_for(manager).open("/stock/receive").submit("Check", code=CODE)
    first = read.submit("Receive")
    second = read.submit("Receive")
    assert first.messages == second.messages
    assert _movements() == 1


def _hostile() -> list[str]:
    noise = random.Random(7)
    return [
        "\x00",
        f"01{GTIN}10A\x00B",
        "".join(chr(noise.randrange(256)) for _ in range(5000)),
        "9" * 20_000,
        "]d2" * 300,
        "\x1d" * 400,
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\ud7ff\u202e\u0000",
        "(01)" + "٠" * 14,
        "HTTPS://CLINIC.EXAMPLE/P/0123456789ABCDEFG",
    ]


@pytest.mark.parametrize("number", range(len(_hostile())))
def test_hostile_scans_are_answered_with_a_sentence(manager, client_for: Clients, store, needle, number: int) -> None:
    page = client_for(manager).open("/stock/receive", query={"code": _hostile()[number]})
    assert _verdict(page) in ("stop", "caution")
    assert _movements() == 0


def test_random_bytes_in_the_address_are_answered(manager, client_for: Clients, store) -> None:
    noise = random.Random(11)
    text = "".join(f"%{noise.randrange(256):02x}" for _ in range(1500))
    for name in ("code", "lot", "package", "scheme", "expires_on", "packages", "location"):
        client_for(manager).open(f"/stock/receive?scheme=gtin&{name}={text}")
    client_for(manager).open(f"/stock?text={text}&kind={text}")
    client_for(manager).open(f"/stock/products/new?code={text}&lot={text}")


def test_an_invisible_character_in_a_lot_number_is_refused(manager, client_for: Clients, store, needle) -> None:
    page = client_for(manager).open("/stock/receive")
    again = page.submit("Receive", status=422, product=needle.id, lot="A\x1d17", quantity=1)
    assert again.control("Lot number").get("aria-invalid") == "true"
    page.submit("Receive", product=needle.id, lot="B\x00C", quantity=1)
    assert queries.lot_numbered(needle, "BC") is not None


def test_names_that_look_like_formulas_or_markup_stay_what_they_are(manager, client_for: Clients, store, now) -> None:
    name = "=HYPERLINK(\"x\")<b onclick='x'>&{{ 7*7 }}"
    product = make_product(manager, now, name=name)
    lot = make_lot(manager, now, product=product, number="@SUM(1)<i>", location=store)
    client = client_for(manager)
    assert client.open(f"/stock/products/{product.id}").h1 == name
    assert client.open(f"/stock/lots/{lot.id}").h1 == "Lot @SUM(1)<i>"
    assert name in [row[0] for row in client.open("/stock").rows()]


def test_the_stock_list_says_what_is_low(manager, auditor, client_for: Clients, store, now) -> None:
    low = make_product(manager, now, name="Few", reorder_point=10)
    make_lot(manager, now, product=low, quantity=10, location=store, expires_on=date(2026, 12, 1))
    make_product(manager, now, name="None asked")
    client = client_for(auditor)
    states = {row[0]: row[-1] for row in client.open("/stock").rows()}
    assert states == {"Few": "Low", "None asked": "Fine"}
    assert [row[0] for row in client.open("/stock/low").rows()] == ["Few"]
    assert client.open("/stock?text=nothing").has("td", colspan="7")
    assert client.open("/stock").all("a", text="Receive") == []


def test_empty_pages_say_what_to_do_first(manager, nurse, client_for: Clients) -> None:
    for person in (manager, nurse):
        for url in ("/stock", "/stock/low", "/stock/expiring"):
            client_for(person).open(url)
    client_for(manager).open("/stock/locations")
    assert client_for(manager).open("/stock/receive").has("a", text="Add a location")


def test_a_lot_is_corrected_moved_and_its_ledger_tells_who_and_why(
    lead_nurse, manager, client_for: Clients, store, now
) -> None:
    room = make_location(manager, now, name="Room 1")
    lot = make_lot(manager, now, quantity=100, location=store)
    page = client_for(lead_nurse).open(f"/stock/lots/{lot.id}")
    moved = page.follow("Move").submit("Move it", location=store.id, to=room.id, quantity=30)
    written_off = moved.follow("Write off").submit(
        "Write it off", secret=PASSWORD, location=room.id, quantity=5, reason="Dropped"
    )
    counted = written_off.follow("Count").submit(
        "Correct the stock", secret=PASSWORD, location=store.id, counted=69, reason="Shelf count"
    )
    assert (queries.on_hand(lot, store), queries.on_hand(lot, room)) == (69, 25)
    newest = next(row for row in counted.rows() if len(row) == 7)
    assert newest[1:6] == ["adjustment", "Main store", "-1", "94", lead_nurse.name]
    assert newest[6].startswith("Shelf count Main store: 70 → 69")
    assert "signed as correction with password" in newest[6] and "as signed" in newest[6]


def test_too_many_are_refused_at_their_field(lead_nurse, manager, client_for, store, now) -> None:
    lot = make_lot(manager, now, quantity=3, location=store)
    form = client_for(lead_nurse).open(f"/stock/lots/{lot.id}/write-off")
    page = form.submit("Write it off", status=422, secret=PASSWORD, location=store.id, quantity=4, reason="Broken")
    assert page.control("How many").get("aria-invalid") == "true"
    assert page.control("How many").get("value") == "4"
    assert queries.on_hand(lot, store) == 3


def test_the_last_unit_written_off_twice_by_one_event_gets_the_stored_answer(
    lead_nurse, manager, client_for, store, now
) -> None:
    lot = make_lot(manager, now, quantity=1, location=store)
    form = client_for(lead_nurse).open(f"/stock/lots/{lot.id}/write-off")
    for _ in range(2):
        form.submit("Write it off", secret=PASSWORD, location=store.id, quantity=1, reason="Broken")
    assert queries.on_hand(lot, store) == 0


def test_a_lot_goes_into_quarantine_out_again_and_is_recalled_for_good(
    manager, client_for: Clients, store, now
) -> None:
    lot = make_lot(manager, now, location=store)
    client = client_for(manager)
    blocked = client.open(f"/stock/lots/{lot.id}/quarantine").submit("Put it in quarantine", reason="Wet box")
    freed = blocked.follow("Release").submit("Release it", secret=PASSWORD, reason="Inner seal is dry")
    assert freed.has("a", text="Quarantine")
    gone = client.open(f"/stock/lots/{lot.id}/recall").submit(
        "Recall this lot for good", secret=PASSWORD, reason="Notice 12"
    )
    assert "Notice 12" in gone.main
    assert gone.all("a", text="Release") == gone.all("a", text="Quarantine") == []
    again = client.open(f"/stock/lots/{lot.id}/release").submit(
        "Release it", status=422, secret=PASSWORD, reason="Please"
    )
    assert again.messages
    db.session.refresh(lot)
    assert lot.status is LotStatus.RECALLED


def test_a_product_is_added_and_changed(manager, client_for: Clients) -> None:
    client = client_for(manager)
    added = client.open("/stock/products/new").submit(
        "Add the product", name="Chlorhexidine 2 %", kind="antiseptic", base_unit="bottle", contact_seconds=30
    )
    assert added.h1 == "Chlorhexidine 2 %"
    changed = added.follow("Change").submit(
        "Save", opened_life=6, opened_life_unit="months", name="CHX 2 %", reason="As printed"
    )
    assert changed.h1 == "CHX 2 %"
    refused = changed.follow("Change").submit("Save", status=422, opened_life="", reason="Unknown")
    assert refused.control("Usable after opening (optional)").get("aria-invalid") == "true"
    taken = client.open("/stock/products/new").submit("Add the product", status=422, name="CHX 2 %", base_unit="bottle")
    assert taken.control("Name").get("value") == "CHX 2 %"


def test_a_location_is_added_once(manager, client_for: Clients) -> None:
    page = client_for(manager).open("/stock/locations").submit("Add the location", name="Room 1", kind="room")
    assert [row[0] for row in page.rows()] == ["Room 1"]
    page.submit("Add the location", status=422, name="Room 1")


READERS = ("/stock/products/{product}", "/stock/lots/{lot}")
STEPS = ("write-off", "count", "transfer", "quarantine", "release", "recall")


def test_another_clinic_sees_nothing_of_it(manager, stranger, client_for: Clients, store, now) -> None:
    lot = make_lot(manager, now, location=store)
    client = client_for(stranger)
    for url in READERS:
        client.open(url.format(product=lot.product_id, lot=lot.id), status=404)
        client.open(url.format(product=uuid4(), lot=uuid4()), status=404)
    for step in STEPS:
        client.open(f"/stock/lots/{lot.id}/{step}", status=404)
    client.open(f"/stock/products/{lot.product_id}/change", status=404)
    assert client.open("/stock").rows() == []


def test_another_clinics_place_and_product_cannot_be_named_in_a_form(
    manager, stranger, client_for: Clients, store, needle, now
) -> None:
    make_location(stranger, now)
    lot = make_lot(stranger, now)
    page = client_for(stranger).open("/stock/receive")
    page.submit("Receive", status=422, product=needle.id, lot="A", quantity=1)
    page.submit("Receive", status=422, product=lot.product_id, lot="A", quantity=1, location=store.id)
    assert _movements() == 1


def test_roles_that_may_not_are_kept_out(nurse, auditor, lead_nurse, manager, client_for: Clients, store, now) -> None:
    lot = make_lot(manager, now, location=store)
    for person in (nurse, auditor):
        client = client_for(person)
        for step in STEPS:
            client.open(f"/stock/lots/{lot.id}/{step}", status=403)
        for url in ("/stock/receive", "/stock/products/new", "/stock/packages/new"):
            client.open(url, status=403)
        assert not client.open("/stock/locations").has("button", text="Add the location")
    client_for(lead_nurse).open(f"/stock/lots/{lot.id}/recall", status=403)


def test_older_movements_are_a_page_away(manager, client_for: Clients, store, now) -> None:
    lot = make_lot(manager, now, location=store, quantity=100)
    for _ in range(55):
        operations.write_off(lot, store, 1, "Broken", manager, now)
    first = client_for(manager).open(f"/stock/lots/{lot.id}")
    second = first.follow("Older")
    assert [len([row for row in page.rows() if len(row) == 7]) for page in (first, second)] == [50, 6]
    client_for(manager).open(f"/stock/lots/{lot.id}?before=nonsense")


def test_a_long_stock_list_is_turned_page_by_page_those_in_use_first(manager, client_for: Clients, now) -> None:
    for number in range(204):
        product = make_product(manager, now, name=f"Needle {number:03d}")
        product.active = number >= 102
    operations.change_product(product, "As on the box", manager, now, storage="dry")
    page, seen = client_for(manager).open("/stock?kind=needle"), []
    while True:
        seen.append([row[0] for row in page.rows()])
        if not page.has("a", text="Next"):
            break
        page = page.follow("Next")
    assert [len(names) for names in seen] == [100, 100, 4]
    names = [name for each in seen for name in each]
    assert names == [f"Needle {number:03d}" for number in (*range(102, 204), *range(102))]
    assert [row[0] for row in page.follow("From A").rows()] == seen[0]
