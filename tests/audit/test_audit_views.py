"""The record's pages."""

import io
import zipfile
from uuid import uuid4

import pytest

from inventory.audit import verify
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.db import db
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, Membership, Role
from tests.conftest import NOW


def _looks(clinic: Clinic, number: int) -> None:
    for step in range(number):
        record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW, step=step)


def test_an_entry_shows_who_did_what_when_with_old_and_new(
    auditor: PersonAtWork, administrator: PersonAtWork, nurse: PersonAtWork, client_for
) -> None:
    membership = db.session.get_one(Membership, nurse.membership_id)
    people.change_role(membership, Role.LEAD_NURSE, administrator, NOW)
    newest = client_for(auditor).open("/audit").rows()[0]
    assert newest[1:4] == ["23 Nov 2026, 10:00", "Ada Admin", "person.role changed"]
    assert "membership.role: nurse → lead_nurse" in newest[4]


def test_the_pages_of_the_record_lead_through_all_of_it(
    administrator: PersonAtWork, clinic: Clinic, client_for
) -> None:
    _looks(clinic, 120)
    page, seen = client_for(administrator).open("/audit"), list[int]()
    while True:
        seen += [int(row[0]) for row in page.rows()]
        if not page.all("a", text="Older"):
            break
        page = page.follow("Older")
    assert seen == list(range(max(seen), -1, -1))
    assert page.follow("Newest entries").rows()[0][0] == str(max(seen))


def test_the_history_of_one_thing(auditor: PersonAtWork, nurse: PersonAtWork, clinic: Clinic, client_for) -> None:
    _looks(clinic, 60)
    client = client_for(auditor)
    page = client.open(f"/audit/of/{clinic.id}")
    assert {row[3] for row in page.rows()} == {"clinic.looked at"} and len(page.rows()) == 50
    older = page.follow("Older")
    assert older.rows()[-1][3] == "clinic.founded" and len(older.rows()) == 11
    assert client.open(f"/audit/of/{uuid4()}").rows() == []


@pytest.mark.parametrize("before", ["-1", "x", "99999999999999999999"])
def test_a_silly_page_is_the_newest_one(administrator: PersonAtWork, client_for, before: str) -> None:
    client = client_for(administrator)
    assert client.open(f"/audit?before={before}").rows() == client.open("/audit").rows()


def test_another_clinics_record_is_not_shown(auditor: PersonAtWork, stranger: PersonAtWork, client_for) -> None:
    assert client_for(auditor).open(f"/audit/of/{stranger.id}").rows() == []
    assert not [row for row in client_for(auditor).open("/audit").rows() if "Clinic South" in row[4]]


def test_a_whole_record_is_verified_on_the_page(auditor: PersonAtWork, clinic: Clinic, client_for) -> None:
    _looks(clinic, 3)
    page = client_for(auditor).open("/audit").submit("Verify now")
    assert page.has("section", data_verdict="go")


def test_only_the_auditor_and_the_administrator_read_the_record(
    auditor, administrator, nurse, lead_nurse, manager, client_for
) -> None:
    for person in (auditor, administrator):
        assert client_for(person).open("/audit").h1 == "Record"
    for person in (nurse, lead_nurse, manager):
        for url in ("/audit", f"/audit/of/{nurse.id}"):
            client_for(person).open(url, status=403)


def test_the_record_is_handed_out_signed_and_the_page_then_shows_the_checkpoint(
    auditor: PersonAtWork, clinic: Clinic, client_for
) -> None:
    client = client_for(auditor)
    assert not client.open("/audit/proof").has("pre")
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    answer = client.raw("POST", "/audit/proof/record.zip", data=sent)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as export:
        lines = export.read("log.ndjson").splitlines()
        key = export.read("public_key.txt").decode()
    page = client.open("/audit/proof")
    note = "".join(page.one("pre").itertext())
    held = verify.Held(verify.read_key(key))
    held = verify.Held(held.key, (verify.read_anchor(note, held),))
    report = verify.verify(lines, held)
    assert report.matched == 1 and report.signed_to == report.size
    assert page.has("*", aria_label="The checkpoint as a QR code") and key.strip() in page.main


def test_the_history_of_one_thing_is_handed_out_with_its_proof_and_nothing_else(
    auditor: PersonAtWork, nurse: PersonAtWork, administrator: PersonAtWork, clinic: Clinic, client_for
) -> None:
    _looks(clinic, 10)
    membership = db.session.get_one(Membership, nurse.membership_id)
    people.change_role(membership, Role.LEAD_NURSE, administrator, NOW)
    client = client_for(auditor)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    answer = client.raw("POST", f"/audit/of/{nurse.id}/proof.zip", data=sent)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as export:
        lines = export.read("log.ndjson").splitlines()
        key = export.read("public_key.txt").decode()
    report = verify.verify(lines, verify.Held(verify.read_key(key)))
    assert 0 < report.records < report.size and report.signed_to == report.size
    assert b"looked_at" not in b"".join(lines)


def test_another_clinics_history_is_not_handed_out(auditor: PersonAtWork, stranger: PersonAtWork, client_for) -> None:
    client = client_for(auditor)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    for subject in (stranger.id, uuid4()):
        assert client.raw("POST", f"/audit/of/{subject}/proof.zip", data=sent).status_code == 404
