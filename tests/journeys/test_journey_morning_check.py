"""The morning: every scanner is tried on a printed label before the first patient, and each fault is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from inventory.db import db
from inventory.devices.models import DeviceCheck
from inventory.scanning.samples import LABEL, SUPPLIER
from tests.journeys.conftest import DESK, shot
from tests.journeys.treatment_room import PHONE, TreatmentRoom, scan, served


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path) as found:
        yield found


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_two_scanners_are_checked_and_the_fault_of_one_is_named(
    chromium: Browser, room: TreatmentRoom, size: dict[str, object]
) -> None:
    page = room.opened(chromium, "/devices/check", **size)
    for device, text, ending, word in (
        ("Room 1, wedge", LABEL.text, ["Enter"], "Set well"),
        ("Room 1, wedge", SUPPLIER.text, ["Enter"], "Set well"),
        ("Room 2, wedge", LABEL.text, [], "No Enter"),
        ("Room 2, wedge", SUPPLIER.text.replace("\x1d", ""), ["Enter"], "Separator lost"),
    ):
        page.get_by_label("Scanner or phone").fill(device)
        page.evaluate("document.activeElement.blur()")
        with page.expect_navigation():
            scan(page, text, *ending)
        expect(page.locator("[data-verdict] .word")).to_have_text(word)
    shot(page, f"morning-check-{size['viewport']['width']}")
    first, second = page.locator("tbody tr").all()
    expect(first).to_contain_text("ready")
    expect(second).to_contain_text("not ready")
    with room.app.app_context():
        kept = [
            (check.device_name, check.faults)
            for check in db.session.scalars(select(DeviceCheck).order_by(DeviceCheck.at))
        ]
    assert kept == [
        ("Room 1, wedge", ""),
        ("Room 1, wedge", ""),
        ("Room 2, wedge", "MISSING_SUFFIX"),
        ("Room 2, wedge", "SEPARATOR_LOST"),
    ]
