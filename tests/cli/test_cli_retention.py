"""`sterilog retention run`: nothing unsigned goes, and what went is verified by everything that verifies."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inventory.audit import verify
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.keeping import operations
from inventory.keeping.models import HoldKind, RetentionReport
from inventory.people.models import Clinic, Role
from inventory.sessions.models import SessionSubject
from tests.cli.commands import run
from tests.conftest import _somebody
from tests.databases import file_app
from tests.factories.people import make_clinic
from tests.factories.sessions import make_ready
from tests.keeping.lived import DAY, over, sent_mail


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic of eleven years: one patient long gone, one of last month, old mail."""
    data, now = tmp_path / "data", utc_now()
    data.mkdir()
    with file_app(data / "sterilog.sqlite3", DATA_DIR=data).app_context():
        begin_write()
        long_ago = now - 4100 * DAY
        by = _somebody(make_clinic(long_ago, name="Clinic North"), "Ada Admin", Role.ADMINISTRATOR)
        over(by, make_ready(by, long_ago), long_ago, "C-OLD-1")
        sent_mail(by, long_ago)
        over(by, make_ready(by, now - 30 * DAY, policy=False), now - 30 * DAY, "C-NEW-2")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return data


def _state(folder: Path) -> tuple[list[str], int]:
    with file_app(folder / "sterilog.sqlite3", DATA_DIR=folder).app_context():
        references = list(db.session.scalars(select(SessionSubject.patient_reference)))
        reports = len(db.session.scalars(select(RetentionReport)).all())
        db.session.remove()
        db.engine.dispose()
    return references, reports


def test_a_dry_run_says_what_would_go_and_changes_nothing(folder: Path) -> None:
    before = (folder / "sterilog.sqlite3").read_bytes()
    result = run("retention", "", "run", "--dry-run", "--data", str(folder))
    assert result.exit_code == 0, result.output
    assert "patient references: 1 would be removed" in result.stdout and "past 10 years" in result.stdout
    assert (folder / "sterilog.sqlite3").read_bytes() == before


def test_a_run_removes_what_is_past_its_term_and_everything_still_verifies(folder: Path, tmp_path: Path) -> None:
    result = run("retention", "", "run", "--reports", str(tmp_path / "reports"), "--data", str(folder))
    assert result.exit_code == 0, result.output
    assert _state(folder) == (["C-NEW-2"], 2)
    texts = {path.name: path.read_text() for path in (tmp_path / "reports").iterdir()}
    assert len(texts) == 2 and all("Checkpoint" not in text and "sterilog/" in text for text in texts.values())
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"C-OLD-1" not in everything and b"C-NEW-2" in everything
    assert len((folder / "erased.jsonl").read_text().splitlines()) == 1
    assert run("audit", "", "verify", "--data", str(folder)).exit_code == 0
    export = tmp_path / "record.zip"
    assert run("export", "", "record", "--output", str(export), "--data", str(folder)).exit_code == 0
    note = next(text for name, text in texts.items() if "references" in name).split("over it:\n\n")[1]
    anchor, key = tmp_path / "anchor.txt", tmp_path / "key.txt"
    anchor.write_text(note.partition("\nPublic key")[0])
    key.write_text(run("audit", "", "key", "--data", str(folder)).stdout)
    assert verify.main([str(export), "--key", str(key), "--anchor", str(anchor)]) == 0
    with zipfile.ZipFile(export) as archive:
        actions = [json.loads(line).get("action") for line in archive.read("log.ndjson").splitlines()]
    assert {"retention.removed", "subject.erased"} <= set(actions)


def test_a_second_run_finds_nothing(folder: Path) -> None:
    run("retention", "", "run", "--data", str(folder))
    result = run("retention", "", "run", "--data", str(folder))
    assert result.exit_code == 0 and "removed" not in result.stdout
    assert _state(folder)[1] == 2


def test_a_clinic_under_a_hold_loses_nothing(folder: Path) -> None:
    with file_app(folder / "sterilog.sqlite3", DATA_DIR=folder).app_context():
        begin_write()
        clinic = db.session.scalars(select(Clinic)).one()
        by = _somebody(clinic, "Second Admin", Role.ADMINISTRATOR)
        operations.hold(HoldKind.CLINIC, "", "A claim", by, utc_now() - timedelta(days=1))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    result = run("retention", "", "run", "--data", str(folder))
    assert result.exit_code == 0 and "1 held back by a legal hold" in result.stdout
    assert sorted(_state(folder)[0]) == ["C-NEW-2", "C-OLD-1"]


def test_what_cannot_be_signed_is_not_removed(folder: Path) -> None:
    (folder / "signing").mkdir(mode=0o700)
    (folder / "signing" / "signed_so_far.json").write_text("{}")  # the key that belongs to it is gone
    result = run("retention", "", "run", "--data", str(folder))
    assert result.exit_code == 1 and "key is gone" in result.stderr
    assert sorted(_state(folder)[0]) == ["C-NEW-2", "C-OLD-1"] and _state(folder)[1] == 0
