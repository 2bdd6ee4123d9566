"""A nurse with a wedge scanner: it types anywhere on the page, and every scan arrives once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from inventory.scanning.samples import LABEL, SUPPLIER
from tests.journeys.treatment_room import PHONE, TreatmentRoom, scan, served

SOUNDS = """
const start = OscillatorNode.prototype.start;
globalThis.tones = [];
globalThis.shakes = [];
OscillatorNode.prototype.start = function (...when) {
  document.documentElement.dataset.sounds = globalThis.tones.push(`${this.type} ${this.frequency.value}`);
  return start.apply(this, when);
};
navigator.vibrate = (pattern) => globalThis.shakes.push(pattern.join(" "));
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path) as found:
        yield found


def scanned(page: Page, count: int) -> None:
    expect(page.locator("#scan-rows tr")).to_have_count(count)


def first_scan(page: Page, act: Callable[[Route], object]) -> None:
    """`act` on the page's first scan and let the others pass: a route that ends may swallow the request after it."""
    seen: list[Route] = []

    def handle(route: Route) -> None:
        seen.append(route)
        route.continue_() if len(seen) > 1 else act(route)

    page.route("**/scans", handle)


@pytest.mark.parametrize(
    "ending", [["Enter"], ["Tab"], [], ["Enter", "Enter"], ["Enter", "Control+j"], ["Tab", "Enter"]]
)
def test_a_session_is_set_up_whatever_the_scanner_ends_with(
    chromium: Browser, room: TreatmentRoom, ending: list[str]
) -> None:
    page = room.opened(chromium)
    codes = [room.gun, room.antiseptic, room.packs[0]]
    for count, code in enumerate(codes, 1):
        scan(page, code, *ending)
        scanned(page, count)
    expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Start: first puncture")).to_be_visible()
    assert room.scans == codes
    assert page.url.endswith(f"/sessions/{room.session}")


def test_scans_that_come_while_one_is_answered_wait_in_line(chromium: Browser, room: TreatmentRoom) -> None:
    page, held = room.opened(chromium), []
    first_scan(page, held.append)
    codes = [room.gun, room.antiseptic, room.packs[0]]
    for code in codes:
        scan(page, code, "Enter")
    expect(page.locator("[data-scan-status]")).to_have_text("Checking the scan. 2 more scans wait.")
    held[0].continue_()
    scanned(page, 3)
    assert len(held) == 1 and room.scans == codes


def test_a_stop_is_read_before_the_scans_behind_it_go_on(chromium: Browser, room: TreatmentRoom) -> None:
    page, held = room.opened(chromium), []
    first_scan(page, held.append)
    for code in ("NEVERSEENBEFORE", room.gun, room.antiseptic):
        scan(page, code, "Enter")
    held[0].continue_()
    expect(page.locator("[data-verdict=stop]")).to_be_in_viewport()
    expect(page.locator("[data-scan-status]")).to_have_text("2 more scans wait. Read the answer first.")
    page.get_by_role("button", name="Go on with the waiting scans").click()
    scanned(page, 3)
    assert room.scans == ["NEVERSEENBEFORE", room.gun, room.antiseptic]


