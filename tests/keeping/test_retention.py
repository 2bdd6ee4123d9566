"""What is past its term goes, by one door; what a hold covers stays; the record stays whole."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.db import db
from inventory.devices.models import DeviceCheck
from inventory.devices.operations import keep_check
from inventory.keeping import operations, queries
from inventory.keeping.classes import RULES, RecordClass, as_years, digest
from inventory.keeping.errors import AlreadyHeld, AlreadyLifted, NamesPatient, NothingToHold, TermAsBefore, TermTooShort
from inventory.keeping.models import HoldKind, LegalHold, RemovedRow, RetentionDoor, RetentionReport, RetentionTerm
from inventory.keeping.removing import due, remove
from inventory.mail import operations as mail
from inventory.mail.models import Attachment, OutgoingMessage
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, SignInAttempt
from inventory.sessions import operations as sessions
from inventory.sessions.models import SessionSubject
from inventory.sessions.queries import subject_of
from inventory.sessions.subject_models import PatientSubject
from tests.factories.sessions import Ready, make_ready, start_session
from tests.keeping.lived import DAY, over, sent_mail, tried


@pytest.fixture
def ready(lead_nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(lead_nurse, now)


def _found(clinic: Clinic, record_class: RecordClass, now: datetime) -> int:
    return len(due(clinic.id, record_class, now).found)


def _run(record_class: RecordClass, by: PersonAtWork, now: datetime) -> RetentionReport:
    return remove(due(by.clinic_id, record_class, now), by, now)


@pytest.mark.parametrize(
    ("days", "said"),
    [(3653, "10 years"), (1096, "3 years"), (365, "1 year"), (366, "1 year"), (210, "210 days"), (400, "400 days")],
)
def test_a_term_is_said_as_people_say_it(days: int, said: str) -> None:
    assert as_years(days) == said


def test_no_proposed_term_is_shorter_than_the_least() -> None:
    assert all(rule.days >= rule.least for rule in RULES.values())
    assert RULES[RecordClass.REFERENCES].least == 210


def test_a_reference_goes_when_its_patient_was_last_there_ten_years_ago(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, now: datetime
) -> None:
    gone, stays = over(nurse, ready, now, "C-1"), over(nurse, ready, now, "C-2")
    again = over(nurse, ready, now + 400 * DAY, "C-2")
    later = now + timedelta(days=3653, hours=1)
    report = _run(RecordClass.REFERENCES, nurse, later)
    assert (subject_of(gone), subject_of(stays), subject_of(again)) == (None, "C-2", "C-2")
    assert db.session.scalars(select(PatientSubject.reference)).all() == ["C-2"]
    assert (report.removed, report.oldest) == (2, gone.closed_at)
    assert verify(clinic.id).whole


def test_a_reference_of_a_session_that_is_open_is_never_past_its_term(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, now: datetime
) -> None:
    start_session(nurse, now, ready)
    assert _found(clinic, RecordClass.REFERENCES, now + 9000 * DAY) == 0


def test_sent_mail_goes_and_what_waits_stays(clinic: Clinic, manager: PersonAtWork, now: datetime) -> None:
    sent_mail(manager, now)
    mail.queue("orders@supplier.example", "Order", "It waits", manager, now)
    sent_mail(manager, now + 300 * DAY)
    assert _found(clinic, RecordClass.MAIL, now + 365 * DAY) == 0
    report = _run(RecordClass.MAIL, manager, now + 366 * DAY)
    kinds = [kind for kind, _ in queries.removed_in(report)]
    assert sorted(kinds) == ["outgoing_attachment", "outgoing_message"]
    assert len(db.session.scalars(select(OutgoingMessage)).all()) == 2
    assert len(db.session.scalars(select(Attachment)).all()) == 1


def test_tries_to_sign_in_go_by_the_longest_term_of_all_clinics(
    clinic: Clinic, nurse: PersonAtWork, stranger: PersonAtWork, now: datetime
) -> None:
    mine, theirs = tried(nurse, now), tried(stranger, now)
    operations.set_term(RecordClass.SIGN_INS, 200, "Our insurer", "pin", stranger, now)
    assert _found(clinic, RecordClass.SIGN_INS, now + 199 * DAY) == 0
    _run(RecordClass.SIGN_INS, nurse, now + 201 * DAY)
    assert db.session.scalars(select(SignInAttempt.id)).all() == [theirs.id]
    assert mine.id != theirs.id


def test_morning_checks_go_after_three_years(clinic: Clinic, nurse: PersonAtWork, now: datetime) -> None:
    keep_check("Tablet 1", "ABC", "", nurse, now)
    assert _found(clinic, RecordClass.DEVICE_CHECKS, now + 1095 * DAY) == 0
    _run(RecordClass.DEVICE_CHECKS, nurse, now + 1097 * DAY)
    assert db.session.scalars(select(DeviceCheck)).all() == []


def test_a_run_leaves_an_entry_whose_digest_anybody_can_compute_again(
    clinic: Clinic, manager: PersonAtWork, now: datetime
) -> None:
    sent_mail(manager, now)
    report = _run(RecordClass.MAIL, manager, now + 400 * DAY)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None and (entry.action, entry.subject_id) == ("retention.removed", report.id)
    (change,) = json.loads(entry.record)["changes"]
    assert change["fields"]["digest"][1] == digest(queries.removed_in(report))
    assert change["fields"]["removed"][1] == len(queries.removed_in(report)) == 2
    assert verify(clinic.id).whole


def test_inv_29_every_row_an_entry_speaks_of_is_there_or_was_lawfully_removed(
    ready: Ready, clinic: Clinic, manager: PersonAtWork, nurse: PersonAtWork, now: datetime
) -> None:
    over(nurse, ready, now, "C-1")
    sent_mail(manager, now)
    keep_check("Tablet 1", "ABC", "", nurse, now)
    later = now + 4000 * DAY
    for each in (RecordClass.MAIL, RecordClass.DEVICE_CHECKS, RecordClass.REFERENCES):
        _run(each, manager, later)
    named = _named(clinic)
    removed = {(kind, str(key)) for kind, key in db.session.execute(select(RemovedRow.kind, RemovedRow.row_id))}
    for kind, model in (("outgoing_message", OutgoingMessage), ("device_check", DeviceCheck)):
        there = {(kind, str(key)) for key in db.session.scalars(select(model.id))}
        assert {row for row in named if row[0] == kind} == there | {row for row in removed if row[0] == kind}
        assert not there & removed


def _named(clinic: Clinic) -> set[tuple[str, str]]:
    named = set()
    for written in db.session.scalars(select(AuditEntry.record).where(AuditEntry.chain == clinic.id)):
        entry = json.loads(written)
        named |= {(change["kind"], str(change["id"])) for change in entry["changes"]}
    return named


@pytest.mark.parametrize("record_class", RecordClass)
def test_a_hold_on_the_clinic_stops_every_removal(
    ready: Ready,
    clinic: Clinic,
    nurse: PersonAtWork,
    administrator: PersonAtWork,
    now: datetime,
    record_class: RecordClass,
) -> None:
    over(nurse, ready, now, "C-1")
    sent_mail(nurse, now)
    tried(nurse, now)
    keep_check("Tablet 1", "ABC", "", nurse, now)
    (held,) = operations.hold(HoldKind.CLINIC, "", "A claim", administrator, now)
    found = due(clinic.id, record_class, now + 4000 * DAY)
    assert (len(found.found), found.held) == (0, 1)
    operations.lift(held, "Settled", administrator, now + DAY)
    assert _found(clinic, record_class, now + 4000 * DAY) == 1


def test_a_hold_on_a_session_a_patient_or_a_lot_keeps_the_reference(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    treatment = over(nurse, ready, now, "C-1")
    over(nurse, ready, now, "C-2")
    other = over(nurse, ready, now, "C-2")
    over(nurse, ready, now, "C-3")
    later = now + 4000 * DAY
    assert _found(clinic, RecordClass.REFERENCES, later) == 3
    operations.hold(HoldKind.SESSION, str(treatment.number), "A claim", administrator, now)
    assert _found(clinic, RecordClass.REFERENCES, later) == 2
    operations.hold(HoldKind.PATIENT, f"Session {other.number}", "A claim", administrator, now)
    assert _found(clinic, RecordClass.REFERENCES, later) == 1


def test_a_hold_on_a_lot_keeps_whose_sessions_it_came_into(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    sessions.close(treatment, nurse, now + timedelta(minutes=5), shots=10)
    later = now + 4000 * DAY
    assert _found(clinic, RecordClass.REFERENCES, later) == 1
    (held,) = operations.hold(HoldKind.LOT, ready.lot.number.lower(), "Recall in court", administrator, now)
    found = due(clinic.id, RecordClass.REFERENCES, later)
    assert (len(found.found), found.held) == (0, 1)
    assert held.label.startswith(f"Lot {ready.lot.number}")


def test_a_hold_says_what_it_cannot_find(ready: Ready, administrator: PersonAtWork, now: datetime) -> None:
    for kind in (HoldKind.SESSION, HoldKind.PATIENT, HoldKind.LOT):
        with pytest.raises(NothingToHold):
            operations.hold(kind, "999", "A claim", administrator, now)


def test_a_hold_is_placed_once_and_lifted_once(administrator: PersonAtWork, now: datetime) -> None:
    (held,) = operations.hold(HoldKind.CLINIC, "", "A claim", administrator, now)
    with pytest.raises(AlreadyHeld):
        operations.hold(HoldKind.CLINIC, "", "Another claim", administrator, now)
    operations.lift(held, "Settled", administrator, now)
    with pytest.raises(AlreadyLifted):
        operations.lift(held, "Settled", administrator, now)
    assert operations.hold(HoldKind.CLINIC, "", "Another claim", administrator, now)


def test_a_hold_never_repeats_the_reference_it_keeps(
    ready: Ready, nurse: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    treatment = over(nurse, ready, now, "C-1007")
    with pytest.raises(NamesPatient):
        operations.hold(HoldKind.PATIENT, str(treatment.number), "Claim of c-1007", administrator, now)


def test_a_term_is_never_shorter_than_a_recall_looks_back(administrator: PersonAtWork, now: datetime) -> None:
    with pytest.raises(TermTooShort, match="210"):
        operations.set_term(RecordClass.REFERENCES, 209, "Less is more", "pin", administrator, now)
    with pytest.raises(TermAsBefore):
        operations.set_term(RecordClass.REFERENCES, 3653, "As before", "pin", administrator, now)
    operations.set_term(RecordClass.REFERENCES, 7305, "French law", "pin", administrator, now)
    assert queries.days_of(administrator.clinic_id, RecordClass.REFERENCES) == 7305


def _refused(statement: object) -> None:
    db.session.flush()
    with pytest.raises(DBAPIError):
        db.session.execute(statement)
    db.session.rollback()


def test_the_database_keeps_terms_holds_and_reports(administrator: PersonAtWork, now: datetime) -> None:
    operations.set_term(RecordClass.MAIL, 700, "Tax", "pin", administrator, now)
    operations.hold(HoldKind.CLINIC, "", "A claim", administrator, now)
    db.session.commit()
    for statement in ("DELETE FROM retention_term", "UPDATE retention_term SET days = 8", "DELETE FROM legal_hold"):
        _refused(text(statement))
    _refused(text("UPDATE legal_hold SET reason = 'none'"))
    assert db.session.scalars(select(RetentionTerm.days)).all() == [700]
    assert db.session.scalars(select(LegalHold.reason)).all() == ["A claim"]


def test_nothing_is_removed_but_through_the_door(manager: PersonAtWork, nurse: PersonAtWork, now: datetime) -> None:
    sent_mail(manager, now)
    keep_check("Tablet 1", "ABC", "", nurse, now)
    db.session.commit()
    _refused(text("DELETE FROM device_check"))
    db.session.execute(delete(Attachment))
    _refused(text("DELETE FROM outgoing_message"))
    _open_door(manager, RecordClass.DEVICE_CHECKS, now)
    _refused(text("DELETE FROM device_check"))  # of `now`: not before it, as the door asks


def test_the_door_does_not_open_under_a_hold(administrator: PersonAtWork, now: datetime) -> None:
    operations.hold(HoldKind.CLINIC, "", "A claim", administrator, now)
    db.session.commit()
    with pytest.raises(DBAPIError):
        _open_door(administrator, RecordClass.MAIL, now)
    db.session.rollback()


def test_the_door_cannot_be_left_open(administrator: PersonAtWork, now: datetime) -> None:
    db.session.commit()
    _open_door(administrator, RecordClass.MAIL, now)
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalars(select(RetentionDoor)).all() == []


def test_a_reference_goes_only_with_a_note_and_does_not_come_back(
    app: Flask, ready: Ready, clinic: Clinic, nurse: PersonAtWork, now: datetime
) -> None:
    treatment = over(nurse, ready, now, "C-1")
    db.session.commit()
    _refused(delete(SessionSubject))
    _refused(text("UPDATE session_subject SET patient_reference = 'C-2'"))
    _run(RecordClass.REFERENCES, nurse, now + 4000 * DAY)
    db.session.add(PatientSubject(clinic_id=clinic.id, reference="C-1", key=bytes(32)))
    db.session.flush()
    row = {"clinic_id": clinic.id, "treatment_id": treatment.id, "patient_reference": "C-1"}
    _refused(insert(SessionSubject).values(row))


def _open_door(by: PersonAtWork, record_class: RecordClass, now: datetime) -> None:
    db.session.add(RetentionDoor(clinic_id=by.clinic_id, record_class=record_class, before=now))
    db.session.flush()
