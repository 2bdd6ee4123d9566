"""From the packs that have no label yet to a printed sheet: how often the lead nurse must touch the screen."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.packs.models import Pack
from inventory.people import operations as people
from inventory.people.models import Role
from inventory.printing import operations as printing
from inventory.printing.models import PrintJob
from inventory.printing.operations import Order
from labels.layout import Label
from labels.media import MEDIA
from tests import databases
from tests.conftest import PASSWORD, _somebody
from tests.factories.packs import make_packs
from tests.journeys.conftest import PHONE
from tests.journeys.serving import serving

PRINT_TAPS = 2
SHEET = MEDIA["avery-l7651"]
TAKEN, WAITING = 4, 3
"""Labels of the sheet that an earlier print used, and packs that wait for one."""


@pytest.fixture
def clinic(tmp_path: Path) -> Flask:
    app = databases.file_app(tmp_path / "clinic.sqlite3")
    with app.app_context():
        begin_write()
        now = utc_now()
        lead = _somebody(people.found_clinic("Clinic North", "Europe/Brussels", now), "Lea Lead", Role.LEAD_NURSE)
        make_packs(lead, now, count=WAITING, labelled=False)
        earlier = Label("HTTPS://H/P/EARLIER", "EARLIER", "An earlier label")
        printing.make_job(Order(what="Earlier", labels=[earlier], medium=SHEET.key, copies=TAKEN), lead, now)
        db.session.commit()
        db.session.remove()
    return app


@pytest.fixture
def url(clinic: Flask) -> Iterator[str]:
    with serving(clinic) as found:
        yield found


def test_labels_that_are_missing_are_printed_in_two_taps_from_the_next_free_one_of_the_sheet(
    chromium: Browser, clinic: Flask, url: str
) -> None:
    page, taps = chromium.new_context(**PHONE).new_page(), 0

    def tap(target: Locator) -> None:
        nonlocal taps
        target.tap()
        taps += 1

    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill("lea.lead@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_event("load"):
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{url}/packs")
    tap(page.get_by_role("link", name=f"Print labels ({WAITING})"))
    expect(page.get_by_role("button", name=f"Print {WAITING} labels")).to_be_in_viewport()
    with page.expect_response(lambda answer: answer.url.endswith("/file")):
        tap(page.get_by_role("button", name=f"Print {WAITING} labels"))
    assert taps == PRINT_TAPS
    start, payload, codes = _printed(clinic)
    assert start == TAKEN + 1
    assert _read(payload) == {start + number: code for number, code in enumerate(codes)}
    page.context.close()


def _printed(app: Flask) -> tuple[int, bytes, list[str]]:
    """The newest job's first label and its PDF, and the codes of the packs that were waiting."""
    with app.app_context():
        job = db.session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(1)).one()
        packs = db.session.scalars(select(Pack).order_by(Pack.id))
        found = job.start, job.payload, [pack.code for pack in packs]
        db.session.remove()
    return found


def _read(payload: bytes) -> dict[int, str]:
    """Pack code by the place on the sheet at which it is printed."""
    with pypdfium2.PdfDocument(BytesIO(payload)) as document:
        image = document[0].render(scale=300 / 72, grayscale=True).to_pil()
    found: dict[int, str] = {}
    for position in range(1, SHEET.per_page + 1):
        x, y = SHEET.corner(position)
        edges = (x, y, x + SHEET.label_width, y + SHEET.label_height)
        label = image.crop(tuple(round(edge / 25.4 * 300) for edge in edges))
        for code in zxingcpp.read_barcodes(label):
            found[position] = code.text.rsplit("/", 1)[1]
    return found
