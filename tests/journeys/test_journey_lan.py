"""A phone in the clinic's wifi: the page to begin with, the certificate, and then the camera.

Chromium trusts the authority as a phone does, by its own store; no warning is switched off.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from cheroot import wsgi
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Playwright, expect

from inventory.cli.authority import Names, Signed, authority_in, server_in
from inventory.cli.https import SecureServer
from inventory.cli.lan import listening
from inventory.clock import utc_now
from inventory.db import db
from inventory.web.trust import Trust
from tests import databases
from tests.journeys.conftest import PHONE, shot
from tests.journeys.treatment_room import CHROMIUM

ADDRESS, NAME = "192.168.1.20", "desk.local"
ABLE = """async () => ({
  secure: isSecureContext,
  camera: navigator.mediaDevices ? (await navigator.mediaDevices.getUserMedia({video: true})).getTracks().length : 0,
  offline: 'serviceWorker' in navigator,
})"""
NOTHING = {"secure": False, "camera": 0, "offline": False}
EVERYTHING = {"secure": True, "camera": 1, "offline": True}


@contextmanager
def _serving(*servers: wsgi.Server) -> Iterator[None]:
    threads = [threading.Thread(target=server.serve) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server in servers:
            server.stop()
        for thread in threads:
            thread.join()


@contextmanager
def _phone(playwright: Playwright, home: Path) -> Iterator[Browser]:
    """A browser with its own home, for which every name and address leads to this machine."""
    arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    resolving = "--host-resolver-rules=MAP * 127.0.0.1"
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*arguments, resolving], env={**os.environ, "HOME": str(home)}
    )
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return authority_in(tmp_path_factory.mktemp("clinic"), "desk", utc_now())


@pytest.fixture(scope="module")
def clinic_server(authority: Signed) -> Iterator[Trust]:
    """A clinic served to its local network."""
    folder, names = authority.path.parent, Names((IPv4Address(ADDRESS),), (NAME,))
    app = databases.file_app(folder / "clinic.sqlite3")
    with _serving(*listening(app, names, authority, server_in(folder, names, authority, utc_now()), "127.0.0.1", None)):
        yield app.config["TRUST"]
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def new_phone(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with _phone(playwright, tmp_path_factory.mktemp("home")) as browser:
        yield browser


@pytest.fixture(scope="module")
def trusting_phone(
    playwright: Playwright, authority: Signed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A phone on which the authority was installed."""
    home = tmp_path_factory.mktemp("home")
    program = Path(__file__).with_name("trusting.py")
    subprocess.run([sys.executable, str(program), str(home)], input=authority.pem, check=True)
    with _phone(playwright, home) as browser:
        yield browser


def _page(phone: Browser, **context: object) -> Page:
    return phone.new_context(**{**PHONE, **context}).new_page()


def test_a_phone_that_trusts_the_clinic_has_its_camera(clinic_server: Trust, trusting_phone: Browser) -> None:
    page = _page(trusting_phone)
    for address in (clinic_server.open_at, *clinic_server.also_at):
        page.goto(f"{address}/sign-in")
        assert page.evaluate(ABLE) == EVERYTHING, address
        expect(page.get_by_label("E-mail")).to_be_visible()


def test_a_new_phone_is_refused_until_it_trusts_the_clinic(clinic_server: Trust, new_phone: Browser) -> None:
    page = _page(new_phone)
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"{clinic_server.open_at}/sign-in")


def test_a_new_phone_gets_the_certificate_from_the_page_to_begin_with(clinic_server: Trust, new_phone: Browser) -> None:
    page = _page(new_phone)
    page.goto(clinic_server.trust_at)
    assert page.evaluate(ABLE) == NOTHING, "by plain HTTP there is no camera"
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the certificate").tap()
    assert started.value.path().read_bytes() == clinic_server.certificate
    assert started.value.suggested_filename == "sterilog-ca.crt"


def test_the_page_to_begin_with_leads_a_trusting_phone_to_the_clinic(
    clinic_server: Trust, trusting_phone: Browser
) -> None:
    page = _page(trusting_phone)
    page.goto(clinic_server.trust_at)
    page.get_by_role("link", name=clinic_server.open_at).tap()
    page.wait_for_url(f"{clinic_server.open_at}/**")
    expect(page.get_by_label("E-mail")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_steps_are_read_on_a_narrow_phone(clinic_server: Trust, new_phone: Browser, script: bool) -> None:
    page = _page(new_phone, java_script_enabled=script)
    page.goto(clinic_server.trust_at)
    for system in page.locator("summary").all():
        assert (system.bounding_box() or {"height": 0})["height"] >= 48
        system.tap()
    expect(page.get_by_text("switch on Sterilog")).to_be_visible()
    expect(page.get_by_text("Trusted Root Certification Authorities")).to_be_visible()
    shot(page, f"trust-{'script' if script else 'no-script'}")
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize(("name", "believed"), [(NAME, True), ("bank.example", False), ("203.0.113.7", False)])
def test_a_browser_believes_no_stolen_key_about_the_internet(
    authority: Signed, trusting_phone: Browser, tmp_path: Path, name: str, believed: bool
) -> None:
    address = name.replace(".", "").isdigit()
    claimed = Names((IPv4Address(name),), ()) if address else Names((), (name,))
    stolen = server_in(tmp_path, claimed, authority, utc_now())
    server = SecureServer(Flask("thief"), stolen.path, ("127.0.0.1", 0))
    server.prepare()
    with _serving(server):
        page = _page(trusting_phone)
        if believed:
            page.goto(f"https://{name}:{server.bind_addr[1]}/")
        else:
            with pytest.raises(Error, match="ERR_CERT_"):
                page.goto(f"https://{name}:{server.bind_addr[1]}/")
