"""A clinic served on this machine for a browser: a session in setup, and what stands ready to be scanned."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from inventory.clock import utc_now
from inventory.db import db
from inventory.people import operations as people
from inventory.people.models import Person, Role
from inventory.sessions.models import Scan
from tests import databases
from tests.conftest import _somebody
from tests.factories.guns import make_ready_gun
from tests.factories.sessions import make_ready, open_session, start_session
from tests.journeys.serving import Network, networked

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@dataclass(frozen=True)
class TreatmentRoom:
    app: Flask
    network: Network
    url: str
    cookie: dict[str, str]
    session: str
    beside: str
    gun: str
    antiseptic: str
    packs: tuple[str, ...]

    @property
    def scans(self) -> list[str]:
        """The texts scanned into the session, as kept, in order."""
        with self.app.app_context():
            return list(db.session.scalars(select(Scan.scanned).order_by(Scan.at, Scan.id)))

    def at(self, host: str) -> "TreatmentRoom":
        """The same clinic by another name of this machine."""
        url = self.url.replace("127.0.0.1", host)
        return replace(self, url=url, cookie={**self.cookie, "url": url})

    def opened(self, browser: Browser, path: str = "", **context: object) -> Page:
        """The session's page, or another, as the nurse sees it, with nothing in focus.

        Without the service worker, whose requests a test cannot hold back, unless it is asked for.
        """
        here = browser.new_context(**{"service_workers": "block", **context})
        here.add_cookies([self.cookie])
        page = here.new_page()
        page.goto(self.url + (path or f"/sessions/{self.session}"))
        page.locator("[data-mute]:not([hidden])").wait_for()
        page.evaluate("document.activeElement.blur()")
        return page


@contextmanager
def served(folder: Path, *, running: bool = False, packs: int = 6) -> Iterator[TreatmentRoom]:
    """With the session in setup, or begun with the first pack, and another begun in the room beside with the last."""
    app = databases.file_app(folder / "clinic.db")
    with app.app_context():
        earlier = utc_now() - timedelta(minutes=10)
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", earlier)
        nurse = _somebody(clinic, "Nora Nurse", Role.NURSE)
        ready = make_ready(nurse, earlier, packs=packs)
        treatment = (start_session if running else open_session)(nurse, earlier, ready)
        beside = treatment
        if running:
            gun = make_ready_gun(nurse, earlier, container=ready.disinfectant)
            beside = start_session(nurse, earlier, replace(ready, gun=gun, packs=[ready.packs[-1]]))
        db.session.commit()
        http = app.test_client()
        with http.session_transaction() as kept:
            kept["_user_id"] = db.session.get_one(Person, nurse.id).fs_uniquifier
            kept |= {"_fresh": True, "clinic_id": str(nurse.clinic_id), "signed_in_at": utc_now().isoformat()}
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = http.get_cookie(name)
        assert cookie is not None
        codes = (ready.gun.code, ready.antiseptic.code, tuple(pack.code for pack in ready.packs))
        session, beside_id = str(treatment.id), str(beside.id)
        db.session.rollback()
    with networked(app) as network:
        url = network.url
        cookies = {"name": name, "value": cookie.value, "url": url}
        yield TreatmentRoom(app, network, url, cookies, session, beside_id, *codes)


def scan(page: Page, text: str, *ending: str) -> None:
    """As a wedge scanner types: key by key, without a pause of ours between them, then its ending."""
    first, *others = text.split("\x1d")
    page.keyboard.type(first)
    for part in others:
        page.keyboard.press("Control+]")
        page.keyboard.type(part)
    for key in ending:
        page.keyboard.press(key)
