"""A running session on the worst wifi of the building: nothing is lost, and everything arrives once, in order."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect
from sqlalchemy import select
from werkzeug.wrappers import Response

from inventory.db import db
from inventory.devices.models import DeviceEvent, Outcome, PackUseConflict
from inventory.sessions.models import Flag, FlagSeverity, NeedleUse, TreatmentSession, TreatmentState
from labels import codes
from tests.journeys.conftest import shot
from tests.journeys.treatment_room import CHROMIUM, PHONE, TreatmentRoom, scan, served

DEVICE = {**PHONE, "service_workers": "allow"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path, running=True) as found:
        yield found


@pytest.fixture
def page(chromium: Browser, room: TreatmentRoom) -> Page:
    return held(room.opened(chromium, **DEVICE))


def held(page: Page) -> Page:
    """Once the device holds the session and the worker stands between it and the network."""
    page.locator("html[data-held]").wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller")
    return page


def without_network(page: Page, room: TreatmentRoom) -> Page:
    room.network.off()
    page.reload()
    return ready(page)


def ready(page: Page) -> Page:
    page.locator("html[data-ready]").wait_for()
    page.evaluate("document.activeElement.blur()")
    return page


def with_network(page: Page, room: TreatmentRoom) -> None:
    room.network.on()
    come_home(page)


def come_home(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name=re.compile("Session [12]"))).to_be_visible(timeout=30_000)
    expect(page.locator("[data-outbox]")).to_be_hidden(timeout=30_000)


def count(page: Page, shots: int) -> None:
    form = page.locator("form[data-kept=count]")
    form.get_by_label("Shots on the gun's counter").fill(str(shots))
    form.evaluate("form => form.requestSubmit()")
    expect(page.locator("[data-part=answer] .sentence")).to_have_text(f"Counter at {shots}.")


def waiting(page: Page) -> str:
    return page.locator("[data-part=waiting]").inner_text()


def events(room: TreatmentRoom) -> list[DeviceEvent]:
    with room.app.app_context():
        found = db.session.scalars(select(DeviceEvent).order_by(DeviceEvent.device_id, DeviceEvent.seq)).all()
        db.session.expunge_all()
        return list(found)


def needles(room: TreatmentRoom, *sessions: str) -> list[NeedleUse]:
    with room.app.app_context():
        found = db.session.scalars(
            select(NeedleUse)
            .where(NeedleUse.treatment_id.in_([UUID(session) for session in sessions or (room.session,)]))
            .order_by(NeedleUse.sequence)
        ).all()
        db.session.expunge_all()
        return list(found)


def test_a_swap_goes_on_without_network_and_comes_home(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    scan(page, room.packs[1], "Enter")
    expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
    assert waiting(page) == "1 act waits on this device."
    shot(page, "offline-swap")
    count(page, 41)
    assert waiting(page) == "2 acts wait on this device."
    with_network(page, room)
    assert [(event.kind.value, event.outcome) for event in events(room)] == [
        ("scan", Outcome.APPLIED),
        ("count", Outcome.APPLIED),
    ]
    assert [use.shots for use in needles(room)][1:] == [41]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_without_network_is_for_every_eye(chromium: Browser, room: TreatmentRoom, width: int) -> None:
    page = held(room.opened(chromium, **{**DEVICE, "viewport": {"width": width, "height": 800}}))
    without_network(page, room)
    for text, tone in ((room.packs[1], "go"), (codes.grouped(room.packs[1]), "caution")):
        scan(page, text, "Enter")
        expect(page.locator(f"[data-verdict={tone}]")).to_be_in_viewport()
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.locator("main button:visible, main .choice:visible, main select:visible").evaluate_all(
        "found => found.map((one) => one.getBoundingClientRect().height)"
    )
    assert heights and min(heights) >= 48


def test_a_scan_whose_way_is_cut_is_kept_and_counted_once(page: Page, room: TreatmentRoom) -> None:
    room.network.off()
    scan(page, room.packs[1], "Enter")
    ready(page)
    expect(page.locator("[data-verdict=go]")).to_be_visible()
    with_network(page, room)
    assert len(needles(room)) == 2 and len(events(room)) == 1


def test_what_waits_survives_a_closed_page(chromium: Browser, page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    scan(page, room.packs[1], "Enter")
    expect(page.locator("[data-verdict=go]")).to_be_visible()
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(f"{room.url}/sessions/{room.session}")
    ready(again)
    assert waiting(again) == "1 act waits on this device."
    with_network(again, room)
    assert len(needles(room)) == 2


def test_what_waits_survives_a_browser_that_is_killed(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    """As when the battery is flat: the process is gone from one moment to the next."""
    with _process(playwright, tmp_path / "profile") as (browser, kill):
        page = held(_first_page(browser, room))
        without_network(page, room)
        scan(page, room.packs[1], "Enter")
        expect(page.locator("[data-verdict=go]")).to_be_visible()
        count(page, 12)
        kill()
    room.network.on()
    with _process(playwright, tmp_path / "profile") as (browser, _):
        page = _first_page(browser, room)
        expect(page.locator("#needle-rows tr")).to_have_count(2, timeout=30_000)
        expect(page.locator("[data-outbox]")).to_be_hidden(timeout=30_000)
    assert [(event.seq, event.kind.value) for event in events(room)] == [(1, "scan"), (2, "count")]
    assert [use.shots for use in needles(room)][1:] == [12]


@contextmanager
def _process(playwright: Playwright, profile: Path) -> Iterator[tuple[Browser, Callable[[], None]]]:
    """A Chromium of its own that keeps its profile, and what ends it without a word."""
    (profile / "DevToolsActivePort").unlink(missing_ok=True)
    arguments = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    program = subprocess.Popen([str(CHROMIUM), *arguments, "about:blank"], stderr=subprocess.PIPE, text=True)
    assert program.stderr is not None
    address = next(line.split()[-1] for line in program.stderr if line.startswith("DevTools listening on"))
    drain = threading.Thread(target=program.stderr.read)
    drain.start()
    try:
        yield playwright.chromium.connect_over_cdp(address), program.kill
    finally:
        program.kill()
        program.wait()
        drain.join()
        program.stderr.close()


def _first_page(browser: Browser, room: TreatmentRoom) -> Page:
    context = browser.contexts[0]
    context.add_cookies([room.cookie])
    page = context.new_page()
    page.goto(f"{room.url}/sessions/{room.session}")
    return page


def test_the_program_can_be_installed_on_a_phone(page: Page) -> None:
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, as each test has one, is never offered it; all else would be named.
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])


def test_a_pack_without_a_needle_left_is_already_counted_and_the_scan_kept(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    for text, tone in ((room.packs[1], "go"), (codes.grouped(room.packs[1]), "caution")):
        scan(page, text, "Enter")
        expect(page.locator(f"[data-verdict={tone}]")).to_be_in_viewport()
    with_network(page, room)
    assert [event.outcome for event in events(room)] == [Outcome.APPLIED, Outcome.REFUSED]
    assert len(needles(room)) == 2
    expect(page.locator("[data-brought-home]")).to_be_hidden()


def test_two_hundred_acts_arrive_once_in_order_over_reloads_and_lost_answers(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    expected = list[tuple[str, str]]()
    for part, pack in enumerate(room.packs[1:5]):
        expected += _worked(page, [pack], first=part + 2, counts=49)
        if part < 3:
            page.reload()
            ready(page)
    assert waiting(page) == "200 acts wait on this device."
    lost = _lose_answers(page.context, 2)
    with_network(page, room)
    assert len(lost) == 2
    arrived = events(room)
    assert [event.seq for event in arrived] == [*range(1, 201)]
    assert [(event.kind.value, _said(event)) for event in arrived] == expected
    assert {event.outcome for event in arrived} == {Outcome.APPLIED}
    assert [use.shots for use in needles(room)][1:] == [49] * 4
    receipts = page.evaluate("import('/static/js/store.js').then(({ receipts }) => receipts())")
    assert sorted(kept["id"] for kept in receipts) == sorted(str(event.id) for event in arrived)
    assert all(len(kept["receipt"]["hash"]) == 64 and kept["receipt"]["seq"] for kept in receipts)


def _said(event: DeviceEvent) -> str:
    fields = json.loads(event.content)["fields"]
    return fields["text" if event.kind == "scan" else "shots"]


def _lose_answers(context: BrowserContext, times: int) -> list[Route]:
    """The server takes what is sent, and its answer never comes."""
    lost = list[Route]()

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        route.fetch()
        lost.append(route)
        route.abort()
        if len(lost) == times:
            context.unroute("**/devices/sync")

    context.route("**/devices/sync", lose)
    return lost


def test_inv_24_an_act_stays_on_the_device_until_its_receipt_is_there(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    for pack in room.packs[1:3]:
        scan(page, pack, "Enter")
        expect(page.locator("[data-part=answer] [data-verdict=go]")).to_be_visible()
    expect(page.locator("[data-part=sequence]")).to_have_text("3")
    context, taken = page.context, list[int]()

    def kill(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        taken.append(len(json.loads(route.fetch().body())["replies"]))
        context.unroute("**/devices/sync")
        page.close()

    context.route("**/devices/sync", kill)
    room.network.on()
    with page.expect_event("close"):
        page.evaluate("setTimeout(() => dispatchEvent(new Event('online')))")
    assert taken == [2] and len(events(room)) == 2
    room.network.off()
    again = context.new_page()
    again.goto(f"{room.url}/sessions/{room.session}")
    assert waiting(ready(again)) == "2 acts wait on this device."
    with_network(again, room)
    assert [event.seq for event in events(room)] == [1, 2] and len(needles(room)) == 3


def test_a_new_version_is_offered_and_loaded_when_the_nurse_says_so(page: Page, room: TreatmentRoom) -> None:
    inner = room.app.wsgi_app

    def newer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = Response.from_app(inner, environ)
        if environ["PATH_INFO"] == "/sw.js":
            answer.data += b"// the next release\n"
        return answer(environ, start_response)

    before = page.evaluate("fetch('/sw.js').then((answer) => answer.text())")
    room.app.wsgi_app = newer
    page.reload()
    page.get_by_role("button", name="Load it").click()
    page.wait_for_load_state()
    expect(page.get_by_text("A new version of Sterilog is ready.")).to_be_hidden()
    assert page.evaluate("fetch('/sw.js').then((answer) => answer.text())") != before
    assert page.evaluate("navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting)") is None


def test_a_second_device_racing_for_the_same_packs_loses_nothing(
    chromium: Browser, page: Page, room: TreatmentRoom
) -> None:
    """Both fill their queues over a reload, then send at once; of the second each answer but the last two is lost."""
    other = held(room.opened(chromium, f"/sessions/{room.beside}", **DEVICE))
    room.network.off()
    expected = list[tuple[str, str]]()
    for one in (page, other):
        one.reload()
        ready(one)
        expected = [*_worked(one, room.packs[1:3], first=2, counts=9)]
        one.reload()
        ready(one)
        expected += _worked(one, room.packs[3:4], first=4, counts=9)
        assert waiting(one) == "30 acts wait on this device."
    lost = _lose_answers(other.context, 2)
    room.network.on()
    for one in (page, other):
        one.evaluate("setTimeout(() => dispatchEvent(new Event('online')))")
    for one in (page, other):
        come_home(one)
    assert len(lost) == 2
    arrived = events(room)
    for device in {event.device_id for event in arrived}:
        mine = [event for event in arrived if event.device_id == device]
        assert [event.seq for event in mine] == [*range(1, 31)]
        assert [(event.kind.value, _said(event)) for event in mine] == expected
    taken = [(event.treatment_id, event.outcome) for event in arrived if event.kind == "scan"]
    for pack in room.packs[1:4]:
        outcomes = [event.outcome for event in arrived if event.kind == "scan" and _said(event) == pack]
        assert sorted(outcomes) == [Outcome.APPLIED, Outcome.CONFLICT], "one live use, one conflict, whoever came first"
    assert {event.outcome for event in arrived if event.kind != "scan"} == {Outcome.APPLIED}
    uses = needles(room, room.session, room.beside)
    assert len(uses) == 8, "each needle that was in a patient is in the record, twice where both took the pack"
    conflicted = {treatment for treatment, outcome in taken if outcome is Outcome.CONFLICT}
    with room.app.app_context():
        against = db.session.scalars(select(PackUseConflict)).all()
        assert {conflict.treatment_id for conflict in against} == conflicted and len(against) == 3
        flagged = db.session.scalars(select(Flag.treatment_id).where(Flag.severity == FlagSeverity.CRITICAL)).all()
        assert {str(treatment) for treatment in flagged} == {room.session, room.beside}, "both sessions are told"
    loser = page if conflicted == {UUID(room.session)} else other
    if len(conflicted) == 1:
        expect(loser.locator("[data-brought-home] li")).to_have_count(3)


COUNT_UP = """async (most) => {
  const form = document.querySelector("form[data-kept=count]");
  const answer = document.querySelector("[data-part=answer]");
  const said = (sentence) => answer.querySelector(".sentence")?.textContent === sentence;
  for (let shots = 1; shots <= most; shots += 1) {
    form.elements.shots.value = shots;
    const answered = new Promise((done) => {
      const watch = new MutationObserver(() => { if (said(`Counter at ${shots}.`)) { watch.disconnect(); done(); } });
      watch.observe(answer, { childList: true, subtree: true });
    });
    form.requestSubmit();
    await answered;
  }
}"""
"""Counts up through the form, each number only after the one before was answered: as fast as the page allows."""


def _worked(page: Page, packs: Sequence[str], *, first: int, counts: int) -> Iterator[tuple[str, str]]:
    """Each pack scanned and counted up: what the device then holds, as (kind, what)."""
    for sequence, pack in enumerate(packs, start=first):
        scan(page, pack, "Enter")
        expect(page.locator("[data-part=sequence]")).to_have_text(str(sequence))
        yield "scan", pack
        page.evaluate(COUNT_UP, counts)
        for shots in range(1, counts + 1):
            yield "count", str(shots)


def test_signing_out_wipes_the_device_and_asks_while_something_waits(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    scan(page, room.packs[1], "Enter")
    expect(page.locator("[data-verdict=go]")).to_be_visible()
    # The server is there again, but takes nothing.
    page.context.route("**/devices/sync", lambda route: route.abort())
    room.network.on()
    page.goto(f"{room.url}/sessions")
    expect(page.locator("[data-outbox]")).to_have_text("1 act waiting for the network", timeout=10_000)
    page.get_by_role("button", name="Nora Nurse").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("button", name="Sign out").click()
    assert "was not sent yet" in asked.value.message
    expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(
        "import('/static/js/store.js').then(({ waiting, allHeld }) => Promise.all([waiting(), allHeld()]))"
    ) == [[], []]


def test_a_session_is_closed_without_network(page: Page, room: TreatmentRoom) -> None:
    without_network(page, room)
    page.get_by_label("Shots of the last needle").fill("55")
    page.get_by_role("button", name="Close session").click()
    expect(page.get_by_text("The session is closed on this device.", exact=False).first).to_be_visible()
    with_network(page, room)
    with room.app.app_context():
        assert db.session.get_one(TreatmentSession, UUID(room.session)).state is TreatmentState.CLOSED
    assert needles(room)[0].shots == 55
