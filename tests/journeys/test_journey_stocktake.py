"""Two people count two hundred lots at once, each in a browser of their own; the books then say what lies there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.db import db
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Person, Role
from inventory.stock import operations as stock
from inventory.stock.models import Balance, CodeScheme, Lot, Movement, MovementKind
from tests import databases
from tests.conftest import PASSWORD, _somebody
from tests.factories.stock import make_location, make_product, make_trade_item
from tests.journeys.conftest import DESK, PHONE, Watched, shot
from tests.journeys.serving import serving
from tests.journeys.treatment_room import scan

LOTS, BOX = 200, 10
GTIN = "09521101530001"
MISSING, SURPLUS = {20, 60, 140}, {5: 2, 99: 3}
"""Lots of which one box of two is gone, and lots of which there are that many boxes for one."""


@pytest.fixture
def clinic_app(tmp_path: Path) -> Iterator[tuple[Flask, dict[str, PersonAtWork]]]:
    app = databases.file_app(tmp_path / "clinic.sqlite3")
    with app.app_context():
        earlier = utc_now() - timedelta(days=1)
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", earlier)
        roles = {
            "Nora Nurse": Role.NURSE,
            "Nils Nurse": Role.NURSE,
            "Lea Lead": Role.LEAD_NURSE,
            "Mona M": Role.MANAGER,
        }
        staff = {name: _somebody(clinic, name, role) for name, role in roles.items()}
        _fill(staff["Mona M"], earlier)
        db.session.commit()
        db.session.remove()
    yield app, staff


def _fill(by: PersonAtWork, now: datetime) -> None:
    """A box of every lot, of every tenth two, in one store."""
    store, product = make_location(by, now, name="Main store"), make_product(by, now, name="Needle 30G x 4 mm")
    make_trade_item(by, now, product=product, scheme=CodeScheme.GTIN, code=GTIN, base_units=BOX)
    for number in range(LOTS):
        stock.receive(product, _lot(number), None, BOX * _booked(number), store, by, now)


def _lot(number: int) -> str:
    return f"L{number:03d}"


def _code(number: int) -> str:
    return f"01{GTIN}10{_lot(number)}"


def _booked(number: int) -> int:
    return 2 if number % 10 == 0 else 1


def _boxes(number: int) -> int:
    return 1 if number in MISSING else SURPLUS.get(number, _booked(number))


def _page(browser: Browser, app: Flask, url: str, who: PersonAtWork, shape: dict[str, object]) -> Watched:
    with app.app_context():
        mark = db.session.get_one(Person, who.id).fs_uniquifier
        http = app.test_client()
        with http.session_transaction() as kept:
            kept["_user_id"] = mark
            kept |= {"_fresh": True, "clinic_id": str(who.clinic_id), "signed_in_at": utc_now().isoformat()}
        cookie = http.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        db.session.remove()
    context = browser.new_context(service_workers="block", **shape)
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie.value, "url": url}])
    return Watched(context, url)


def _send(page: Page, number: int, by_wedge: bool) -> None:
    """As a scanner types it, or as a hand does; does not wait for the answer."""
    if by_wedge:
        scan(page, _code(number), "Enter")
    else:
        page.get_by_label("Scan what lies there").fill(_code(number))
        page.get_by_label("Scan what lies there").press("Enter")


def _answered(page: Page, number: int) -> None:
    expect(page.locator("[data-verdict]")).to_contain_text(f"lot {_lot(number)}. Counted here")
    page.locator("[data-mute]:not([hidden])").wait_for()


def test_a_stocktake_of_two_hundred_lots_by_two_browsers_ends_with_books_that_equal_the_count(
    chromium: Browser, clinic_app: tuple[Flask, dict[str, PersonAtWork]]
) -> None:
    app, staff = clinic_app
    with serving(app) as url:
        manager = _page(chromium, app, url, staff["Mona M"], DESK)
        manager.page.goto(f"{url}/stocktakes")
        manager.page.get_by_label("What is counted").select_option(label="Main store")
        manager.page.get_by_role("button", name="Begin").click()
        counters = [
            _page(chromium, app, url, staff["Nora Nurse"], PHONE),
            _page(chromium, app, url, staff["Nils Nurse"], DESK),
        ]
        for counter in counters:
            counter.page.goto(manager.page.url)
            counter.page.get_by_role("link", name="Count Main store").click()
        scans = [number for number in range(LOTS) for _ in range(_boxes(number))]
        # The boxes of one lot go to both by turns, so that they add to the same line at the same time.
        shares = [scans[0::2], scans[1::2]]
        for turn in range(max(map(len, shares))):
            mine = [
                (counter.page, share[turn])
                for counter, share in zip(counters, shares, strict=True)
                if turn < len(share)
            ]
            for page, number in mine:
                _send(page, number, by_wedge=turn % 20 == 0)
            for page, number in mine:
                _answered(page, number)
        shot(counters[0].page, "stocktake-count-390")
        counters[0].page.get_by_role("link", name="Stocktake 1").click()
        counters[0].page.get_by_role("button", name="The count is complete").click()
        expect(counters[0].page.get_by_role("region", name="To count again").get_by_role("row")).to_have_count(6)
        shot(counters[0].page, "stocktake-again-390")
        _count_again(_page(chromium, app, url, staff["Lea Lead"], PHONE), manager.page.url)
        manager.page.reload()
        shot(manager.page, "stocktake-differs-desk")
        manager.page.get_by_label("Your password or PIN").fill(PASSWORD)
        manager.page.get_by_role("button", name="Approve and correct the books").click()
        expect(manager.page.get_by_role("status").first).to_contain_text("5 of 200 lines were corrected")
        shot(manager.page, "stocktake-approved-desk")
        assert [watched.faults for watched in (manager, *counters)] == [[], [], []]
    with app.app_context():
        held = dict(
            db.session.execute(select(Lot.number, Balance.on_hand).join(Balance, Balance.lot_id == Lot.id)).all()
        )
        assert held == {_lot(number): BOX * _boxes(number) for number in range(LOTS)}
        corrections = select(Movement.quantity).where(Movement.kind == MovementKind.ADJUSTMENT)
        assert sorted(db.session.scalars(corrections)) == [-BOX, -BOX, -BOX, BOX, 2 * BOX]
        assert verify(staff["Mona M"].clinic_id).whole
        db.engine.dispose()


def _count_again(third: Watched, address: str) -> None:
    page = third.page
    page.goto(address)
    page.get_by_role("link", name="Count Main store").click()
    for number in sorted(MISSING | SURPLUS.keys()):
        for _ in range(_boxes(number)):
            _send(page, number, by_wedge=False)
            _answered(page, number)
    page.get_by_role("link", name="Stocktake 1").click()
    page.get_by_role("button", name="The count is complete").click()
    expect(page.get_by_role("status").first).to_contain_text("waits for its approval")
