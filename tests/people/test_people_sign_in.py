"""Signing in and out."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.audit.queries import entries_of, page_of
from inventory.db import db
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.errors import LastAdministrator, WeakPassword
from inventory.people.models import Clinic, Membership, Person, Role
from inventory.people.queries import memberships_in
from tests.conftest import NOW, PASSWORD


def _sign_in(client, email: str, password: str = PASSWORD, status: int | None = None, address: str = "/sign-in"):
    return client.open(address).submit("Sign in", status, email=email, password=password)


def test_a_person_signs_in_and_comes_to_their_page(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    assert _sign_in(client, nurse.email).url == "/sessions"
    assert client.open("/sessions").h1 == "Sessions"
    assert entries_of(nurse.clinic_id, nurse.id)[0].action == "person.signed_in"


def test_a_wrong_password_and_an_unknown_account_hear_the_same(nurse: PersonAtWork, client_for) -> None:
    wrong = _sign_in(client_for(None), nurse.email, "not the password", 422).errors()
    unknown = _sign_in(client_for(None), "nobody@clinic.example", "not the password", 422).errors()
    assert wrong == unknown != []


def test_guessing_is_stopped_even_with_the_right_password(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    for _ in range(10):
        _sign_in(client, nurse.email, "not the password", 422)
    _sign_in(client, nurse.email, PASSWORD, 429)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert _sign_in(client, nurse.email).url == "/sessions"


def test_the_answer_says_when_to_try_again(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    for _ in range(10):
        _sign_in(client, nurse.email, "not the password", 422)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        assert "Try again in 10 minutes" in _sign_in(client, nurse.email, PASSWORD, 429).errors()[0]


def test_failures_of_known_accounts_stand_in_the_record(nurse: PersonAtWork, client_for) -> None:
    _sign_in(client_for(None), nurse.email, "not the password", 422)
    _sign_in(client_for(None), "nobody@clinic.example", "not the password", 422)
    failed = [entry for entry in page_of(nurse.clinic_id) if entry.action == "person.sign_in_failed"]
    assert [entry.subject_id for entry in failed] == [nurse.id]


def test_somebody_inactive_hears_the_same_as_for_a_wrong_password(nurse: PersonAtWork, client_for) -> None:
    wrong = _sign_in(client_for(None), nurse.email, "not the password", 422).errors()
    db.session.get_one(Person, nurse.id).active = False
    record(
        Program(nurse.clinic_id, nurse.time_zone), "person.put_to_rest", db.session.get_one(Person, nurse.id), now=NOW
    )
    working = client_for(nurse)
    assert _sign_in(client_for(None), nurse.email, PASSWORD, 422).errors() == wrong
    assert working.open("/sessions").h1 == "Sign in"


def test_who_belongs_to_no_clinic_is_told_so(nurse: PersonAtWork, administrator: PersonAtWork, client_for) -> None:
    people.end_membership(db.session.get_one(Membership, nurse.membership_id), administrator, NOW)
    client = client_for(None)
    assert "no clinic" in _sign_in(client, nurse.email, status=403).errors()[0]
    assert client.open("/clinics").h1 == "Sign in"


def test_signing_in_needs_a_token(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    client.open("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"email": nurse.email, "password": PASSWORD, "event_id": str(uuid4())})
    assert answer.status_code == 400
    assert client_for(nurse).raw("POST", "/sign-out").status_code == 400


def test_signing_in_begins_a_new_session(nurse: PersonAtWork, client_for) -> None:
    """What stood in the browser before, such as somebody else's cookie, is gone."""
    client = client_for(None)
    with client.http.session_transaction() as cookie:
        cookie["planted"] = "before"
    _sign_in(client, nurse.email)
    with client.http.session_transaction() as cookie:
        assert "planted" not in cookie and cookie["clinic_id"] == str(nurse.clinic_id)


def test_static_files_carry_no_cookie(nurse: PersonAtWork, client_for) -> None:
    """They may be kept by caches that serve others."""
    client = client_for(nurse)
    assert "Set-Cookie" in client.raw("GET", "/sessions").headers
    headers = client.raw("GET", "/static/app.css").headers
    assert "Set-Cookie" not in headers and "Vary" not in headers


