"""INV-4 at the door that a scan comes in by: what is answered leaves an entry, what fails changes nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from inventory.audit.models import AuditEntry, StoredAnswer
from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.db import Model, db
from inventory.people.actors import PersonAtWork
from inventory.sessions import queries
from inventory.sessions.models import TreatmentSession
from tests.factories.sessions import Ready, make_ready, open_session, set_up
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def earlier() -> datetime:
    """An hour ago: pages go by the real clock."""
    return utc_now() - timedelta(hours=1)


@pytest.fixture
def standing(nurse: PersonAtWork, earlier: datetime) -> Ready:
    return make_ready(nurse, earlier)


@pytest.fixture
def treatment(nurse: PersonAtWork, earlier: datetime, standing: Ready) -> TreatmentSession:
    return open_session(nurse, earlier, standing)


@pytest.fixture
def room(client_for: ClientFor, nurse: PersonAtWork) -> PageClient:
    return client_for(nurse)


@contextmanager
def _refused(table: str) -> Iterator[None]:
    """The database takes no new row of `table`, as it does where a rule of its own is broken."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    refuse = f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
    constrain = f"ALTER TABLE {table} ADD CONSTRAINT full_table CHECK (false) NOT VALID"
    db.session.execute(text(refuse if on_sqlite else constrain))
    db.session.commit()
    try:
        yield
    finally:
        db.session.rollback()
        db.session.execute(
            text("DROP TRIGGER full" if on_sqlite else f"ALTER TABLE {table} DROP CONSTRAINT full_table")
        )
        db.session.commit()


def _rows(*but: str) -> Rows:
    """Every row of every table but those named and the stored answers, which only tell what was answered."""
    left_out = {*but, StoredAnswer.__tablename__}
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in Model.metadata.sorted_tables
        if table.name not in left_out
    }


def _actions(treatment: TreatmentSession) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.chain == treatment.clinic_id).order_by(AuditEntry.seq)
    return list(db.session.scalars(query))


def _url(treatment: TreatmentSession) -> str:
    return f"/sessions/{treatment.id}"


def _send(room: PageClient, treatment: TreatmentSession, **fields: str) -> TestResponse:
    """A scan as the script sends it, with the event that the page named."""
    page = room.open(_url(treatment))
    form = next(form for form in page.all("form") if form.get("action") == f"{_url(treatment)}/scans")
    named = {field.get("name"): field.get("value", "") for field in form.iter("input") if field.get("type") == "hidden"}
    return room.raw("POST", f"{_url(treatment)}/scans", data={**named, **fields}, headers={"HX-Request": "true"})


def test_inv_04_a_refused_scan_is_answered_409_with_an_entry_and_changes_nothing_else(
    room: PageClient, treatment: TreatmentSession
) -> None:
    db.session.commit()
    before, said = _rows("scan", "audit_entry", "audit_head"), _actions(treatment)
    answer = _send(room, treatment, text="no label at all")
    assert answer.status_code == 409
    assert _rows("scan", "audit_entry", "audit_head") == before
    assert _actions(treatment) == [*said, "session.scanned"]
    assert [scan.tone for scan in queries.scans_of(treatment)] == ["red"]


def test_inv_04_a_scan_that_the_session_refuses_is_answered_409_with_an_entry_and_nothing_else(
    room: PageClient, nurse: PersonAtWork, earlier: datetime, standing: Ready
) -> None:
    treatment = set_up(nurse, earlier, standing)
    page = room.open(_url(treatment))
    page.submit("Abandon", reason="The patient left")
    before, said = _rows("audit_entry", "audit_head"), _actions(treatment)
    page.submit("Scan", status=409, text=standing.packs[1].code)
    assert _rows("audit_entry", "audit_head") == before
    assert _actions(treatment) == [*said, "request.refused"]


@pytest.mark.parametrize("fields", [{"text": ""}, {"text": "x" * 5000}, {"event_id": "none", "text": "P"}])
def test_inv_04_what_is_no_scan_is_answered_422_and_leaves_nothing(
    room: PageClient, treatment: TreatmentSession, fields: dict[str, str]
) -> None:
    db.session.commit()
    before = _rows()
    assert _send(room, treatment, **fields).status_code == 422
    assert _rows() == before


def test_inv_04_a_pack_that_the_database_does_not_let_open_is_refused_with_an_entry_and_nothing_else(
    room: PageClient, treatment: TreatmentSession, standing: Ready
) -> None:
    db.session.commit()
    before, said = _rows("scan", "audit_entry", "audit_head"), _actions(treatment)
    with _refused("pack_use"):
        assert _send(room, treatment, text=standing.packs[0].code).status_code == 409
    assert _rows("scan", "audit_entry", "audit_head") == before
    assert _actions(treatment) == [*said, "session.scanned"]


@pytest.mark.parametrize("table", ["scan", "audit_entry", "stored_answer"])
def test_inv_04_a_scan_that_the_database_refuses_leaves_nothing_and_can_be_sent_again(
    room: PageClient, treatment: TreatmentSession, standing: Ready, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Whichever of its rows it fails at: what stood before stands, and the same event is then taken as new."""
    # The program's own answer to a fault, which tests are otherwise told of by the fault itself.
    monkeypatch.setitem(room.app.config, "TESTING", False)
    page = room.open(_url(treatment))
    before, answers = _rows(), db.session.query(StoredAnswer).count()
    with _refused(table):
        failed = page.submit("Scan", status=500, text=standing.packs[0].code)
        assert "Nothing was saved" in failed.main
        assert _rows() == before and db.session.query(StoredAnswer).count() == answers
    assert verify(treatment.clinic_id).whole
    page = page.submit("Scan", text=standing.packs[0].code)
    assert page.one("section", data_verdict=None).get("data-verdict") == "go"
    assert _actions(treatment).count("session.scanned") == 1
