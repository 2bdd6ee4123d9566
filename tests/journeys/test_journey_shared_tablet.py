"""A tablet that several nurses share: a badge says who is at work, and a tablet left alone locks."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import switching
from inventory.people.models import Clinic, Membership, Role
from inventory.sessions.models import Scan, TreatmentSession
from labels import codes
from labels.codes import CodeKind
from tests.conftest import _somebody
from tests.journeys.conftest import shot
from tests.journeys.treatment_room import TreatmentRoom, scan, served

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
SECONDS_TO_SWITCH = 2


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path, running=True) as found:
        yield found


@pytest.fixture
def badge(room: TreatmentRoom) -> str:
    """That of another nurse of the clinic."""
    with room.app.app_context():
        begin_write()
        clinic_id = db.session.get_one(TreatmentSession, UUID(room.session)).clinic_id
        sam = _somebody(db.session.get_one(Clinic, clinic_id), "Sam Second", Role.NURSE)
        code = switching.new_badge(db.session.get_one(Membership, sam.membership_id), sam, utc_now())
        db.session.commit()
        db.session.remove()
    return codes.address("clinic.example", CodeKind.BADGE, code)


def ready(page: Page) -> None:
    """A half read page does not yet hear a scanner."""
    page.wait_for_load_state()
    page.locator("[data-mute]:not([hidden])").wait_for()
    page.evaluate("document.activeElement.blur()")


def swapped(page: Page, sequence: int) -> None:
    expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
    needle = page.get_by_role("region", name="Needle on the gun")
    expect(needle.get_by_text(str(sequence), exact=True)).to_be_visible()


def names(room: TreatmentRoom) -> list[tuple[str, str]]:
    with room.app.app_context():
        found = db.session.execute(
            select(Scan.scanned, Scan.by_name).where(Scan.treatment_id == UUID(room.session)).order_by(Scan.at)
        )
        return [(scanned, name) for scanned, name in found][-2:]


def test_a_badge_scanned_at_the_session_switches_the_person_in_two_seconds(
    chromium: Browser, room: TreatmentRoom, badge: str
) -> None:
    page = room.opened(chromium, **TABLET)
    scan(page, room.packs[1], "Enter")
    swapped(page, 2)
    began = time.monotonic()
    scan(page, badge, "Enter")
    expect(page.get_by_role("button", name="Sam Second")).to_be_visible()
    took = time.monotonic() - began
    assert page.url == f"{room.url}/sessions/{room.session}"
    ready(page)
    scan(page, room.packs[2], "Enter")
    swapped(page, 3)
    assert names(room) == [(room.packs[1], "Nora Nurse"), (room.packs[2], "Sam Second")]
    assert took < SECONDS_TO_SWITCH


def test_a_tablet_left_alone_locks_and_still_swaps_by_one_scan_until_a_badge_opens_it(
    chromium: Browser, room: TreatmentRoom, badge: str
) -> None:
    page = room.opened(chromium, **TABLET)
    page.clock.install()
    scan(page, badge, "Enter")
    expect(page.get_by_role("button", name="Sam Second")).to_be_visible()
    ready(page)
    page.clock.fast_forward("05:01")
    expect(page.get_by_role("heading", name="Session 1, locked")).to_be_visible()
    ready(page)
    scan(page, room.packs[1], "Enter")
    swapped(page, 2)
    shot(page, "locked-tablet")
    assert Axe().run(page).response["violations"] == []
    expect(page.get_by_role("button", name="Close session")).to_have_count(0)
    ready(page)
    scan(page, badge, "Enter")
    expect(page.get_by_role("button", name="Close session")).to_be_visible()
    expect(page.get_by_role("button", name="Sam Second")).to_be_visible()
    assert names(room)[-1] == (room.packs[1], "Sam Second")


def test_scans_behind_a_badge_go_on_under_the_new_name(chromium: Browser, room: TreatmentRoom, badge: str) -> None:
    page, held = room.opened(chromium, **TABLET), list[Route]()
    page.route("**/scans", lambda route: route.continue_() if held else held.append(route))
    for text in (room.packs[1], badge, room.packs[2]):
        scan(page, text, "Enter")
    expect(page.locator("[data-scan-status]")).to_contain_text("2 more scans wait.")
    held[0].continue_()
    swapped(page, 3)
    assert names(room) == [(room.packs[1], "Nora Nurse"), (room.packs[2], "Sam Second")]
