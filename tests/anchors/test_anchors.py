"""Checkpoints that leave the house, and the close of a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory.anchors import operations, queries
from inventory.anchors.models import CheckpointMail, DayClose
from inventory.audit import verify
from inventory.audit.actors import Program
from inventory.audit.handing_out import newest_noted
from inventory.audit.models import AuditEntry
from inventory.audit.signing import sign, signer_in
from inventory.db import db
from inventory.mail.models import OutgoingMessage
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, Membership
from inventory.people.queries import membership_of
from tests.factories.sessions import make_ready, open_session, start_session

OUTSIDE = "notary@elsewhere.example"


@pytest.fixture
def signer(app, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    return signer_in(tmp_path)


def _clinic(by: PersonAtWork) -> Clinic:
    return db.session.get_one(Clinic, by.clinic_id)


def _membership(by: PersonAtWork) -> Membership:
    return membership_of(by.clinic_id, by.membership_id)


def _actions(by: PersonAtWork) -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == by.clinic_id)))


def test_each_address_gets_the_checkpoint_once_a_day(administrator: PersonAtWork, now, signer) -> None:
    row = operations.add_address(f" {OUTSIDE.upper()} ", administrator, now)
    noted = sign(administrator.clinic_id, signer, now)
    by, clinic = Program(administrator.clinic_id, administrator.time_zone), _clinic(administrator)
    first = operations.mail_checkpoint(row, noted, clinic, signer.public_key, by, now)
    again = operations.mail_checkpoint(row, noted, clinic, signer.public_key, by, now + timedelta(hours=2))
    tomorrow = operations.mail_checkpoint(row, noted, clinic, signer.public_key, by, now + timedelta(days=1))
    assert (first.size, again, tomorrow.day - first.day) == (noted.checkpoint.size, None, timedelta(days=1))
    letters = db.session.scalars(select(OutgoingMessage)).all()
    assert [letter.to_address for letter in letters] == [OUTSIDE, OUTSIDE]
    assert (queries.mailed(administrator.clinic_id)[0].day, len(letters)) == (tomorrow.day, 2)


def test_what_stands_between_the_rulers_of_the_mail_is_an_anchor(administrator: PersonAtWork, now, signer) -> None:
    row = operations.add_address(OUTSIDE, administrator, now)
    noted = sign(administrator.clinic_id, signer, now)
    by = Program(administrator.clinic_id, administrator.time_zone)
    operations.mail_checkpoint(row, noted, _clinic(administrator), signer.public_key, by, now)
    body = db.session.scalars(select(OutgoingMessage.body)).one()
    kept = body.split("-" * 60 + "\n")[1]
    held = verify.Held(verify.read_key(signer.public_key))
    assert verify.read_anchor(kept, held).root == noted.checkpoint.root
    assert signer.public_key in body


def test_one_address_gets_it_once_and_can_be_ended_and_named_again(administrator: PersonAtWork, now) -> None:
    row = operations.add_address(OUTSIDE, administrator, now)
    with pytest.raises(operations.AlreadyMailed):
        operations.add_address(OUTSIDE, administrator, now)
    operations.end_address(row, administrator, now)
    operations.end_address(row, administrator, now + timedelta(hours=1))
    assert (row.ended_at, queries.addresses(administrator.clinic_id)) == (now, [])
    assert operations.add_address(OUTSIDE, administrator, now).id != row.id
    assert _actions(administrator)[-3:] == ["anchor.address_added", "anchor.address_ended", "anchor.address_added"]


def test_a_day_is_closed_with_what_it_came_to(nurse: PersonAtWork, now) -> None:
    ready = make_ready(nurse, now)
    start_session(nurse, now, ready)
    day = now.date()
    closed = operations.close_day(day, _membership(nurse), nurse, now)
    assert (closed.sessions_open, closed.sessions_closed, closed.needles_used) == (1, 0, 1)
    again = operations.close_day(day, _membership(nurse), nurse, now + timedelta(hours=1))
    assert (closed.number, again.number) == (1, 2)
    yesterday = operations.close_day(day - timedelta(days=1), _membership(nurse), nurse, now)
    assert (yesterday.number, yesterday.needles_used, yesterday.sessions_open) == (1, 0, 1)
    assert _actions(nurse).count("day.closed") == 3


def test_a_day_that_has_not_begun_is_not_closed(nurse: PersonAtWork, now) -> None:
    with pytest.raises(operations.NotYet):
        operations.close_day(now.date() + timedelta(days=1), _membership(nurse), nurse, now)


def test_the_clinics_day_decides_what_belongs_to_it(nurse: PersonAtWork, now) -> None:
    """Brussels is an hour ahead of UTC in November: 23:30 UTC is the next day there."""
    late = now.replace(hour=23, minute=30)
    start_session(nurse, late, make_ready(nurse, late))
    count = [
        queries.counted(nurse.clinic_id, nurse.time_zone, late.date() + timedelta(days=n)).needles_used for n in (0, 1)
    ]
    assert count == [0, 1]


def test_the_sheet_of_a_closed_day_bears_a_checkpoint_that_speaks_of_its_close(
    client_for, nurse: PersonAtWork, now, signer
) -> None:
    open_session(nurse, now, make_ready(nurse, now))
    client = client_for(nurse)
    page = client.open("/day-close")
    assert not page.has("*", aria_label="The checkpoint as a QR code")
    page = page.submit("Close the day")
    assert page.has("*", aria_label="The checkpoint as a QR code")
    (closed,) = db.session.scalars(select(DayClose)).all()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == closed.id)).one()
    assert queries.signed_since(nurse.clinic_id, closed.at).size > entry.seq
    shown = verify.read_anchor(page.one("pre").text, verify.Held(verify.read_key(signer.public_key)))
    assert shown.size == newest_noted(nurse.clinic_id).checkpoint.size


def test_a_day_is_not_closed_by_whoever_only_looks(client_for, auditor: PersonAtWork) -> None:
    page = client_for(auditor).open("/day-close")
    assert not page.has("button", text="Close the day")


def test_a_day_typed_wrong_is_refused_with_a_sentence(client_for, nurse: PersonAtWork) -> None:
    client = client_for(nurse)
    for typed in ("yesterday", "2099-01-01", ""):
        page = client.open("/day-close").submit("Close the day", day=typed, status=422)
        assert page.errors(), typed
    assert db.session.scalars(select(DayClose)).all() == []
    assert client.open("/day-close?day=never").h1.startswith("Day close")


def test_an_administrator_names_addresses_and_an_auditor_sees_them(
    client_for, administrator: PersonAtWork, auditor: PersonAtWork, now
) -> None:
    page = client_for(administrator).open("/anchors").submit("Mail it there", address=OUTSIDE)
    assert any(OUTSIDE in message for message in page.messages)
    refused = page.submit("Mail it there", address="not an address", status=422)
    assert refused.errors()
    seen = client_for(auditor).open("/anchors")
    assert seen.rows() == [[OUTSIDE, "none yet", "-"]]
    assert not seen.has("button", text="Stop")
    page.submit("Stop")
    assert client_for(auditor).open("/anchors").rows() == []


def test_another_clinics_address_is_not_there(
    client_for, administrator: PersonAtWork, stranger: PersonAtWork, now
) -> None:
    theirs = operations.add_address(OUTSIDE, stranger, now)
    client = client_for(administrator)
    sent = {"csrf_token": client.token(), "event_id": str(theirs.id)}
    assert client.raw("POST", f"/anchors/{theirs.id}/end", data=sent).status_code == 404
    assert theirs.ended_at is None


def test_what_was_mailed_stays_as_it_was(administrator: PersonAtWork, now, signer) -> None:
    row = operations.add_address(OUTSIDE, administrator, now)
    noted = sign(administrator.clinic_id, signer, now)
    by = Program(administrator.clinic_id, administrator.time_zone)
    sent = operations.mail_checkpoint(row, noted, _clinic(administrator), signer.public_key, by, now)
    assert db.session.scalars(select(CheckpointMail.size)).one() == sent.size
    with pytest.raises(Exception, match="append-only"), db.session.begin_nested():
        db.session.execute(CheckpointMail.__table__.update().values(size=1))


def test_who_changes_something_gets_a_receipt_that_the_verifier_takes(client_for, nurse: PersonAtWork, now) -> None:
    client = client_for(nurse)
    page = client.open("/day-close")
    form = {name: control.get("value") for control in page.all("input") if (name := control.get("name"))}
    answer = client.raw("POST", "/day-close", data={**form, "day": now.date().isoformat()})
    kept = verify.read_receipt(answer.headers["Sterilog-Receipt"])
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == nurse.clinic_id, AuditEntry.seq == kept.seq)
    ).one()
    assert (kept.chain, kept.leaf) == (str(nurse.clinic_id), entry.hash.hex())
    assert "Sterilog-Receipt" not in client.raw("GET", "/day-close").headers
