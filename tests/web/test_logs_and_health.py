"""One line a request, with nothing of anybody in it; and a health page that knows when the database is gone."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from inventory import create_app, sqlite
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.web import logs
from inventory.web.access import PUBLIC, requires
from tests.databases import SETTINGS, file_app, fresh_database, postgresql_app
from tests.factories.sessions import make_ready, open_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
FIELDS = {"event", "level", "timestamp", "request", "method", "route", "status", "ms"}
SECRETS = ("P-24001", "Nora", "nora.nurse", "a long enough", "0109521101530001", "23A", "C-1001")
GONE = {"status": "the database does not answer"}


class Kept(logging.Handler):
    """The lines a handler of the clinic's own would take."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Takes the place of standard error."""
    logger, handler = logging.getLogger(logs.REQUESTS), Kept()
    before, logger.handlers = logger.handlers, [handler]
    yield handler
    logger.handlers = before


@pytest.fixture
def app(tmp_path: Path, kept: Kept) -> Iterator[Flask]:
    """The real application on a file of its own, its request log on as in a clinic."""
    application = file_app(tmp_path / "clinic.sqlite3", REQUEST_LOG=True)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def _lines(kept: Kept) -> list[dict[str, object]]:
    found = [json.loads(line) for line in kept.lines]
    kept.lines.clear()
    return found


def _health(application: Flask) -> tuple[int, dict[str, object]]:
    answer = application.test_client().get("/healthz")
    assert answer.mimetype == "application/json"
    body = answer.get_data(as_text=True)
    assert "/" not in body and "sqlite3" not in body, body
    return answer.status_code, answer.get_json()


def test_each_request_is_one_line_of_json(client_for: ClientFor, nurse: PersonAtWork, kept: Kept) -> None:
    client = client_for(nurse)
    for url, status in (("/sessions", 200), ("/nothing-here", 404), ("/people", 403), ("/scan/x", 404)):
        assert client.raw("GET", url).status_code == status
        (line,) = _lines(kept)
        assert line.keys() == FIELDS and (line["method"], line["status"]) == ("GET", status)
        assert re.fullmatch(r"[0-9a-f]{16}", str(line["request"])) and isinstance(line["ms"], int)
    client.raw("POST", "/sessions", data={})
    client.raw("P-24001", "/sessions")
    assert [line["method"] for line in _lines(kept)] == ["POST", "other"]


def test_nothing_of_a_person_a_patient_or_a_scan_is_in_a_line(
    client_for: ClientFor, nurse: PersonAtWork, kept: Kept, now: datetime
) -> None:
    """Address, query, body, headers and cookie are full of it; the line has the route's pattern only."""
    treatment = open_session(nurse, now, make_ready(nurse, now))
    client = client_for(nurse)
    page = client.open(f"/sessions/{treatment.id}")
    token = client.token()
    client.raw("GET", "/scan?text=0109521101530001%1D1023A&patient=P-24001", headers={"User-Agent": "Nora"})
    client.raw("GET", "/P/P-24001-C-1001")
    client.raw("GET", "/nothing/P-24001/Nora%20Nurse?name=Nora")
    client.raw("POST", "/scan", data={"csrf_token": token, "code": "010952110153000110P-24001", "text": "P-24001"})
    client.raw("POST", "/sign-in", data={"email": "nora.nurse@clinic.example", "password": "a long enough guess"})
    text_of_all = "\n".join(kept.lines)
    assert page.status == 200 and len(_lines(kept)) == 7
    assert not [secret for secret in SECRETS if secret in text_of_all]
    assert str(treatment.id) not in text_of_all and str(nurse.id) not in text_of_all and token not in text_of_all


def test_a_fault_of_ours_is_one_line_too_and_does_not_quote_itself(tmp_path: Path, kept: Kept) -> None:
    @requires(PUBLIC)
    def broken() -> str:
        raise ValueError("P-24001")

    application = file_app(tmp_path / "faulty.sqlite3", REQUEST_LOG=True, TESTING=False)
    application.add_url_rule("/broken", "broken", broken)
    assert application.test_client().get("/broken").status_code == 500
    (line,) = _lines(kept)
    assert (line["route"], line["status"]) == ("/broken", 500) and "P-24001" not in str(line)


