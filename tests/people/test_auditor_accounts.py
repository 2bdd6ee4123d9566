"""Auditors from outside: taken in for clinics, days and a time; what they open is in the record."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.clock import day_in, utc_now
from inventory.db import Model, db
from inventory.errors import Invalid
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.errors import NotAnAuditor
from inventory.people.limits import Terms
from inventory.people.models import Clinic, Membership, Person, Role
from tests.conftest import NOW, PASSWORD
from tests.web.test_every_page import FILES, _routes

MARCH = Terms(date(2026, 3, 1), date(2026, 3, 31), date(2027, 1, 31))


def _days_from_today(days: int) -> date:
    return day_in("Europe/Brussels", utc_now()) + timedelta(days=days)


@pytest.fixture
def limited(administrator: PersonAtWork) -> Membership:
    return people.take_in_auditor("Lio Limited", "lio@audit.example", PASSWORD, [administrator], MARCH, NOW)[0]


def _at_work(membership: Membership) -> PersonAtWork:
    return at_work(membership.person, membership, "Clinic North", "Europe/Brussels")


def _opened(clinic_id) -> list[tuple[str, str]]:
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == clinic_id, AuditEntry.action == "page.opened")
        .order_by(AuditEntry.seq)
    )
    facts = [json.loads(entry.record)["facts"] for entry in entries]
    return [(fact["page"], fact["address"]) for fact in facts]


def test_one_form_takes_in_an_auditor_for_several_clinics(
    administrator: PersonAtWork, other_clinic: Clinic, client_for
) -> None:
    person = db.session.get_one(Person, administrator.id)
    people.join_clinic(person, other_clinic, Role.ADMINISTRATOR, administrator, NOW)
    ends = _days_from_today(30)
    page = client_for(administrator).open("/people").follow("Add an auditor")
    listed = page.submit(
        "Add the auditor", name="Lio Limited", email="lio@audit.example", password=PASSWORD,
        clinics=[str(administrator.clinic_id), str(other_clinic.id)],
        sees_from="2026-03-01", sees_until="2026-03-31", expires_on=ends,
    )  # fmt: skip
    assert "Done. Lio Limited can sign in." in listed.messages
    assert any("sees 1 Mar 2026 to 31 Mar 2026" in row[2] for row in listed.rows() if row[0] == "Lio Limited")
    memberships = db.session.scalars(select(Membership).join(Person).where(Person.name == "Lio Limited")).all()
    assert {(one.clinic_id, one.role, one.expires_on) for one in memberships} == {
        (administrator.clinic_id, Role.AUDITOR, ends),
        (other_clinic.id, Role.AUDITOR, ends),
    }
    assert verify(administrator.clinic_id).whole and verify(other_clinic.id).whole


def test_a_clinic_the_administrator_does_not_administer_is_not_offered(
    administrator: PersonAtWork, other_clinic: Clinic, client_for
) -> None:
    page = client_for(administrator).open("/people/auditors/new")
    assert [box.get("value") for box in page.all("input", name="clinics")] == [str(administrator.clinic_id)]
    page.submit(
        "Add the auditor", 422, name="Lio", email="lio@audit.example", password=PASSWORD,
        clinics=[str(other_clinic.id)], sees_from="2026-03-01", sees_until="2026-03-31", expires_on="2027-01-01",
    )  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


@pytest.mark.parametrize(("first", "last", "ends"), [(2, 1, 30), (1, 2, -1)])
def test_days_that_make_no_sense_are_refused(
    administrator: PersonAtWork, client_for, first: int, last: int, ends: int
) -> None:
    page = client_for(administrator).open("/people/auditors/new").submit(
        "Add the auditor", 422, name="Lio", email="lio@audit.example", password=PASSWORD,
        sees_from=_days_from_today(first), sees_until=_days_from_today(last), expires_on=_days_from_today(ends),
    )  # fmt: skip
    assert any("Choose" in error for error in page.errors())


def test_days_and_end_are_changed_on_one_page(limited: Membership, administrator: PersonAtWork, client_for) -> None:
    page = client_for(administrator).open(f"/people/{limited.id}").follow("Days and end of access")
    assert page.control("Sees the days from").get("value") == "2026-03-01"
    ends = _days_from_today(3)
    page.submit("Save", sees_until="2026-04-30", expires_on=ends)
    assert (limited.sees_from, limited.sees_until, limited.expires_on) == (date(2026, 3, 1), date(2026, 4, 30), ends)
    newest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert newest.action == "person.limited" and "2026-04-30" in newest.record


def test_only_an_auditor_is_limited(nurse: PersonAtWork, administrator: PersonAtWork) -> None:
    with pytest.raises(NotAnAuditor):
        people.limit_auditor(db.session.get_one(Membership, nurse.membership_id), MARCH, administrator, NOW)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            text(
                "UPDATE membership SET sees_from = '2026-03-01', sees_until = '2026-03-31', expires_on = '2027-01-31' "
                "WHERE role = 'nurse'"
            )
        )
        db.session.flush()


def test_a_limit_is_whole_and_ends_with_the_role(limited: Membership, administrator: PersonAtWork) -> None:
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE membership SET sees_from = NULL WHERE role = 'auditor'"))
    with pytest.raises(Invalid):
        Terms(date(2026, 3, 2), date(2026, 3, 1), date(2027, 1, 1))
    people.change_role(limited, Role.NURSE, administrator, NOW)
    assert (limited.sees_from, limited.sees_until, limited.expires_on) == (None, None, None)


def test_access_ends_by_itself_at_sign_in_and_at_every_request(limited: Membership, client_for, app: Flask) -> None:
    client = client_for(None)
    assert client.open("/sign-in").submit("Sign in", email="lio@audit.example", password=PASSWORD).url == "/log"
    _last_day(-1)
    said = "Your access to Clinic North ended with"
    for endpoint, url, permission in list(_routes(app, "GET")):
        if permission != "public":
            assert said in client.open(url, status=403).main, endpoint
    for endpoint, url, permission in list(_routes(app, "POST")):
        if permission != "public":
            sent = {"csrf_token": _token(client), "event_id": str(uuid4())}
            assert client.raw("POST", url, data=sent).status_code == 403, endpoint
    refused = client_for(None).open("/sign-in").submit("Sign in", 403, email="lio@audit.example", password=PASSWORD)
    assert any(said in error for error in refused.errors())


def _last_day(days: int) -> None:
    """Time goes by: an account whose last day lies so many days from today."""
    last = _days_from_today(days).isoformat()
    db.session.execute(text("UPDATE membership SET expires_on = :day WHERE role = 'auditor'"), {"day": last})
    db.session.expire_all()


def _token(client) -> str:
    return client.open("/sign-in").all("input", name="csrf_token")[0].get("value", "")


def test_the_last_day_itself_is_open(limited: Membership, client_for) -> None:
    _last_day(0)
    assert client_for(_at_work(limited)).open("/log").h1 == "Sterility log"


def test_an_access_that_ended_in_one_clinic_leaves_the_other(
    limited: Membership, other_clinic: Clinic, administrator: PersonAtWork, client_for
) -> None:
    people.join_clinic(limited.person, other_clinic, Role.MANAGER, administrator, NOW)
    _last_day(-9)
    client = client_for(None)
    assert client.open("/sign-in").submit("Sign in", email="lio@audit.example", password=PASSWORD).url == "/desk"
    entered = db.session.scalars(select(AuditEntry.chain).where(AuditEntry.action == "person.signed_in")).all()
    assert entered == [other_clinic.id]


@pytest.mark.parametrize("who", ["auditor", "limited"])
def test_each_page_an_auditor_opens_is_one_entry_of_the_record(
    app: Flask, who: str, client_for, request: pytest.FixtureRequest
) -> None:
    """The one write that follows a GET: an entry, and nothing else. What is refused was not opened."""
    found = request.getfixturevalue(who)
    person: PersonAtWork = _at_work(found) if isinstance(found, Membership) else found
    client = client_for(person)
    for endpoint, url, permission in [*_routes(app, "GET"), ("audit.verify", "/audit/verify", "audit.view")]:
        method = "POST" if endpoint == "audit.verify" else "GET"
        sent = {"csrf_token": client.token(), "event_id": str(uuid4())} if method == "POST" else None
        before, entries = _rows(), len(_opened(person.clinic_id))
        answered = client.raw(method, url, data=sent)
        noted = _opened(person.clinic_id)[entries:]
        opened = answered.status_code == 200 and permission != "public"
        assert noted == ([(endpoint, url)] if opened else []), endpoint
        assert {name: count - before[name] for name, count in _rows().items() if count != before[name]} == (
            {"audit_entry": 1} if opened else {}
        ), endpoint
    assert verify(person.clinic_id).whole


@pytest.mark.parametrize("who", ["nurse", "lead_nurse", "manager", "administrator"])
def test_no_page_of_anybody_else_writes_anything(
    app: Flask, who: str, client_for, request: pytest.FixtureRequest
) -> None:
    client = client_for(request.getfixturevalue(who))
    before = _rows()
    for endpoint, url, _ in list(_routes(app, "GET")):
        client.raw("GET", url)
        assert _rows() == before, endpoint


def test_what_an_auditor_asked_for_stands_in_the_entry_but_nothing_they_typed(
    auditor: PersonAtWork, administrator: PersonAtWork, client_for
) -> None:
    client = client_for(auditor)
    client.open("/log?first_day=2026-03-01&flag=any")
    client.open("/scan?text=Jane+Doe")
    assert _opened(auditor.clinic_id) == [
        ("sterility.index", "/log?first_day=2026-03-01&flag=any"),
        ("scanning.scan", "/scan"),
    ]
    page = client_for(administrator).open(f"/people/{auditor.membership_id}").follow("What was opened")
    assert [row[3] for row in page.rows()][:2] == ["page.opened", "page.opened"]


def test_files_are_among_what_is_noted(auditor: PersonAtWork, client_for) -> None:
    assert "oversight.compliance_csv" in FILES
    client_for(auditor).raw("GET", "/compliance.csv")
    assert [page for page, _ in _opened(auditor.clinic_id)] == ["oversight.compliance_csv"]


def _rows() -> dict[str, int]:
    return {
        table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Model.metadata.sorted_tables
    }
