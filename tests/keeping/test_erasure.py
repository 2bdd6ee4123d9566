"""A patient's reference is erased: nothing of it is left anywhere, and the record still verifies."""

import hmac
import json
import random
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from inventory import schema
from inventory.audit.canonical import canonical
from inventory.audit.models import AuditEntry, StoredAnswer
from inventory.audit.queries import verify
from inventory.db import db
from inventory.keeping import erasure_list, operations, traces
from inventory.keeping.erasing import erase
from inventory.keeping.errors import AlreadyErased, Held, NamesPatient, PatientInTreatment
from inventory.keeping.models import ErasedSubject, HoldKind
from inventory.keeping.replaying import replay
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, Role
from inventory.sessions.models import SessionSubject
from inventory.sessions.queries import subject_of, treatment_of
from inventory.sessions.references import commitment
from inventory.sessions.subject_models import PatientSubject
from inventory.sessions.subjects import commitment_of, subject_for
from tests import databases
from tests.conftest import NOW, _somebody
from tests.factories.sessions import Ready, make_ready, start_session
from tests.keeping.lived import DAY, over
from tests.pages import PageClient

REFERENCE = "ZQ-77310-MAATJE"


@pytest.fixture
def ready(lead_nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(lead_nurse, now)


def _opened(by: PersonAtWork) -> list[dict]:
    entries = db.session.scalars(select(AuditEntry.record).where(AuditEntry.action == "session.opened"))
    return [json.loads(entry)["facts"] for entry in entries]


def test_the_record_speaks_of_a_patient_by_a_commitment_under_their_own_key(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, now: datetime
) -> None:
    over(nurse, ready, now, "C-1")
    over(nurse, ready, now, "C-2")
    over(nurse, ready, now, "C-1")
    subject = subject_for(clinic.id, "C-1")
    said = hmac.new(subject.key, clinic.id.bytes + b"C-1", sha256).hexdigest()
    assert [each["patient"] == said for each in _opened(nurse)] == [True, False, True]
    assert len(subject.key) == 32 and subject.key != subject_for(clinic.id, "C-2").key


def test_one_reference_in_two_clinics_is_two_patients() -> None:
    key, one, other = bytes(32), uuid4(), uuid4()
    assert commitment(key, one, "C-1") != commitment(key, other, "C-1")


def test_all_sessions_of_a_reference_are_erased_together_and_no_other(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    first, other, second = (over(nurse, ready, now + n * DAY, ref) for n, ref in enumerate(("C-1", "C-2", "C-1")))
    said = commitment_of(subject_for(clinic.id, "C-1"))
    gone = erase(second, "Asked for in writing", "pin", lead_nurse, now + 3 * DAY)
    assert [subject_of(each) for each in (first, other, second)] == [None, "C-2", None]
    assert gone.commitment == said
    assert {row.treatment_id for row in gone.erased} == {first.id, second.id}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None and entry.action == "subject.erased"
    facts = json.loads(entry.record)["facts"]
    assert facts["patient"] == said and facts["reason"] == "Asked for in writing" and facts["within_look_back"]
    assert set(facts["sessions"]) == {str(first.id), str(second.id)}
    assert verify(clinic.id).whole
    with pytest.raises(AlreadyErased):
        erase(first, "Once more", "pin", lead_nurse, now + 3 * DAY)


def test_a_patient_who_comes_back_after_the_erasure_is_a_new_one(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    before = over(nurse, ready, now, "C-1")
    said = erase(before, "Asked for", "pin", lead_nurse, now + DAY).commitment
    after = over(nurse, ready, now + 2 * DAY, "C-1")
    assert (subject_of(before), subject_of(after)) == (None, "C-1")
    assert commitment_of(subject_for(clinic.id, "C-1")) != said


def test_a_hold_stops_an_erasure(
    ready: Ready, nurse: PersonAtWork, lead_nurse: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    treatment = over(nurse, ready, now, "C-1")
    for kind, what in ((HoldKind.CLINIC, ""), (HoldKind.SESSION, "1"), (HoldKind.PATIENT, "1")):
        (held,) = operations.hold(kind, what, "A claim", administrator, now)
        with pytest.raises(Held, match="A claim"):
            erase(treatment, "Asked for", "pin", lead_nurse, now + DAY)
        operations.lift(held, "Settled", administrator, now)
    erase(treatment, "Asked for", "pin", lead_nurse, now + DAY)


def test_who_is_being_treated_is_not_erased(
    ready: Ready, nurse: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    with pytest.raises(PatientInTreatment):
        erase(treatment, "Asked for", "pin", lead_nurse, now + DAY)


def test_a_reason_never_repeats_the_reference(
    ready: Ready, nurse: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    treatment = over(nurse, ready, now, REFERENCE)
    with pytest.raises(NamesPatient):
        erase(treatment, f"letter of {REFERENCE.lower()}", "pin", lead_nurse, now + DAY)


def test_inv_36_what_is_kept_of_the_form_leads_back_to_no_reference(
    ready: Ready, nurse: PersonAtWork, client_for
) -> None:
    """The hash of a form is kept for ever; with the reference in it, case numbers could be tried out."""
    client: PageClient = client_for(nurse)
    page = client.open("/sessions/new")
    for reference in (REFERENCE, "C-2"):
        page.submit("Open session", event_id=str(uuid4()), patient_reference=reference)
    hashes = db.session.scalars(select(StoredAnswer.request_hash)).all()
    assert len(hashes) == 2 and hashes[0] == hashes[1], "which patient it was makes no difference to it"


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple[Flask, PersonAtWork, Ready]]:
    """A clinic in a file of its own, with many patients whose references were entered in any order."""
    app = databases.file_app(tmp_path / "clinic.sqlite3", DATA_DIR=tmp_path)
    with app.app_context():
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        by = _somebody(clinic, "Lea Lead", Role.LEAD_NURSE)
        ready = make_ready(by, NOW)
        shuffled = random.Random(4)
        for number in shuffled.sample(range(100_000), 120):
            over(by, ready, NOW, f"ZQ-{number:05}-MAATJ")
        for _ in range(3):
            over(by, ready, NOW, REFERENCE)
        for number in shuffled.sample(range(100_000), 3000):
            subject_for(clinic.id, f"ZQ-{number:05}-MAAT")
        db.session.commit()
        yield app, by, ready
        db.session.remove()
        db.engine.dispose()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_inv_36_no_byte_of_the_reference_or_its_key_is_left_in_any_file(
    at_work: tuple[Flask, PersonAtWork, Ready], tmp_path: Path
) -> None:
    _, by, _ = at_work
    subject = subject_for(by.clinic_id, REFERENCE)
    key, row = subject.key, subject.id
    treatment = db.session.scalars(
        select(SessionSubject).where(SessionSubject.patient_reference == REFERENCE).limit(1)
    ).one()
    session = treatment_of(by.clinic_id, treatment.treatment_id)
    before = _bytes(tmp_path)
    assert REFERENCE.encode() in before and key in before, "the search finds what is there"
    erase(session, "Asked for in writing", "pin", by, NOW + DAY)
    db.session.commit()
    erasure_list.bring_up_to_date(erasure_list.list_in(tmp_path))
    db.session.rollback()
    assert traces.wipe()
    after = _bytes(tmp_path)
    assert REFERENCE.encode() not in after and REFERENCE[:12].encode() not in after
    assert key not in after and row.hex.encode() not in after
    assert db.session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert verify(by.clinic_id).whole
    assert len(db.session.scalars(select(PatientSubject.id)).all()) >= 3000


def test_older_pages_are_said_to_be_there_while_somebody_reads_them(
    at_work: tuple[Flask, PersonAtWork, Ready], tmp_path: Path
) -> None:
    app, by, _ = at_work
    with app.app_context():
        reader = db.engine.connect()
        reader.execute(text("SELECT count(*) FROM clinic"))
    session = db.session.scalars(
        select(SessionSubject.treatment_id).where(SessionSubject.patient_reference == REFERENCE)
    )
    erase(treatment_of(by.clinic_id, session.first()), "Asked for", "pin", by, NOW + DAY)
    db.session.commit()
    assert not traces.wipe()
    reader.close()
    assert traces.wipe() and REFERENCE.encode() not in _bytes(tmp_path)


def test_the_list_beside_the_database_names_every_erasure_once(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, lead_nurse: PersonAtWork, now: datetime, tmp_path: Path
) -> None:
    place = erasure_list.list_in(tmp_path)
    treatment = over(nurse, ready, now, "C-1")
    erase(treatment, "Asked for", "pin", lead_nurse, now + DAY)
    assert erasure_list.bring_up_to_date(place) == 1
    assert erasure_list.bring_up_to_date(place) == 0
    (line,) = erasure_list.read(place)
    assert (line.clinic_id, line.treatment_id) == (clinic.id, treatment.id)
    assert "C-1" not in place.read_text()


def test_a_damaged_list_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    place = erasure_list.list_in(tmp_path)
    place.write_text('{"clinic": "nonsense"}\n')
    with pytest.raises(erasure_list.ListDamaged, match="Line 1"):
        erasure_list.read(place)


def test_what_was_erased_is_erased_again_in_a_backup_from_before(
    ready: Ready, clinic: Clinic, nurse: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    """Also where the backup knows a hold that was lifted later."""
    treatment = over(nurse, ready, now, "C-1")
    other = over(nurse, ready, now, "C-2")
    operations.hold(HoldKind.CLINIC, "", "A claim", administrator, now)
    line = erasure_list.Line(clinic.id, treatment.id)
    assert replay([line, erasure_list.Line(uuid4(), uuid4())], now + DAY) == 1
    assert replay([line], now + DAY) == 0
    assert (subject_of(treatment), subject_of(other)) == (None, "C-2")
    assert db.session.scalars(select(ErasedSubject.treatment_id)).all() == [treatment.id]
    assert verify(clinic.id).whole


def test_the_hash_of_a_form_from_before_is_forgotten_by_the_migration(tmp_path: Path) -> None:
    app = databases.file_app(tmp_path / "old.sqlite3")
    schema.migrate_down(app, "0141")
    with app.app_context():
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        said = {"message": "Session 1 is open. Scan the gun.", "location": "/sessions/1", "accepted": True}
        refused = {"message": "Use a case number.", "location": "", "accepted": False}
        other = {"message": "Session 1 is closed.", "location": "/sessions/1", "accepted": True}
        for answer in (said, refused, other):
            digest = sha256(canonical({"patient_reference": "C-1"})).digest()
            db.session.add(
                StoredAnswer(
                    clinic_id=clinic.id, event_id=uuid4(), request_hash=digest, answer=json.dumps(answer), at=NOW
                )
            )
        db.session.commit()
        db.session.remove()
    schema.migrate(app)
    with app.app_context():
        hashes = {row.answer: row.request_hash for row in db.session.scalars(select(StoredAnswer))}
        assert [hashes[json.dumps(each)] == bytes(32) for each in (said, refused, other)] == [True, True, False]
        db.session.remove()
        db.engine.dispose()
