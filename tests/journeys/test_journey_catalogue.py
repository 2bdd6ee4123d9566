"""The manager's desk in a browser: cartons by scan and tap, and a list of products brought in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Person, Role
from inventory.stock.models import Movement, Product
from tests import databases
from tests.conftest import _somebody
from tests.factories.stock import make_location, make_product, make_trade_item
from tests.journeys.conftest import DESK, PHONE, Watched, shot
from tests.journeys.serving import serving
from tests.journeys.treatment_room import scan

GTIN = "09521101530001"
WHOLE = f"01{GTIN}1730123110LOT-7"
NAMED, DATED = GTIN[1:], "1730123110LOT-9"
"""The two codes of one carton: what it is, and which lot."""


@dataclass(frozen=True)
class Desk:
    app: Flask
    url: str
    cookie: dict[str, str]

    def count(self, model: type[Movement] | type[Product]) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(model)) or 0
            db.session.remove()
            return found

    @property
    def received(self) -> list[int]:
        with self.app.app_context():
            found = list(db.session.scalars(select(Movement.quantity).order_by(Movement.at, Movement.id)))
            db.session.remove()
            return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    app = databases.file_app(tmp_path / "clinic.sqlite3")
    with app.app_context():
        begin_write()
        now = utc_now()
        manager = _somebody(people.found_clinic("Clinic North", "Europe/Brussels", now), "Mona Manager", Role.MANAGER)
        make_location(manager, now, name="Main store")
        make_trade_item(manager, now, product=make_product(manager, now, name="Needle 30G"), code=GTIN)
        db.session.commit()
        http = app.test_client()
        with http.session_transaction() as kept:
            kept["_user_id"] = db.session.get_one(Person, manager.id).fs_uniquifier
            kept |= {"_fresh": True, "clinic_id": str(manager.clinic_id), "signed_in_at": utc_now().isoformat()}
        cookie = http.get_cookie("sterilog")
        assert cookie is not None
        db.session.remove()
    with serving(app) as url:
        yield Desk(app, url, {"name": "sterilog", "value": cookie.value, "url": url})


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, chromium: Browser, desk: Desk) -> Iterator[BrowserContext]:
    context = chromium.new_context(service_workers="block", **request.param)
    context.set_default_timeout(20_000)
    context.add_cookies([desk.cookie])
    yield context
    context.close()


def _scanned(page: Page, code: str, said: str) -> None:
    scan(page, code, "Enter")
    expect(page.locator("[data-verdict]")).to_contain_text(said)


def _receiving(context: BrowserContext, desk: Desk) -> Watched:
    watched = Watched(context, desk.url)
    watched.page.goto(f"{desk.url}/stock/receive")
    watched.page.locator("[data-mute]:not([hidden])").wait_for()
    return watched


def test_a_lot_is_received_with_one_scan_and_one_tap(context: BrowserContext, desk: Desk) -> None:
    watched = _receiving(context, desk)
    _scanned(watched.page, WHOLE, "100 x Needle 30G")
    watched.page.get_by_role("button", name="Receive", exact=True).click()
    expect(watched.page.get_by_text("Booked 100 x Needle 30G, lot LOT-7")).to_be_visible()
    assert desk.received == [100] and watched.faults == []


@pytest.mark.parametrize("codes", [(NAMED, DATED), (DATED, NAMED)], ids=["what-first", "lot-first"])
def test_a_carton_with_two_codes_is_received_with_two_scans_and_one_tap(
    context: BrowserContext, desk: Desk, codes: tuple[str, str]
) -> None:
    watched = _receiving(context, desk)
    scan(watched.page, codes[0], "Enter")
    expect(watched.page.locator("[data-verdict=caution]")).to_be_visible()
    _scanned(watched.page, codes[1], "100 x Needle 30G, lot LOT-9")
    watched.page.get_by_role("button", name="Receive", exact=True).click()
    expect(watched.page.get_by_text("Booked 100 x Needle 30G, lot LOT-9")).to_be_visible()
    assert desk.received == [100] and watched.faults == []


def test_more_boxes_of_a_lot_are_one_scan_each_and_one_can_be_taken_back(context: BrowserContext, desk: Desk) -> None:
    watched = _receiving(context, desk)
    page = watched.page
    _scanned(page, WHOLE, "100 x Needle 30G")
    for _box in range(3):
        # Without waiting for the answers: what comes meanwhile stands in line.
        scan(page, WHOLE, "Enter")
    expect(page.locator("[data-verdict]")).to_contain_text("4 boxes: 400 x Needle 30G")
    shot(page, "boxes")
    page.get_by_role("link", name="One box less").click()
    expect(page.locator("[data-verdict]")).to_contain_text("3 boxes: 300 x Needle 30G")
    page.get_by_role("button", name="Receive 3 boxes").click()
    expect(page.get_by_text("Booked 300 x Needle 30G, lot LOT-7")).to_be_visible()
    assert desk.received == [300] and watched.faults == []


def _file(rows: str) -> dict[str, object]:
    text = f"Name;Kind;Counted in;REF\n{rows}"
    return {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode("utf-16")}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_list_is_checked_and_imported(chromium: Browser, desk: Desk, script: bool, context: BrowserContext) -> None:
    if not script:
        context = chromium.new_context(java_script_enabled=False, **PHONE)
        context.add_cookies([desk.cookie])
    watched = Watched(context, desk.url)
    page = watched.page
    page.goto(f"{desk.url}/stock/catalogue/import")
    for rows, said in (
        ("Needle 27G;spoon;needle;X\n", "1 cell cannot be used"),
        ("".join(f"Needle {n};needle;needle;R{n}\n" for n in range(300)), "Nothing has changed yet"),
    ):
        page.goto(f"{desk.url}/stock/catalogue/import")
        page.get_by_label("File", exact=True).set_input_files(_file(rows))
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("main")).to_contain_text(said)
        if script:
            shot(page, f"import-{said[:1]}")
            assert Axe().run(page).response["violations"] == []
    assert desk.count(Product) == 1
    page.get_by_role("button", name="Import 300 products").click()
    expect(page.get_by_role("main")).to_contain_text("300 products are new, 0 changed")
    assert desk.count(Product) == 301 and watched.faults == []


SEEN = """window.seen = []; const look = () => {
  requestAnimationFrame(look);
  const bars = [...document.querySelectorAll(".steps progress")].filter((bar) => {
    const { x, y, width, height } = bar.getBoundingClientRect();
    return height > 0 && document.elementFromPoint(x + width / 2, y + height / 2) === bar;
  });
  const report = document.querySelector(".report");
  const over = Boolean(report && report.getBoundingClientRect().height > 0);
  if (bars.length) seen.push([bars.length, bars[0].value < bars[0].max, over]);
}; look()"""
"""What each frame shows while the page comes: how many bars, whether there is more to do, whether there is a report."""


def test_progress_is_shown_while_the_server_works(context: BrowserContext, desk: Desk) -> None:
    page = context.new_page()
    page.add_init_script(SEEN)
    page.goto(f"{desk.url}/stock/catalogue/import")
    rows = "".join(f"Needle {n};needle;needle;R{n}\n" for n in range(2500))
    page.get_by_label("File", exact=True).set_input_files(_file(rows))
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 2\u202f500 products").click()
    expect(page.get_by_text("2\u202f500 products are new")).to_be_visible(timeout=60_000)
    expect(page.locator(".steps")).to_be_hidden()
    seen = page.evaluate("seen")
    assert any(more for _, more, _ in seen) and not any(report for *_, report in seen)
    assert {bars for bars, *_ in seen} == {1}
    assert desk.count(Product) == 2501
