"""The administrator's pages and one's own password."""

from uuid import uuid4

from sqlalchemy import func, select

from inventory.audit.models import StoredAnswer
from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership, Person, Role
from tests.conftest import PASSWORD

SENTENCE = "four millimetres deep"


def _email_known(email: str) -> int:
    return db.session.scalar(select(func.count(Person.id)).where(Person.email == email)) or 0


def test_an_administrator_adds_somebody(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open("/people/new")
    listed = page.submit("Add", name="Zoe New", email="zoe@clinic.example", role="manager", password=SENTENCE)
    assert listed.url == "/people" and "Done. Zoe New can sign in." in listed.messages
    assert ["Zoe New", "zoe@clinic.example", "manager"] in listed.rows()


def test_a_refused_form_keeps_what_was_typed_and_can_be_sent_again(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open("/people/new")
    typed = {"name": "Zoe New", "role": "nurse", "password": SENTENCE}
    page = page.submit("Add", 422, email=administrator.email, **typed)
    assert page.control("Name").get("value") == "Zoe New" and page.errors()
    page = page.submit("Add", 422, **{**typed, "email": "zoe@clinic.example", "password": "zoe"})
    assert page.submit("Add", password=SENTENCE).url == "/people"
    assert _email_known("zoe@clinic.example") == 1


def test_a_missing_name_is_said_at_its_field(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open("/people/new")
    page = page.submit("Add", 422, name="", email="zoe@clinic.example", role="nurse", password=SENTENCE)
    assert page.control("Name").get("aria-invalid") == "true"


def test_the_same_form_sent_twice_adds_one_person(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open("/people/new")
    for _ in range(2):
        typed = {"name": "Zoe New", "email": "zoe@clinic.example", "role": "nurse", "password": SENTENCE}
        assert page.submit("Add", **typed).url == "/people"
    assert _email_known("zoe@clinic.example") == 1


def test_a_role_that_does_not_exist_is_refused(administrator: PersonAtWork, nurse: PersonAtWork, client_for) -> None:
    client_for(administrator).open(f"/people/{nurse.membership_id}").submit("Save role", 422, role="owner")


def test_a_change_of_role_counts_from_the_next_request(
    administrator: PersonAtWork, nurse: PersonAtWork, client_for
) -> None:
    working = client_for(nurse)
    working.open("/people", status=403)
    client_for(administrator).open(f"/people/{nurse.membership_id}").submit("Save role", role="administrator")
    assert working.open("/people").h1 == "People"


def test_who_is_ended_is_signed_out(administrator: PersonAtWork, nurse: PersonAtWork, client_for) -> None:
    working = client_for(nurse)
    client_for(administrator).open(f"/people/{nurse.membership_id}/end").submit("End membership")
    assert working.open("/sessions").h1 == "Sign in"
    assert db.session.get_one(Membership, nurse.membership_id).ended_at is not None


def test_the_last_administrator_is_told_so(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open(f"/people/{administrator.membership_id}")
    assert "at least one administrator" in page.submit("Save role", 422, role="nurse").errors()[0]
    page = client_for(administrator).open(f"/people/{administrator.membership_id}/end").submit("End membership", 422)
    assert "at least one administrator" in page.errors()[0]


def test_a_reset_password_signs_the_person_out(administrator: PersonAtWork, nurse: PersonAtWork, client_for) -> None:
    working = client_for(nurse)
    working.open("/sessions")
    page = client_for(administrator).open(f"/people/{nurse.membership_id}/password")
    assert page.submit("Set password", password=SENTENCE).url == "/people"
    assert working.open("/sessions").h1 == "Sign in"
    signed_in = client_for(None).open("/sign-in").submit("Sign in", email=nurse.email, password=SENTENCE)
    assert signed_in.url == "/sessions"


def test_members_of_another_clinic_are_not_here(
    stranger: PersonAtWork, administrator: PersonAtWork, client_for
) -> None:
    client = client_for(administrator)
    token = client.token()
    for step in ("", "/password", "/end"):
        url = f"/people/{stranger.membership_id}{step}"
        client.open(url, status=404)
        sent = {"csrf_token": token, "event_id": str(uuid4()), "role": "nurse", "password": SENTENCE}
        client.post(url, sent, status=404)
    assert db.session.get_one(Membership, stranger.membership_id).role is Role.MANAGER


def test_only_an_administrator_manages_people(nurse, lead_nurse, manager, auditor, client_for) -> None:
    for person in (nurse, lead_nurse, manager, auditor):
        for url in ("/people", "/people/new", f"/people/{nurse.membership_id}"):
            client_for(person).open(url, status=403)


def test_inv_25_a_role_cannot_be_posted_into_other_forms(nurse: PersonAtWork, client_for) -> None:
    """Clinic, person and role are the session's: sending them along changes nothing."""
    page = client_for(nurse).open("/account")
    sent = {"role": "administrator", "clinic_id": str(uuid4()), "by": str(uuid4()), "actor_id": str(uuid4())}
    page.submit("Change password", current=PASSWORD, password=SENTENCE, **sent)
    membership = db.session.get_one(Membership, nurse.membership_id)
    assert (membership.role, membership.clinic_id) == (Role.NURSE, nurse.clinic_id)
    assert entries_of(nurse.clinic_id, nurse.id)[0].actor_id == nurse.id


def test_ones_own_password_is_changed_by_the_old_one(nurse: PersonAtWork, client_for) -> None:
    here, elsewhere = client_for(nurse), client_for(nurse)
    page = here.open("/account").submit("Change password", 422, current="not the password", password=SENTENCE)
    assert page.control("Password until now").get("aria-invalid") == "true"
    page = page.submit("Change password", 422, current=PASSWORD, password="short")
    page = page.submit("Change password", current=PASSWORD, password=SENTENCE)
    assert page.url == "/account" and "Done. Your password was changed; other devices were signed out." in page.messages
    assert elsewhere.open("/sessions").h1 == "Sign in"


def test_the_old_password_cannot_be_guessed_on_the_account_page(nurse: PersonAtWork, client_for) -> None:
    client = client_for(nurse)
    for _ in range(10):
        client.open("/account").submit("Change password", 422, current="not the password", password=SENTENCE)
    client.open("/account").submit("Change password", 429, current=PASSWORD, password=SENTENCE)


def test_no_password_is_kept_with_the_stored_answers(administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open("/people/new")
    page.submit("Add", name="Zoe New", email="zoe@clinic.example", role="nurse", password=SENTENCE)
    assert SENTENCE not in "".join(db.session.scalars(select(StoredAnswer.answer).where(StoredAnswer.answer != "")))
