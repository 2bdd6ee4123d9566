"""How often a gloved finger must touch the screen. The counts stand in the README; a tap more is a step back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.treatment_room import PHONE, TreatmentRoom, scan, served

SETUP_TAPS = 4
SWAP_TAPS = 0


class Finger:
    """Taps, counted; a scan or a typed text is none."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def choose(self, target: Locator, label: str) -> None:
        target.select_option(label=label)
        self.taps += 1


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path) as found:
        yield found


@pytest.fixture
def running(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path, running=True) as found:
        yield found


def _scans(page: Page, codes: list[str]) -> None:
    for code in codes:
        rows = page.locator("#scan-rows tr").count()
        scan(page, code, "Enter")
        expect(page.locator("#scan-rows tr")).to_have_count(rows + 1)


def test_a_session_is_opened_set_up_with_four_scans_and_started_in_four_taps(
    chromium: Browser, room: TreatmentRoom
) -> None:
    page, finger = room.opened(chromium, f"/sessions/{room.session}", **PHONE), Finger()
    page.goto(f"{room.url}/sessions")
    finger.tap(page.get_by_role("link", name="New session"))
    page.get_by_label("Patient reference").fill("C-2002")
    expect(page.get_by_label("Practitioner").locator("option:checked")).to_have_text("Nora Nurse")
    finger.choose(page.get_by_label("Region"), "Abdomen")
    finger.tap(page.get_by_role("button", name="Open session"))
    page.locator("[data-mute]:not([hidden])").wait_for()
    page.evaluate("document.activeElement.blur()")
    _scans(page, [room.gun, room.antiseptic, *room.packs[:2]])
    finger.tap(page.get_by_role("button", name="Start: first puncture"))
    expect(page.get_by_role("region", name="Needle on the gun")).to_be_visible()
    assert finger.taps == SETUP_TAPS


def test_a_locked_tablet_swaps_the_needle_by_one_scan_and_no_tap(chromium: Browser, running: TreatmentRoom) -> None:
    page, finger = running.opened(chromium, viewport={"width": 820, "height": 1180}, has_touch=True), Finger()
    page.get_by_role("button", name="Nora Nurse").click()
    page.get_by_role("button", name="Lock this tablet").click()
    expect(page.get_by_role("heading", name="Session 1, locked")).to_be_visible()
    page.locator("[data-mute]:not([hidden])").wait_for()
    page.evaluate("document.activeElement.blur()")
    scan(page, running.packs[1], "Enter")
    expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
    expect(page.get_by_role("region", name="Needle on the gun").get_by_text("2", exact=True)).to_be_visible()
    assert finger.taps == SWAP_TAPS


def test_a_needle_is_swapped_by_one_scan_and_no_tap(chromium: Browser, running: TreatmentRoom) -> None:
    page, finger = running.opened(chromium, **PHONE), Finger()
    _scans(page, [running.packs[1]])
    expect(page.locator("#needle-rows tr")).to_have_count(2)
    expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
    assert finger.taps == SWAP_TAPS