def test_a_second_application_in_the_process_does_not_double_the_lines(tmp_path: Path, app: Flask, kept: Kept) -> None:
    file_app(tmp_path / "second.sqlite3", REQUEST_LOG=True)
    app.test_client().get("/healthz")
    assert len(_lines(kept)) == 1


def test_a_log_nobody_can_write_fails_no_request(app: Flask) -> None:
    gone = io.StringIO()
    gone.close()
    logging.getLogger(logs.REQUESTS).addHandler(logging.StreamHandler(gone))
    assert app.test_client().get("/healthz").status_code == 200


def test_the_lines_of_a_process_go_to_standard_error(tmp_path: Path) -> None:
    program = "from inventory import create_app; create_app().test_client().get('/healthz?name=Nora')"
    environment = {**os.environ, "STERILOG_DATA_DIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    (line,) = ran.stderr.splitlines()
    assert (json.loads(line)["route"], json.loads(line)["status"], ran.stdout) == ("/healthz", 503, "")


def test_the_health_page_says_how_the_database_is_opened(app: Flask) -> None:
    status, said = _health(app)
    linked = ".".join(map(str, sqlite.version))
    bug = sqlite.has_wal_reset_bug(sqlite.version)
    assert (status, said) == (
        200,
        {"status": "ok", "database": "sqlite", "sqlite": linked, "journal_mode": sqlite.journal_mode(),
         "wal_reset_bug": bug},
    )  # fmt: skip


def test_the_journal_mode_is_the_open_databases_own(app: Flask) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    assert _health(app)[1]["journal_mode"] == "DELETE"


def test_a_database_whose_file_was_deleted_does_not_answer(app: Flask, tmp_path: Path) -> None:
    """The open file would go on answering, and lose what is written to it."""
    assert _health(app)[0] == 200
    (tmp_path / "clinic.sqlite3").unlink()
    assert _health(app) == (503, GONE)


def test_a_database_that_comes_back_answers_again(app: Flask, tmp_path: Path) -> None:
    away = tmp_path / "away.sqlite3"
    (tmp_path / "clinic.sqlite3").rename(away)
    assert _health(app) == (503, GONE)
    away.rename(tmp_path / "clinic.sqlite3")
    assert _health(app)[0] == 200


@pytest.mark.parametrize("content", [None, b"", b"no database, but a text of some length " * 200], ids=str)
def test_a_file_that_is_no_database_of_ours_does_not_answer(tmp_path: Path, content: bytes | None) -> None:
    """A folder that is not there, an empty file, and text."""
    path = tmp_path / "other.sqlite3" if content is not None else tmp_path / "no" / "other.sqlite3"
    if content is not None:
        path.write_bytes(content)
    application = create_app({**SETTINGS, "DATABASE_URL": f"sqlite:///{path}"})
    assert _health(application) == (503, GONE)


def test_a_database_whose_tables_are_gone_does_not_answer(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE clinic RENAME TO lost"))
    assert _health(app) == (503, GONE)


def test_a_signed_in_browser_gets_the_same_answer(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie |= {"_user_id": "somebody", "clinic_id": "some clinic", "signed_in_at": "2026-11-23T09:00:00+00:00"}
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
    try:
        assert client.get("/healthz").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert not any("person" in statement for statement in seen)


def test_a_server_nobody_runs_does_not_answer() -> None:
    application = create_app({**SETTINGS, "DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none"})
    assert _health(application) == (503, GONE)


def test_a_server_is_named_without_its_host_and_found_gone_when_it_is(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--engine") == "sqlite":
        pytest.skip("runs with PostgreSQL")
    with fresh_database(request.getfixturevalue("postgresql_url"), "sterilog_health") as url:
        application = postgresql_app(url)
        assert _health(application) == (200, {"status": "ok", "database": "postgresql"})
    assert _health(application) == (503, GONE)
    with application.app_context():
        db.engine.dispose()
