"""The page where a scanner is tried out, and the one where anything is looked up."""

import json

from inventory.people.actors import PersonAtWork
from inventory.scanning.samples import LABEL, SUPPLIER
from tests.factories.sessions import make_ready


def test_the_test_page_draws_both_codes(client_for, nurse: PersonAtWork) -> None:
    page = client_for(nurse).open("/scan").follow("Test my scanner")
    drawn = {found.get("aria-label") for found in page.all("*", role="img")}
    assert {f"{LABEL.name}, as a QR code", f"{SUPPLIER.name}, as a QR code"} <= drawn


def test_a_scanner_set_well_is_told_so(client_for, nurse: PersonAtWork) -> None:
    keys = json.dumps([[key, 10] for key in (*SUPPLIER.text, "Enter")])
    page = client_for(nurse).open("/scan/test").submit("Judge", keys=keys, gap="50")
    assert page.one("section", data_verdict="go") is not None
    assert len(page.one("ul", class_="keys").findall("li")) == len(SUPPLIER.text) + 1


def test_a_slow_scanner_is_fine_on_a_device_set_to_bluetooth(client_for, nurse: PersonAtWork) -> None:
    keys = json.dumps([[key, 90] for key in (*LABEL.text, "Enter")])
    page = client_for(nurse).open("/scan/test")
    assert page.submit("Judge", keys=keys, gap="120").has("section", data_verdict="go")
    assert page.submit("Judge", keys=keys, gap="50").has("section", data_verdict="caution")


def test_typing_alone_tells_of_the_keyboard(client_for, nurse: PersonAtWork) -> None:
    page = client_for(nurse).open("/scan/test").submit("Judge", typed=LABEL.text.lower())
    assert page.has("section", data_verdict="stop")


def test_keys_that_are_none_are_refused(client_for, nurse: PersonAtWork) -> None:
    page = client_for(nurse).open("/scan/test")
    for keys in ("[", "[1]", '[["A"]]', '{"a": 1}', '[["A", "soon"]]', "7"):
        assert page.submit("Judge", status=422, keys=keys).errors(), keys


def test_a_label_looked_up_leads_to_its_page(client_for, nurse: PersonAtWork, now) -> None:
    ready = make_ready(nurse, now)
    page = client_for(nurse).open("/scan").submit("Find", text=ready.gun.code)
    assert page.url == f"/guns/{ready.gun.id}"


def test_what_is_not_known_is_named_and_the_field_is_ready_again(client_for, nurse: PersonAtWork) -> None:
    page = client_for(nurse).open("/scan").submit("Find", text="4006381333931")
    assert page.has("section", data_verdict="stop")
    assert page.control("Scan").get("value") == ""


def test_modules_without_a_version_are_asked_for_again(client_for) -> None:
    browser = client_for(None)
    plain = browser.raw("GET", "/static/js/queue.js")
    assert plain.headers["Cache-Control"] == "no-cache" and plain.headers["ETag"]
    again = browser.raw("GET", "/static/js/queue.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    for kept in ("/static/js/app.js?v=1", "/static/vendor/htmx-4.0.1/htmx.min.js"):
        assert "immutable" in browser.raw("GET", kept).headers["Cache-Control"]