def test_a_scan_without_connection_is_sent_again_and_counted_once(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)

    def answer_lost(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    first_scan(page, answer_lost)
    scan(page, room.gun, "Enter")
    expect(page.locator("[data-scan-status]")).to_contain_text("The scan is kept and sent again.")
    scan(page, room.antiseptic, "Enter")
    scanned(page, 2)
    assert room.scans == [room.gun, room.antiseptic]


def test_a_server_that_stumbles_is_asked_again(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    first_scan(page, lambda route: route.fulfill(status=503, body="<!doctype html><p>Busy</p>"))
    scan(page, room.gun, "Enter")
    scanned(page, 1)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_scan_made_while_signed_out_is_taken_after_signing_in(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.context.clear_cookies()
    scan(page, room.gun, "Enter")
    expect(page.locator("[data-scan-field]")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.context.add_cookies([room.cookie])
    page.goto(f"{room.url}/sessions/{room.session}")
    scanned(page, 1)
    assert room.scans == [room.gun]


def test_a_label_read_twice_at_once_counts_once(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    for code in (room.gun, room.gun, room.antiseptic):
        scan(page, code, "Enter")
    scanned(page, 2)
    assert room.scans == [room.gun, room.antiseptic]


@pytest.mark.parametrize("separator", ["^", "{GS}", "<GS>", "|"])
def test_a_separator_that_the_scanner_replaces_is_understood(
    chromium: Browser, room: TreatmentRoom, separator: str
) -> None:
    page = room.opened(chromium)
    scan(page, SUPPLIER.text.replace("\x1d", separator), "Enter")
    scanned(page, 1)
    verdict = page.locator("[data-verdict]")
    expect(verdict).not_to_contain_text("Not read")
    expect(verdict).not_to_contain_text("Scan again")


def test_a_scan_into_a_reason_does_not_send_the_reason(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.get_by_text("Abandon this session").click()
    page.get_by_label("Reason").fill("patient late")
    scan(page, room.gun, "Enter")
    scanned(page, 1)
    expect(page.get_by_label("Reason")).to_have_value("patient late")
    expect(page.get_by_role("heading", level=1)).to_have_text("Session 1")
    assert room.scans == [room.gun]


def test_go_and_stop_sound_and_feel_different(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.add_init_script(SOUNDS)
    page.reload()
    page.locator("[data-mute]:not([hidden])").wait_for()
    heard, felt = list[list[str]](), list[str]()
    for count, (code, tones) in enumerate(((room.gun, 2), ("NEVERSEENBEFORE", 1)), 1):
        page.evaluate("globalThis.tones = []; globalThis.shakes = []")
        scan(page, code, "Enter")
        scanned(page, count)
        page.wait_for_function("count => tones.length === count", arg=tones)
        heard.append(page.evaluate("tones"))
        felt += page.evaluate("shakes")
    assert heard == [["sine 660", "sine 990"], ["sawtooth 120"]]
    assert felt == ["60", "450"]


def test_a_scan_presses_no_button_and_changes_no_choice(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.locator("[data-mute]").focus()
    scan(page, room.gun, "Enter")
    scanned(page, 1)
    expect(page.locator("[data-mute]")).to_have_attribute("aria-pressed", "false")


def test_what_is_typed_into_free_text_stays_there(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.get_by_text("Abandon this session").click()
    page.get_by_label("Reason").focus()
    page.keyboard.type("the patient could not stay")
    expect(page.get_by_label("Reason")).to_have_value("the patient could not stay")
    assert room.scans == []


def test_a_code_typed_by_hand_is_taken_with_enter(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.get_by_label("Scan", exact=True).press_sequentially(room.gun, delay=70)
    assert room.scans == []
    page.keyboard.press("Enter")
    scanned(page, 1)
    assert room.scans == [room.gun]


def test_what_a_hand_has_begun_to_type_outlives_a_scan(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.get_by_label("Scan", exact=True).press_sequentially("7K2Q", delay=70)
    page.evaluate("(text) => import('/static/js/queue.js').then(({ take }) => take(text))", room.gun)
    scanned(page, 1)
    expect(page.get_by_label("Scan", exact=True)).to_have_value("7K2Q")
    assert room.scans == [room.gun]


def test_the_separator_of_a_suppliers_code_reaches_the_server(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    scan(page, SUPPLIER.text, "Enter")
    scanned(page, 1)
    assert room.scans == [SUPPLIER.text.replace("\x1d", "␝")]  # as it is kept, for people to read


def test_a_verdict_is_heard_unless_the_device_is_muted(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium)
    page.add_init_script(SOUNDS)
    page.reload()
    page.locator("[data-mute]:not([hidden])").wait_for()
    scan(page, room.gun, "Enter")
    scanned(page, 1)
    expect(page.locator("html")).to_have_attribute("data-sounds", "2")
    page.locator("[data-mute]").click()
    page.reload()
    expect(page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")
    scan(page, room.antiseptic, "Enter")
    scanned(page, 2)
    expect(page.locator("[data-verdict]")).to_be_in_viewport()
    expect(page.locator("html")).not_to_have_attribute("data-sounds", re.compile("."))


def test_a_scanner_is_tried_out_and_its_fault_named(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium, "/scan/test", **PHONE)
    scan(page, SUPPLIER.text, "Enter")
    expect(page.locator("[data-verdict=go]")).to_be_visible()
    expect(page.locator(".keys li", has_text="␝")).to_have_count(1)
    scan(page, LABEL.text)
    expect(page.locator("[data-verdict=caution]")).to_contain_text("No Enter")
    scan(page, SUPPLIER.text.replace("\x1d", ""), "Enter", "Enter")
    expect(page.locator("[data-verdict=stop]")).to_contain_text("Separator lost")
    expect(page.locator("#diagnosis [role=status]")).to_contain_text("Enter twice")


def test_the_test_codes_are_on_paper_with_one_tap(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium, "/scan/test", **PHONE)
    page.evaluate("window.printed = 0; window.print = () => printed++; 0")
    page.get_by_role("button", name="Print the test codes").click()
    assert page.evaluate("printed") == 1
    page.emulate_media(media="print")
    for code in page.locator("svg.sample").all():
        expect(code).to_be_visible()
        box = code.bounding_box()
        assert box is not None and box["width"] > 200, "six centimetres are read by any scanner"
    expect(page.locator("form:visible, .panel:visible, .bar:visible")).to_have_count(0)


def test_a_bluetooth_scanner_is_followed_once_the_device_knows(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium, "/scan/test")
    page.get_by_label("Bluetooth").check()
    page.goto(f"{room.url}/sessions/{room.session}")
    page.locator("[data-mute]:not([hidden])").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type(room.gun, delay=80)
    page.keyboard.press("Enter")
    scanned(page, 1)
    assert room.scans == [room.gun]


def test_a_scan_with_the_count_or_a_choice_in_focus_still_swaps_the_needle(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path, running=True) as room:
        page = room.opened(chromium)
        form = page.locator("form:has([data-scan-field])")
        form.get_by_label("Bent").check()
        form.get_by_label("Shots on the gun's counter").fill("12")
        form.get_by_label("Shots on the gun's counter").focus()
        sent = {"shots": ["12"], "reason": ["bent"], "text": [room.packs[1]]}
        with page.expect_request("**/scans") as swap:
            scan(page, room.packs[1], "Enter")
        assert sent.items() <= parse_qs(swap.value.post_data).items()
        scanned(page, 4)
        page.get_by_label("What happened").focus()
        with page.expect_request("**/scans") as swap:
            scan(page, room.packs[2], "Enter")
        assert {"reason": ["limit_reached"], "text": [room.packs[2]]}.items() <= parse_qs(swap.value.post_data).items()