def test_who_was_on_their_way_goes_on_after_signing_in(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    page = client.open("/guns")
    assert page.h1 == "Sign in"
    sent = dict(page._sent(page._form_with("Sign in")[0])) | {"email": nurse.email, "password": PASSWORD}
    assert client.post("/sign-in?next=/guns", sent).url == "/guns"


def test_half_an_hour_idle_signs_out(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    _sign_in(client, nurse.email)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert client.open("/sessions").h1 == "Sign in"


def test_twelve_hours_sign_out_however_busy(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    _sign_in(client, nurse.email)
    began = datetime.now(UTC)
    for quarter in range(1, 49):
        with time_machine.travel(began + timedelta(minutes=15 * quarter - 1)):
            assert client.open("/sessions").h1 == "Sessions"
    with time_machine.travel(began + timedelta(hours=12, minutes=5)):
        assert client.open("/sessions").h1 == "Sign in"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_sign_in_never_leads_elsewhere(nurse: PersonAtWork, client_for, wanted: str) -> None:
    client = client_for(None)
    page = client.open("/sign-in")
    token = page.all("input", name="csrf_token")[0].get("value")
    event = page.one("input", name="event_id").get("value")
    sent = {"csrf_token": token, "event_id": event, "email": nurse.email, "password": PASSWORD}
    answer = client.raw("POST", "/sign-in", query_string={"next": wanted}, data=sent)
    assert answer.location == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    cookie = client.raw("GET", "/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert client.app.config["SESSION_COOKIE_SECURE"] is False  # switched off for the tests only


def test_signing_out_ends_it(nurse: PersonAtWork, client_for) -> None:
    client = client_for(None)
    _sign_in(client, nurse.email)
    client.open("/sessions").submit("Sign out")
    assert client.open("/sessions").h1 == "Sign in"


def test_somebody_in_two_clinics_chooses_one(
    nurse: PersonAtWork, other_clinic: Clinic, client_for, manager: PersonAtWork
) -> None:
    person = db.session.get_one(Person, nurse.id)
    people.join_clinic(person, other_clinic, Role.MANAGER, Program(other_clinic.id, "Europe/Paris"), NOW)
    client = client_for(None)
    page = _sign_in(client, nurse.email)
    assert page.url == "/clinics"
    desk = page.submit("Clinic South")
    assert desk.url == "/desk"
    assert desk.submit("Go to Clinic North").url == "/sessions"
    assert entries_of(other_clinic.id, nurse.id)[0].action == "person.signed_in"


def test_the_way_on_is_kept_while_choosing_a_clinic(nurse: PersonAtWork, other_clinic: Clinic, client_for) -> None:
    person = db.session.get_one(Person, nurse.id)
    people.join_clinic(person, other_clinic, Role.MANAGER, Program(other_clinic.id, "Europe/Paris"), NOW)
    client = client_for(None)
    page = client.open("/sign-in")
    sent = dict(page._sent(page._form_with("Sign in")[0])) | {"email": nurse.email, "password": PASSWORD}
    chooser = client.post("/sign-in?next=/guns", sent)
    assert chooser.url == "/clinics" and chooser.submit("Clinic South", None).url == "/guns"


def test_who_has_not_chosen_yet_can_sign_out(nurse: PersonAtWork, other_clinic: Clinic, client_for) -> None:
    person = db.session.get_one(Person, nurse.id)
    people.join_clinic(person, other_clinic, Role.MANAGER, Program(other_clinic.id, "Europe/Paris"), NOW)
    client = client_for(None)
    _sign_in(client, nurse.email).submit("Sign out")
    assert client.open("/clinics").h1 == "Sign in"


def test_nobody_enters_a_clinic_they_do_not_belong_to(nurse: PersonAtWork, other_clinic: Clinic, client_for) -> None:
    client = client_for(nurse)
    client.post(f"/clinics/{other_clinic.id}", {"csrf_token": client.token()}, status=404)
    assert client.open("/sessions").one("span", class_="place").text == nurse.clinic_name


def test_who_leaves_the_clinic_is_out_at_once(nurse: PersonAtWork, administrator: PersonAtWork, client_for) -> None:
    client = client_for(None)
    _sign_in(client, nurse.email)
    membership = db.session.get_one(Membership, nurse.membership_id)
    people.end_membership(membership, administrator, NOW)
    assert client.open("/sessions").h1 == "Sign in"


def test_inv_25_clinic_person_and_role_never_come_from_the_request(
    nurse: PersonAtWork, administrator: PersonAtWork, other_clinic: Clinic, client_for
) -> None:
    client = client_for(administrator)
    sent = {"clinic_id": other_clinic.id, "by": nurse.id, "is_admin": "1", "person_id": nurse.id}
    client.open("/people/new").submit(
        "Add", name="Zoe New", email="zoe@clinic.example", role="nurse", password="a very long sentence", **sent
    )
    added = db.session.scalars(select(Person).where(Person.email == "zoe@clinic.example")).one()
    membership = db.session.scalars(select(Membership).where(Membership.person_id == added.id)).one()
    assert (membership.clinic_id, membership.role) == (administrator.clinic_id, Role.NURSE)
    assert entries_of(administrator.clinic_id, added.id)[0].actor_id == administrator.id


def test_a_weak_password_is_refused(clinic: Clinic) -> None:
    by = Program(clinic.id, clinic.time_zone)
    for password in ("short", "aaaaaaaaaaaaaaaa", "x" * 300):
        with pytest.raises(WeakPassword):
            people.add_person("Ann Other", "ann@clinic.example", password, by, NOW)


def test_the_last_administrator_stays(administrator: PersonAtWork) -> None:
    membership = memberships_in(administrator.clinic_id, [Role.ADMINISTRATOR])[0]
    with pytest.raises(LastAdministrator):
        people.end_membership(membership, administrator, NOW)


def test_a_person_of_another_clinic_is_not_here(
    stranger: PersonAtWork, administrator: PersonAtWork, client_for
) -> None:
    client_for(administrator).open(f"/people/{stranger.membership_id}", status=404)
