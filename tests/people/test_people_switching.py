"""A shared tablet: locked when left alone, taken over by PIN or badge, each act under the right name."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
import time_machine
import zxingcpp
from flask import Flask

from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.db import db
from inventory.people import operations as people
from inventory.people import switching
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.people.switching import WeakPin
from labels import codes
from labels.codes import CodeKind
from tests.conftest import PASSWORD
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
PIN = "4826"


def _member(person: PersonAtWork) -> Membership:
    return db.session.get_one(Membership, person.membership_id)


@pytest.fixture
def tablet(client_for: ClientFor, nurse: PersonAtWork, second_nurse: PersonAtWork) -> PageClient:
    """Signed in as the first nurse; the second one has a PIN."""
    switching.set_pin(_member(second_nurse), PIN, second_nurse, utc_now())
    return client_for(nurse)


def _name_at_work(client: PageClient) -> str:
    page = client.open("/sessions")
    (menu,) = page.all("nav", id="person-menu")
    return "".join(menu.itertext())


@pytest.mark.parametrize("pin", ["123", "123456789", "1111", "1234", "9876", "0123", "12a4", "", "١٢٣٥"])
def test_a_pin_that_is_tried_first_is_refused(nurse: PersonAtWork, pin: str) -> None:
    with pytest.raises(WeakPin):
        switching.set_pin(_member(nurse), pin, nurse, utc_now())


def test_the_other_nurse_takes_over_with_name_and_pin_and_stays_on_the_page(
    tablet: PageClient, second_nurse: PersonAtWork
) -> None:
    page = tablet.open("/switch", query={"next": "/packs"})
    page = page.submit("Go on", member=second_nurse.membership_id, pin=PIN)
    assert page.url == "/packs"
    assert second_nurse.name in _name_at_work(tablet)
    assert entries_of(second_nurse.clinic_id, second_nurse.membership_id)[0].action == "person.took_over"


def test_a_wrong_pin_changes_nobody_and_is_recorded(
    tablet: PageClient, nurse: PersonAtWork, second_nurse: PersonAtWork
) -> None:
    page = tablet.open("/switch").submit("Go on", status=422, member=second_nurse.membership_id, pin="4827")
    assert page.errors()
    assert nurse.name in _name_at_work(tablet)
    assert entries_of(second_nurse.clinic_id, second_nurse.membership_id)[0].action == "person.pin_failed"


def test_after_ten_wrong_pins_not_even_the_right_one_is_looked_at(
    tablet: PageClient, second_nurse: PersonAtWork
) -> None:
    page = tablet.open("/switch")
    for _ in range(10):
        page.submit("Go on", status=422, member=second_nurse.membership_id, pin="9999")
    page.submit("Go on", status=429, member=second_nurse.membership_id, pin=PIN)


def test_a_pin_lets_nobody_in_where_nobody_signed_in(client_for: ClientFor, second_nurse: PersonAtWork) -> None:
    assert client_for(None).open("/switch").h1 == "Sign in"


def test_a_badge_takes_over_with_one_scan(tablet: PageClient, second_nurse: PersonAtWork) -> None:
    code = switching.new_badge(_member(second_nurse), second_nurse, utc_now())
    address = codes.address("clinic.example", CodeKind.BADGE, code)
    tablet.open("/switch").submit("Use badge", text=address)
    assert second_nurse.name in _name_at_work(tablet)


def test_an_old_badge_and_a_lost_one_open_nothing(tablet: PageClient, second_nurse: PersonAtWork) -> None:
    old = switching.new_badge(_member(second_nurse), second_nurse, utc_now())
    new = switching.new_badge(_member(second_nurse), second_nurse, utc_now())
    page = tablet.open("/switch")
    page.submit("Use badge", status=422, text=old)
    switching.end_badge(_member(second_nurse), second_nurse, utc_now())
    page.submit("Use badge", status=422, text=new)


def test_who_left_the_clinic_takes_over_nothing(
    tablet: PageClient, second_nurse: PersonAtWork, administrator: PersonAtWork
) -> None:
    code = switching.new_badge(_member(second_nurse), second_nurse, utc_now())
    people.end_membership(_member(second_nurse), administrator, utc_now())
    page = tablet.open("/switch")
    page.submit("Use badge", status=422, text=code)
    assert not page.has("input", type="radio", value=str(second_nurse.membership_id))


def test_a_badge_of_another_clinic_opens_nothing(tablet: PageClient, strange_nurse: PersonAtWork) -> None:
    code = switching.new_badge(_member(strange_nurse), strange_nurse, utc_now())
    tablet.open("/switch").submit("Use badge", status=422, text=code)


def test_a_pin_is_enough_for_a_nurses_work_and_for_no_more(tablet: PageClient, lead_nurse: PersonAtWork) -> None:
    switching.set_pin(_member(lead_nurse), PIN, lead_nurse, utc_now())
    tablet.open("/switch").submit("Go on", member=lead_nurse.membership_id, pin=PIN)
    tablet.open("/sessions")
    assert "password" in tablet.open("/flags", status=403).main


def test_a_locked_tablet_shows_nothing_until_somebody_says_who_they_are(
    tablet: PageClient, second_nurse: PersonAtWork
) -> None:
    tablet.open("/packs").submit("Lock this tablet")
    page = tablet.open("/stock")
    assert page.h1 == "Who is at work?"
    page = page.submit("Go on", member=second_nurse.membership_id, pin=PIN)
    assert page.url == "/stock"


def test_a_step_on_a_locked_tablet_is_not_taken(tablet: PageClient) -> None:
    sent = {"csrf_token": tablet.token(), "event_id": str(uuid4())}
    tablet.open("/packs").submit("Lock this tablet")
    assert tablet.raw("POST", "/sessions/new", data=sent).status_code == 401


def test_a_shared_tablet_left_alone_for_five_minutes_locks_itself(
    tablet: PageClient, second_nurse: PersonAtWork
) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        tablet.open("/switch").submit("Go on", member=second_nurse.membership_id, pin=PIN)
        for _ in range(3):
            clock.shift(timedelta(minutes=4))
            assert tablet.open("/sessions").url == "/sessions"
        clock.shift(timedelta(minutes=6))
        assert tablet.open("/sessions").h1 == "Who is at work?"


def test_somebodys_own_computer_does_not_lock(client_for: ClientFor, manager: PersonAtWork) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        client = client_for(manager)
        client.open("/stock")
        clock.shift(timedelta(minutes=20))
        assert client.open("/stock").url == "/stock"


def test_an_own_pin_needs_the_password(client_for: ClientFor, nurse: PersonAtWork) -> None:
    page = client_for(nurse).open("/account/pin")
    page.submit("Set PIN", status=422, current="not my password", pin=PIN)
    assert _member(nurse).pin is None
    page.submit("Set PIN", status=422, current=PASSWORD, pin="1234")
    assert _member(nurse).pin is None
    page.submit("Set PIN", current=PASSWORD, pin=PIN)
    assert _member(nurse).pin is not None and PIN not in (_member(nurse).pin or "")


def test_the_administrator_makes_a_badge_whose_code_is_kept_nowhere(
    client_for: ClientFor, administrator: PersonAtWork, nurse: PersonAtWork
) -> None:
    page = client_for(administrator).open(f"/people/{nurse.membership_id}/badge").submit("Make a new badge")
    assert page.has("article")
    kept = _member(nurse).badge_code or ""
    assert len(kept) == 64 and kept not in page.main
    page = client_for(administrator).open(f"/people/{nurse.membership_id}/badge")
    page.submit("The badge is lost: end it")
    assert _member(nurse).badge_code is None


def test_a_badge_opened_by_a_phones_camera_lets_nobody_in(
    app: Flask, client_for: ClientFor, second_nurse: PersonAtWork
) -> None:
    code = switching.new_badge(_member(second_nurse), second_nurse, utc_now())
    assert client_for(None).open(f"/B/{code}").h1 == "Sign in"


def test_a_badge_is_printed_on_a_label_while_its_code_is_known(
    administrator: PersonAtWork, nurse: PersonAtWork, client_for: Callable[[PersonAtWork | None], PageClient]
) -> None:
    client = client_for(administrator)
    page = client.open(f"/people/{nurse.membership_id}/badge").submit("Make a new badge")
    form = page._sent(next(form for form in page.all("form") if (form.get("action") or "").endswith("/badge/label")))
    address = f"/people/{nurse.membership_id}/badge/label"
    printed = client.raw("POST", address, data={**form, "medium": "roll-50x25"})
    with pypdfium2.PdfDocument(printed.get_data()) as document:
        (found,) = zxingcpp.read_barcodes(document[0].render(scale=203 / 72).to_pil())
    assert codes.parse(found.text).code == form["code"]
    client.open(f"/people/{nurse.membership_id}/badge").submit("Make a new badge")
    assert client.raw("POST", address, data=form).status_code == 422
