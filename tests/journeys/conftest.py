"""A browser, and the program served to it as it is served to a clinic."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from inventory.clock import utc_now
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Role
from tests import databases
from tests.conftest import _somebody
from tests.journeys.serving import serving
from tests.journeys.treatment_room import CHROMIUM

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the journeys are skipped, saying so; where one is required that is a failure."""
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("journeys"))
    if not mine or CHROMIUM is not None:
        return
    if os.environ.get("STERILOG_REQUIRE_BROWSER"):
        raise pytest.UsageError("STERILOG_REQUIRE_BROWSER is set, and Chromium is not installed.")
    for item in mine:
        item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def new_clinic(tmp_path: Path) -> Iterator[str]:
    """A clinic on its first morning: its people and a policy, nothing else. Everybody has the tests' password."""
    app = databases.file_app(tmp_path / "clinic.sqlite3")
    with app.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", utc_now())
        somebody = [
            _somebody(clinic, f"{role.value.split('_')[0].title()} {name}", role)
            for role, name in zip(Role, ("Nora", "Lea", "Mona", "Aude", "Ada"), strict=True)
        ]
        publish_policy(Thresholds(), "First policy", somebody[-1], utc_now())
        db.session.commit()
        db.session.remove()
    with serving(app) as url:
        yield url


class Watched:
    """A page whose every error counts: in the console, in script, against the content policy, to a foreign host."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url, self.faults, self.page = url, list[str](), context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium reports an answer of 4xx as an error; a refusal is an answer like any other.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _asked(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws:", "wss:")) and not request.url.startswith(self.url):
            self.faults.append(f"asked a foreign host: {request.url}")


def shot(page: Page, name: str) -> None:
    """A picture of the whole page, into the folder STERILOG_SHOTS names, if it does."""
    folder = os.environ.get("STERILOG_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
