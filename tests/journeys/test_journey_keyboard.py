"""The whole of a session with the keyboard alone: no pointer touches anything."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK
from tests.journeys.treatment_room import served


def test_a_session_is_opened_started_and_closed_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as room:
        page = chromium.new_context(**DESK).new_page()
        page.goto(f"{room.url}/sign-in")
        _type(page, "E-mail", "nora.nurse@clinic.example")
        _type(page, "Password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
        _press(page, "Session 1")
        page.locator("[data-mute]:not([hidden])").wait_for()
        for code in (room.gun, room.antiseptic, room.packs[0]):
            rows = page.locator("#scan-rows tr").count()
            page.keyboard.type(code)
            page.keyboard.press("Enter")
            expect(page.locator("#scan-rows tr")).to_have_count(rows + 1)
        _press(page, "Start: first puncture")
        expect(page.get_by_role("region", name="Needle on the gun")).to_be_visible()
        _press(page, "Close session")
        expect(page.get_by_role("region", name="Needle on the gun")).to_have_count(0)
        expect(page.get_by_role("main")).to_contain_text("closed")


def _type(page: Page, label: str, text: str) -> None:
    _reach(page, label)
    page.keyboard.type(text)


def _press(page: Page, name: str) -> None:
    _reach(page, name)
    page.keyboard.press("Enter")


def _reach(page: Page, name: str) -> None:
    """Tab on until what is in focus has this name, as a screen reader says it, and is in sight."""
    page.wait_for_load_state()
    for _ in range(80):
        if page.evaluate(NAMED).startswith(name):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the Tab key")


NAMED = """() => {
  const here = document.activeElement;
  return (here.labels?.[0]?.textContent ?? here.getAttribute("aria-label") ?? here.textContent ?? "").trim();
}"""
