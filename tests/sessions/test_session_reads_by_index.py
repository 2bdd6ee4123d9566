"""What a nurse waits for costs what the session holds, not what the clinic has been through."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason
from inventory.sessions.setup import checklist
from tests.conftest import NOW
from tests.factories.sessions import make_ready, open_session, start_session
from tests.pages import PageClient


@pytest.fixture
def scanned_tables(app: Flask) -> Iterator[list[str]]:
    """What SQLite read from end to end: `SCAN` in the plan of a statement, except of an answer found within it."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("plans are read from SQLite")
    whole: list[str] = []

    def planned(_connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if not statement.startswith(("SELECT", "UPDATE")) or isinstance(parameters, list):
            return
        for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):  # type: ignore[attr-defined]
            if row[3].startswith("SCAN ") and not row[3].startswith(("SCAN CONSTANT ROW", "SCAN (subquery")):
                whole.append(f"{row[3]}: {statement[:200]}")

    event.listen(db.engine, "before_cursor_execute", planned)
    yield whole
    event.remove(db.engine, "before_cursor_execute", planned)


def test_no_scan_of_a_session_reads_a_whole_table(nurse: PersonAtWork, scanned_tables: list[str]) -> None:
    ready = make_ready(nurse, NOW)
    treatment = open_session(nurse, NOW, ready)
    scanned_tables.clear()
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        assert scan_in(treatment, code, nurse, NOW).tone == "green"
    assert all(item.done for item in checklist(treatment) if item.required)
    assert not scanned_tables, "\n".join(scanned_tables)


def test_no_swap_and_no_close_reads_a_whole_table(nurse: PersonAtWork, scanned_tables: list[str]) -> None:
    ready = make_ready(nurse, NOW)
    treatment = start_session(nurse, NOW, ready, area_cm2=450)
    scanned_tables.clear()
    at = treatment.started_at + timedelta(minutes=3)
    assert scan_in(treatment, ready.packs[1].code, nurse, at, swap=Swap(RemovalReason.LIMIT_REACHED, 90)).code
    sessions.close(treatment, nurse, at + timedelta(minutes=20), shots=150)
    assert not scanned_tables, "\n".join(scanned_tables)


def test_no_page_of_the_treatment_room_reads_a_whole_table(
    nurse: PersonAtWork, client_for: Callable[[PersonAtWork], PageClient], scanned_tables: list[str]
) -> None:
    treatment = start_session(nurse, NOW, make_ready(nurse, NOW), area_cm2=450)
    db.session.commit()
    client = client_for(nurse)
    scanned_tables.clear()
    for path in ("", f"/{treatment.id}", f"/{treatment.id}/areas"):
        client.open(f"/sessions{path}")
    assert not scanned_tables, "\n".join(scanned_tables)
