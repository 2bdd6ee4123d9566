"""A manager comes to the desk and sends an order: the taps are counted, and the mail arrives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Role
from tests import databases
from tests.conftest import PASSWORD, _somebody
from tests.factories.purchasing import make_low_product, make_offer, make_supplier
from tests.journeys.conftest import DESK, PHONE, Watched, shot
from tests.journeys.serving import serving
from tests.mail_server import MailServer

MOST_TAPS = 4


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[str, MailServer]]:
    app = databases.file_app(tmp_path / "clinic.sqlite3")
    with app.app_context(), MailServer() as server:
        app.config["SMTP_URL"], app.config["MAIL_FROM"] = server.url, "stock@north.example"
        begin_write()
        now = utc_now()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", now)
        manager = _somebody(clinic, "Mona Manager", Role.MANAGER)
        supplier = make_supplier(manager, now, name="Meso Supplies")
        for name in ("Needle 30G x 4 mm", "Needle 27G x 4 mm", "Gloves"):
            make_offer(supplier, make_low_product(manager, now, name=name), manager, now)
        db.session.commit()
        db.session.remove()
        with serving(app) as url:
            yield url, server


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_from_the_desk_to_a_sent_order_in_four_taps(
    desk: tuple[str, MailServer], chromium: Browser, screen: dict, request: pytest.FixtureRequest
) -> None:
    (url, server), name = desk, request.node.callspec.id
    context = chromium.new_context(**screen)
    watched = Watched(context, url)
    page, taps = watched.page, 0
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill("mona.manager@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Desk", level=1).wait_for()
    for role, tapped, seen in (
        ("link", "Order what is low", "What to order"),
        ("button", "Order from Meso Supplies", "Order 1 to Meso Supplies"),
        ("button", "Approve", "Order 1 to Meso Supplies"),
        ("button", "Send by e-mail", "Order 1 to Meso Supplies"),
    ):
        shot(page, f"orders-{name}-{taps}")
        assert Axe().run(page).response["violations"] == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, page.url
        if tapped == "Approve":
            page.get_by_label("Your password or PIN").fill(PASSWORD)
        page.get_by_role(role, name=tapped, exact=True).click()
        page.get_by_role("heading", name=seen, level=1).wait_for()
        taps += 1
    page.get_by_text("Mail sent").wait_for()
    page.get_by_text("signed as approval with password").wait_for()
    shot(page, f"orders-{name}-sent")
    assert taps <= MOST_TAPS
    (received,) = server.received
    names = {part.get_filename() for part in received.walk()} - {None}
    assert names == {"order-1.pdf", "order-1.csv"}
    assert watched.faults == []
    context.close()
