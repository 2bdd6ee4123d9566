"""The page by which a phone comes to trust the server, and servers behind a proxy."""

from collections.abc import Iterator

import pytest
import zxingcpp
from flask import Flask, request
from PIL import Image, ImageDraw
from werkzeug.test import Client

from inventory import create_app
from inventory.people.actors import PersonAtWork
from inventory.web.trust import Trust, only_trust
from tests.databases import SETTINGS

TRUST = Trust(
    certificate=b"-----BEGIN CERTIFICATE-----\n",
    fingerprint="AB:CD",
    open_at="https://sterilog.example",
    also_at=(),
    trust_at="http://sterilog.example/trust",
)
SYSTEMS = ["iPhone and iPad", "Android", "Windows", "Mac", "Firefox, on any computer", "Linux with Chrome or Chromium"]
SVG = "{http://www.w3.org/2000/svg}"
HOSTS = {
    "sterilog.clinic.example": True,
    "sterilog.clinic.example:8443": True,
    "192.168.1.20:8643": False,
    "desk.local:8643": False,
    "localhost": False,
    "desk": False,
    "[fd00::2]:8643": False,
}


@pytest.fixture
def trusted(app: Flask) -> Iterator[Flask]:
    app.config["TRUST"] = TRUST
    yield app
    del app.config["TRUST"]


def test_a_phone_reads_how_to_trust_the_clinic_before_it_can_sign_in(trusted: Flask, client_for) -> None:
    page = client_for(None).open("/trust")
    assert page.one("p", data_fingerprint=None).text == TRUST.fingerprint
    assert page.one("a", text="Download the certificate").get("href") == "/trust/ca.crt"
    assert [summary.text for summary in page.all("summary")] == SYSTEMS
    for details in page.all("details"):
        assert len(list(details.iter("li"))) == 3, "short enough to follow with the phone in hand"
    assert page.has("a", href=TRUST.open_at)


def test_the_code_on_the_page_leads_a_phone_to_it(trusted: Flask, client_for) -> None:
    drawn = client_for(None).open("/trust").one(f"{SVG}svg", role="img")
    size = int(drawn.get("viewBox", "").split()[-1])
    image = Image.new("L", (size * 8, size * 8), 255)
    pen = ImageDraw.Draw(image)
    for run in next(drawn.iter(f"{SVG}path")).get("d", "").split("z")[:-1]:
        x, rest = run.removeprefix("M").split(" ")
        y, width = rest.split("h")[:2]
        left, top = int(x) * 8, int(y) * 8
        pen.rectangle((left, top, left + int(width.split("v")[0]) * 8 - 1, top + 7), 0)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [TRUST.trust_at]


def test_the_certificate_comes_as_what_phones_install(trusted: Flask, client_for) -> None:
    answer = client_for(None).raw("GET", "/trust/ca.crt")
    assert (answer.data, answer.mimetype) == (TRUST.certificate, "application/x-x509-ca-cert")


def test_the_page_is_reached_from_every_other(trusted: Flask, client_for, nurse: PersonAtWork) -> None:
    client = client_for(nurse)
    assert client.open("/sessions").follow("Phones and tablets").h1 == "Phones and tablets"


def test_a_server_without_certificates_of_its_own_says_so(app: Flask, client_for, nurse: PersonAtWork) -> None:
    client = client_for(nurse)
    assert client.open("/trust").one("h2").text == "Nothing to trust here"
    assert client.raw("GET", "/trust/ca.crt").status_code == 404
    assert not client.open("/sessions").has("a", text="Phones and tablets")


def test_the_plain_page_shows_its_style_and_takes_no_cookie(trusted: Flask) -> None:
    client = Client(only_trust(trusted, ["192.168.1.20"], "https://192.168.1.20:8643"))
    client.set_cookie("sterilog", "somebody's")
    for path in ("/trust", "/trust/ca.crt", "/static/app.css"):
        with client.get(path) as answer:
            assert answer.status_code == 200 and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "host", "path", "led_to"),
    [
        ("GET", "192.168.1.20:8644", "/P/AB%20C?x=1", "https://192.168.1.20:8643/P/AB%20C?x=1"),
        ("GET", "desk.local:8644", "/", "https://desk.local:8643/"),
        ("GET", "evil.example", "/", "https://192.168.1.20:8643/"),
        ("POST", "192.168.1.20:8644", "/trust", "https://192.168.1.20:8643/trust"),
        ("POST", "desk.local:8644", "/sign-in", "https://desk.local:8643/sign-in"),
    ],
)
def test_the_plain_page_sends_everything_else_to_https(
    trusted: Flask, method: str, host: str, path: str, led_to: str
) -> None:
    client = Client(only_trust(trusted, ["192.168.1.20", "desk.local"], "https://192.168.1.20:8643"))
    answer = client.open(path, base_url=f"http://{host}", method=method)
    assert (answer.status_code, answer.headers["Location"]) == (303, led_to)


@pytest.mark.parametrize("host", HOSTS)
def test_only_a_name_of_the_internet_is_kept_to_https(app: Flask, host: str) -> None:
    answer = app.test_client().get("/trust", base_url=f"https://{host}")
    assert ("Strict-Transport-Security" in answer.headers) is HOSTS[host]
    assert "Strict-Transport-Security" not in app.test_client().get("/trust", base_url=f"http://{host}").headers


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Host": "evil.example"}


@pytest.mark.parametrize(("hops", "secure"), [("0", False), ("1", True)])
def test_a_proxy_is_believed_only_where_there_is_one(hops: str, secure: bool) -> None:
    app = create_app({**SETTINGS, "DATABASE_URL": "sqlite://", "PROXY_HOPS": hops})
    with app.test_client() as client:
        client.get("/trust", base_url="http://clinic.example", headers=FORWARDED)
        assert request.is_secure is secure
        assert request.remote_addr == ("198.51.100.7" if secure else "127.0.0.1")
        assert request.host == "clinic.example"


@pytest.mark.parametrize("hops", ["-1", "one", "6", "1.0", ""])
def test_a_count_of_proxies_that_cannot_be_meant_is_refused(hops: str) -> None:
    with pytest.raises(RuntimeError, match="STERILOG_PROXY_HOPS must be a whole number"):
        create_app({**SETTINGS, "DATABASE_URL": "sqlite://", "PROXY_HOPS": hops})


def test_a_host_that_is_not_trusted_is_refused_not_an_error() -> None:
    app = create_app({**SETTINGS, "DATABASE_URL": "sqlite://", "TRUSTED_HOSTS": "clinic.example", "TESTING": False})
    for scheme in ("http", "https"):
        assert app.test_client().get("/trust", base_url=f"{scheme}://evil.example").status_code == 400
        assert app.test_client().get("/trust", base_url=f"{scheme}://clinic.example").status_code == 200
