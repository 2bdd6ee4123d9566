"""The body map in a browser: by tap, by keyboard, without script, and for every eye."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from inventory.clock import utc_now
from inventory.db import db
from inventory.people import operations as people
from inventory.people.models import Person, Role
from inventory.sessions import queries
from inventory.sessions.models import TreatmentSession
from tests import databases
from tests.conftest import _somebody
from tests.factories.sessions import make_ready, open_session, start_session
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.serving import serving


@dataclass(frozen=True)
class Site:
    """A clinic served on this machine: one session in setup, one running, and a nurse's cookie."""

    app: Flask
    url: str
    cookie: dict[str, str]
    waiting: TreatmentSession
    running: TreatmentSession

    def areas(self, treatment: TreatmentSession) -> dict[str, int]:
        with self.app.app_context():
            found = queries.treatment_of(treatment.clinic_id, treatment.id)
            return {queries.key_of(area): area.area_cm2 for area in queries.areas_of(found)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    app = databases.file_app(tmp_path / "clinic.db")
    with app.app_context():
        earlier = utc_now() - timedelta(minutes=14)
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", earlier)
        nurse = _somebody(clinic, "Nora Nurse", Role.NURSE)
        ready = make_ready(nurse, earlier)
        waiting = open_session(nurse, earlier, ready, area_cm2=None)
        running = start_session(nurse, earlier, ready)
        db.session.commit()
        http = app.test_client()
        with http.session_transaction() as cookie:
            cookie["_user_id"] = db.session.get_one(Person, nurse.id).fs_uniquifier
            cookie |= {"_fresh": True, "clinic_id": str(nurse.clinic_id), "signed_in_at": utc_now().isoformat()}
        db.session.refresh(waiting)
        db.session.refresh(running)
        name = app.config["SESSION_COOKIE_NAME"]
        kept = http.get_cookie(name)
        assert kept is not None
        db.session.expunge_all()
    with serving(app) as url:
        yield Site(app, url, {"name": name, "value": kept.value, "url": url}, waiting, running)


def _opened(chromium: Browser, site: Site, treatment: TreatmentSession, **context: object) -> Page:
    here = chromium.new_context(**context)
    here.add_cookies([site.cookie])
    page = here.new_page()
    page.goto(f"{site.url}/sessions/{treatment.id}/areas")
    return page


def _tap(page: Page, key: str) -> None:
    page.locator(f'g[data-shape="{key}"]').tap()


def test_a_nurse_taps_the_regions_on_a_phone_and_sees_the_area_grow(chromium: Browser, site: Site) -> None:
    page = _opened(chromium, site, site.waiting, **PHONE)
    _tap(page, "neck_front:midline")
    expect(page.get_by_role("status")).to_contain_text("170 cm2")
    expect(page.get_by_text("A large area begins at 400 cm2 or 2 regions.")).to_be_visible()
    _tap(page, "thigh_front:left")
    expect(page.get_by_role("status")).to_contain_text("2 regions")
    expect(page.get_by_text("Large area: needles are counted closely.")).to_be_visible()
    expect(page.locator('[data-tick="thigh_front:left"]')).to_be_visible()
    page.get_by_label("Thigh, front (left) in palms").fill("2")
    expect(page.get_by_role("status")).to_contain_text("436 cm2")
    _tap(page, "neck_front:midline")
    page.get_by_role("link", name="Face").tap()
    _tap(page, "nose:midline")
    page.get_by_role("button", name="Save areas").tap()
    page.wait_for_url(f"{site.url}/sessions/{site.waiting.id}")
    assert site.areas(site.waiting) == {"thigh_front:left": 266, "nose:midline": 35}


def test_a_region_is_chosen_by_keyboard_alone(chromium: Browser, site: Site) -> None:
    page = _opened(chromium, site, site.waiting, **DESK)
    page.get_by_role("button", name="Choose by name").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Face, whole usually")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator('g[data-shape="face:midline"]')).to_have_attribute("data-focused", "")
    page.keyboard.press("Tab")
    page.keyboard.type("210")
    expect(page.get_by_role("status")).to_contain_text("210 cm2")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/sessions/{site.waiting.id}")
    assert site.areas(site.waiting) == {"face:midline": 210}


def test_a_sum_and_its_part_are_explained_at_once(chromium: Browser, site: Site) -> None:
    page = _opened(chromium, site, site.waiting, **DESK)
    page.locator('g[data-shape="face:midline"]').click()
    page.locator('g[data-shape="chin:midline"]').click()
    expect(page.get_by_role("status")).to_contain_text("Face, whole covers Chin")
    page.locator('g[data-shape="face:midline"]').click()
    expect(page.get_by_role("status")).not_to_contain_text("covers")


def test_the_map_works_without_script(chromium: Browser, site: Site) -> None:
    page = _opened(chromium, site, site.running, java_script_enabled=False, **PHONE)
    expect(page.locator('[data-tick="abdomen:midline"]')).to_be_visible()
    page.get_by_label("Lower back usually").check()
    page.get_by_role("button", name="Save areas").tap()
    page.wait_for_url(f"{site.url}/sessions/{site.running.id}")
    assert site.areas(site.running) == {"abdomen:midline": 100, "lower_back:midline": 680}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_on_the_map_is_out_of_reach_for_anybody(
    chromium: Browser, site: Site, size: dict[str, object], scheme: str
) -> None:
    page = _opened(chromium, site, site.running, color_scheme=scheme, reduced_motion="reduce", **size)
    page.get_by_role("button", name="Choose by name").click()
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 400)], ids=["small phone", "200 % zoom"])
def test_nothing_is_cut_off_on_a_small_screen(chromium: Browser, site: Site, width: int, height: int) -> None:
    page = _opened(chromium, site, site.running, viewport={"width": width, "height": height})
    page.get_by_role("button", name="Choose by name").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    rows = page.locator(".spot .choice")
    assert min(row.bounding_box()["height"] for row in rows.all()) >= 48
