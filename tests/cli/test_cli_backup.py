"""`sterilog backup`: consistent while the clinic writes, verified, and never over another file."""

import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from inventory import sqlite
from inventory.audit.actors import Program
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.db import begin_write, db
from inventory.people.models import Clinic
from tests.cli.commands import run
from tests.conftest import NOW
from tests.databases import file_app
from tests.factories.people import make_clinic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the database of one clinic."""
    (tmp_path / "data").mkdir()
    with file_app(tmp_path / "data" / "sterilog.sqlite3").app_context():
        begin_write()
        make_clinic(NOW, name="Clinic North")
        db.session.commit()
        db.engine.dispose()
    return tmp_path / "data"


def _entries(path: Path) -> list[AuditEntry]:
    with file_app(path).app_context():
        clinic = db.session.scalars(select(Clinic)).one()
        assert verify(clinic.id).whole
        return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def test_a_backup_opens_as_a_whole_database_and_is_recorded(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    result = run("backup", "", str(target), "--data", str(folder))
    checksum = sha256(target.read_bytes()).hexdigest()
    assert result.exit_code == 0 and "verified" in result.stdout and checksum in result.stdout
    last = _entries(folder / "sterilog.sqlite3")[-1]
    assert last.action == "backup.made" and checksum in last.record
    assert [entry.action for entry in _entries(target)] == ["clinic.founded"]


def test_a_backup_is_for_its_owners_eyes_and_leaves_nothing_beside_it(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    run("backup", "", str(target), "--data", str(folder))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite3", "data"]


@pytest.mark.parametrize("content", [b"", b"an older backup"], ids=["empty", "full"])
def test_a_backup_never_takes_the_place_of_a_file(folder: Path, tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_bytes(content)
    result = run("backup", "", str(target), "--data", str(folder))
    assert result.exit_code == 2 and "exists already" in result.stderr
    assert target.read_bytes() == content
    assert [entry.action for entry in _entries(folder / "sterilog.sqlite3")] == ["clinic.founded"]


def test_a_backup_to_nowhere_is_wrong_usage(folder: Path, tmp_path: Path) -> None:
    result = run("backup", "", str(tmp_path / "no such" / "copy.sqlite3"), "--data", str(folder))
    assert result.exit_code == 2 and "Error: " in result.stderr


def test_a_database_that_does_not_hold_makes_no_backup(folder: Path, tmp_path: Path) -> None:
    connection = sqlite.driver.connect(folder / "sterilog.sqlite3", isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("UPDATE audit_entry SET actor_name = 'Somebody else'")
    connection.close()
    result = run("backup", "", str(tmp_path / "copy.sqlite3"), "--data", str(folder))
    assert result.exit_code == 1 and "broken at entry 0" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_backup_taken_while_the_clinic_writes_is_whole(folder: Path, tmp_path: Path) -> None:
    """Each write is two entries: a copy never holds one without the other."""
    app = file_app(folder / "sterilog.sqlite3")
    stop, written = Event(), Event()

    def write() -> None:
        with app.app_context():
            clinic_id = db.session.scalars(select(Clinic.id)).one()
            db.session.rollback()
            while not stop.is_set():
                begin_write()
                clinic = db.session.get_one(Clinic, clinic_id)
                for step in (1, 2):
                    record(Program(clinic.id, clinic.time_zone), f"clinic.step_{step}", clinic, now=NOW)
                db.session.commit()
                written.set()
            db.engine.dispose()

    writer = Thread(target=write)
    writer.start()
    assert written.wait(30)
    copies = [tmp_path / f"copy {number}.sqlite3" for number in (1, 2)]
    ran = [_program("backup", str(copy), "--data", str(folder)) for copy in copies]
    stop.set()
    writer.join()
    assert [(one.returncode, one.stderr) for one in ran] == [(0, ""), (0, "")]
    for copy in copies:
        steps = [entry.action for entry in _entries(copy) if entry.action.startswith("clinic.step")]
        assert steps and steps == ["clinic.step_1", "clinic.step_2"] * (len(steps) // 2)
    assert len(_entries(folder / "sterilog.sqlite3")) > len(_entries(copies[1]))


def _program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "inventory.cli", *arguments], capture_output=True, text=True)
