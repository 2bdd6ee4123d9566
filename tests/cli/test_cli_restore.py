"""`sterilog restore`: a backup comes back as it was, while the clinic works, or nothing is changed at all."""

import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select, text

from inventory import sqlite
from inventory.audit import verify as verifier
from inventory.audit.actors import Program
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.cli import sqlite_copies
from inventory.clock import utc_now
from inventory.db import Model, begin_write, db
from inventory.keeping.erasing import erase
from inventory.people.models import Clinic, Role
from inventory.sessions.models import SessionSubject, TreatmentSession
from tests.cli.commands import run
from tests.conftest import NOW, _somebody
from tests.databases import file_app
from tests.factories.people import make_clinic
from tests.factories.sessions import make_ready, start_session
from tests.keeping.lived import over

NAME = "sterilog.sqlite3"
LATER = {"epoch.begun", "subject.erased"}


@contextmanager
def _opened(folder: Path) -> Iterator[Clinic]:
    app = file_app(folder / NAME, DATA_DIR=folder)
    with app.app_context():
        yield db.session.scalars(select(Clinic)).one()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic at work: people, stock, packs, one session over and one running."""
    data = tmp_path / "data"
    data.mkdir()
    with file_app(data / NAME, DATA_DIR=data).app_context():
        begin_write()
        by = _somebody(make_clinic(NOW, name="Clinic North"), "Lea Lead", Role.LEAD_NURSE)
        ready = make_ready(by, NOW)
        over(by, ready, NOW, "C-GONE-7")
        start_session(by, NOW, ready)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return data


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "copy.sqlite3"
    result = run("backup", "", str(target), "--data", str(folder))
    assert result.exit_code == 0, result.output
    return target


def _work(folder: Path, acts: int = 3) -> None:
    with _opened(folder) as clinic:
        clinic_id = clinic.id
        db.session.rollback()
        begin_write()
        clinic = db.session.get_one(Clinic, clinic_id)
        for _ in range(acts):
            record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW)
        db.session.commit()


def _restore(folder: Path, source: Path, *options: str):
    return run("restore", "", str(source), "--reason", "the disk broke", "--data", str(folder), *options)


def _state(folder: Path, *, until: int | None = None) -> str:
    """A hash over every row of every table; of the record and its checkpoints only up to entry `until`."""
    found = sha256()
    with _opened(folder):
        for table in Model.metadata.sorted_tables:
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
            where = "" if until is None else {"audit_entry": f" WHERE seq < {until}"}.get(table.name, "")
            if table.name in ("audit_head", "signed_checkpoint") and until is not None:
                continue
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"{where} ORDER BY {keys}')):
                found.update(repr((table.name, tuple(row))).encode())
    return found.hexdigest()


def _record(folder: Path) -> list[AuditEntry]:
    with _opened(folder) as clinic:
        assert verify(clinic.id).whole
        return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def _files(folder: Path) -> dict[str, str]:
    return {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


def test_inv_40_a_restored_backup_has_the_same_state_head_and_verifiers_result(folder: Path, tmp_path: Path) -> None:
    state, entries = _state(folder), _record(folder)
    key = tmp_path / "key.txt"
    key.write_text(run("audit", "", "key", "--data", str(folder)).stdout)
    source = tmp_path / "copy.sqlite3"
    run("backup", "", str(source), "--data", str(folder))
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(_newest_note(folder))
    _work(folder, 5)
    result = _restore(folder, source)
    assert result.exit_code == 0 and "epoch 2" in result.stdout, result.output
    restored = _record(folder)
    size = len(entries)
    assert [entry.record for entry in restored[:size]] == [entry.record for entry in entries]
    assert restored[size - 1].hash == entries[-1].hash
    assert _state(folder, until=size) == _state_of_backup(source, tmp_path, size)
    assert state != ""
    assert run("audit", "", "verify", "--data", str(folder)).exit_code == 0
    export = tmp_path / "record.zip"
    assert run("export", "", "record", "--output", str(export), "--data", str(folder)).exit_code == 0
    assert verifier.main([str(export), "--key", str(key), "--anchor", str(anchor)]) == 0


def _newest_note(folder: Path) -> str:
    with _opened(folder):
        return db.session.execute(text("SELECT note FROM signed_checkpoint ORDER BY size DESC")).scalars().first()


def _state_of_backup(source: Path, tmp_path: Path, size: int) -> str:
    place = tmp_path / "looked at"
    place.mkdir()
    shutil.copyfile(source, place / NAME)
    return _state(place, until=size)


def test_inv_40_the_first_entry_after_a_restore_names_the_backups_checkpoint_and_a_new_epoch(
    folder: Path, copy: Path
) -> None:
    size = len(_record(folder)) - 1  # the entry on the backup itself is not in it
    _work(folder)
    run("sign", "", "--data", str(folder))
    _restore(folder, copy)
    entry = _record(folder)[size]
    facts = json.loads(entry.record)["facts"]
    assert (entry.action, facts["epoch"], facts["reason"]) == ("epoch.begun", 2, "the disk broke")
    assert facts["backup_entries"] == size and facts["signed_before"] == size + 4
    assert facts["backup_checkpoint"].splitlines()[1] == str(size)
    _restore(folder, copy)
    assert json.loads(_record(folder)[size].record)["facts"]["epoch"] == 3
    assert run("sign", "", "--data", str(folder)).exit_code == 0


def test_what_was_there_is_kept_whole_under_a_dated_name(folder: Path, copy: Path) -> None:
    _work(folder, 4)
    before = [entry.record for entry in _record(folder)]
    _restore(folder, copy)
    (kept,) = folder.glob("sterilog.before-*.sqlite3")
    with closing(sqlite.driver.connect(kept)) as old:
        assert [row[0] for row in old.execute("SELECT record FROM audit_entry ORDER BY seq")] == before
    assert kept.stat().st_mode & 0o077 == 0
    assert not list(folder.glob(".restoring*"))


def test_a_clinic_is_restored_while_it_works(folder: Path, copy: Path) -> None:
    """A server that has the database open goes on: what it writes next follows the restored record."""
    app = file_app(folder / NAME, DATA_DIR=folder)
    stop, wrote, faults = Event(), Event(), []

    def serve() -> None:
        with app.app_context():
            clinic_id = db.session.scalars(select(Clinic.id)).one()
            db.session.rollback()
            while not stop.is_set():
                try:
                    begin_write()
                    clinic = db.session.get_one(Clinic, clinic_id)
                    for step in (1, 2):
                        record(Program(clinic.id, clinic.time_zone), f"clinic.step_{step}", clinic, now=NOW)
                    db.session.commit()
                    wrote.set()
                except Exception as fault:  # noqa: BLE001 - shown below
                    faults.append(fault)
                    db.session.rollback()
                stop.wait(0.02)
            db.session.remove()
            db.engine.dispose()

    writer = Thread(target=serve)
    writer.start()
    assert wrote.wait(30)
    command = [sys.executable, "-m", "inventory.cli", "restore", str(copy), "--reason", "a test", "--data", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    wrote.clear()
    assert wrote.wait(30)
    stop.set()
    writer.join()
    assert (ran.returncode, ran.stderr, faults) == (0, "", [])
    actions = [entry.action for entry in _record(folder)]
    begun = actions.index("epoch.begun")
    assert set(actions[begun + 1 :]) == {"clinic.step_1", "clinic.step_2"}
    assert "clinic.step_1" not in actions[:begun]
    (kept,) = folder.glob("sterilog.before-*.sqlite3")
    with closing(sqlite.driver.connect(kept)) as old:
        steps = [row[0] for row in old.execute("SELECT action FROM audit_entry ORDER BY seq") if "step" in row[0]]
    assert steps and steps == ["clinic.step_1", "clinic.step_2"] * (len(steps) // 2), "no act was cut in two"
    assert run("sign", "", "--data", str(folder)).exit_code == 0


@pytest.fixture
def without_wal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the linked SQLite has the WAL-reset bug."""
    monkeypatch.setattr(sqlite.journal_mode, "__defaults__", ((3, 40, 1),))


def test_a_database_without_a_log_file_is_restored_too(without_wal: None, folder: Path, copy: Path) -> None:
    _work(folder)
    with closing(sqlite.driver.connect(folder / NAME)) as live:
        assert live.execute("PRAGMA journal_mode").fetchone() != ("wal",)
    before = [entry.record for entry in _record(folder)]
    result = _restore(folder, copy)
    assert result.exit_code == 0, result.output
    (kept,) = folder.glob("sterilog.before-*.sqlite3")
    with closing(sqlite.driver.connect(kept)) as old:
        assert [row[0] for row in old.execute("SELECT record FROM audit_entry ORDER BY seq")] == before
    _work(folder)
    assert "epoch.begun" in [entry.action for entry in _record(folder)]


def test_a_backup_comes_up_on_an_empty_machine(copy: Path, folder: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    result = _restore(fresh, copy)
    assert result.exit_code == 0 and "kept as" not in result.stdout
    assert [entry.action for entry in _record(fresh)][-1] == "epoch.begun"
    assert run("sign", "", "--data", str(fresh)).exit_code == 0


def test_who_was_erased_since_the_backup_stays_erased(folder: Path, copy: Path) -> None:
    assert b"C-GONE-7" in copy.read_bytes()
    with _opened(folder):
        db.session.rollback()
        begin_write()
        gone = db.session.scalars(
            select(SessionSubject.treatment_id).where(SessionSubject.patient_reference == "C-GONE-7")
        ).one()
        by = Program(db.session.scalars(select(Clinic.id)).one(), "Europe/Brussels")
        erase(db.session.get_one(TreatmentSession, gone), "Asked for", "pin", by, utc_now())
        db.session.commit()
    result = _restore(folder, copy)
    assert "1 patients were erased since" in result.stdout, result.output
    actions = [entry.action for entry in _record(folder)]
    assert actions[-2:] == ["epoch.begun", "subject.erased"]
    assert b"C-GONE-7" not in b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def _spoiled(copy: Path, *statements: str) -> Path:
    with closing(sqlite.driver.connect(copy, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)
    return copy


def _torn(copy: Path) -> Path:
    content = bytearray(copy.read_bytes())
    for page in range(30, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 200] = os.urandom(200)
    copy.write_bytes(content)
    return copy


def _founded_by_nobody(copy: Path) -> Path:
    with file_app(copy.with_name("nobody.sqlite3")).app_context():
        db.engine.dispose()
    return shutil.copyfile(copy.with_name("nobody.sqlite3"), copy)


UNGUARDED = ("DROP TRIGGER audit_entry_never_changed", "UPDATE audit_entry SET record = '{}' WHERE seq = 3")
GUARD = (
    "CREATE TRIGGER audit_entry_never_changed BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN TRUE "
    "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
)
DAMAGE = {
    "torn pages": (_torn, "does not hold"),
    "cut off": (lambda copy: copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2]) and copy, "does not hold"),
    "an entry changed": (lambda copy: _spoiled(copy, *UNGUARDED, GUARD), "broken at entry 3"),
    "a trigger taken off": (
        lambda copy: _spoiled(copy, "DROP TRIGGER movement_never_deleted"),
        "movement_never_deleted",
    ),
    "an index taken off": (lambda copy: _spoiled(copy, "DROP INDEX uq_needle_use_fitted"), "uq_needle_use_fitted"),
    "a trigger weakened": (
        lambda copy: _spoiled(copy, "DROP TRIGGER audit_entry_never_changed", GUARD.replace("TRUE", "FALSE")),
        "was changed",
    ),
    "a balance changed": (lambda copy: _spoiled(copy, "UPDATE balance SET on_hand = on_hand + 1"), "balances of stock"),
    "a row cut loose": (lambda copy: _spoiled(copy, "DELETE FROM location"), "refers to one that is missing"),
    "a newer revision": (lambda copy: _spoiled(copy, "UPDATE alembic_version SET version_num = '9999'"), "schema 9999"),
    "another program's": (
        lambda copy: copy.unlink() or _spoiled(copy, "CREATE TABLE recipe (id)"),
        "not one of Sterilog",
    ),
    "no database": (lambda copy: copy.write_bytes(b"PK\x03\x04 a picture of a cat") and copy, "no backup of Sterilog"),
    "empty": (lambda copy: copy.write_bytes(b"") or copy, "no backup of Sterilog"),
    "without a clinic": (_founded_by_nobody, "no clinic"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_inv_40_a_backup_that_does_not_hold_changes_nothing(folder: Path, copy: Path, damage: str) -> None:
    spoil, sentence = DAMAGE[damage]
    spoil(copy)
    state, files, spoiled = _state(folder), _files(folder), copy.read_bytes()
    result = _restore(folder, copy)
    assert result.exit_code == 1 and sentence in result.stderr, (result.output, result.stderr)
    assert "Nothing was changed" in result.stderr or "nothing was changed" in result.stderr
    assert _state(folder) == state and _files(folder) == files and copy.read_bytes() == spoiled


def test_a_backup_of_other_clinics_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with file_app(other / NAME, DATA_DIR=other).app_context():
        begin_write()
        make_clinic(NOW, name="Clinic South")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    run("backup", "", str(tmp_path / "theirs.sqlite3"), "--data", str(other))
    result = _restore(folder, tmp_path / "theirs.sqlite3")
    assert result.exit_code == 1 and "of other clinics" in result.stderr


def test_a_full_disk_is_found_out_before_anything_is_written(folder: Path, copy: Path, monkeypatch) -> None:
    state, files = _state(folder), _files(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(100, 99, 1))
    result = _restore(folder, copy)
    assert result.exit_code == 1 and "Make room" in result.stderr
    assert _state(folder) == state and _files(folder) == files


@pytest.mark.parametrize("room", [0.3, 1.003], ids=["while copying", "while putting in place"])
def test_a_disk_that_fills_up_on_the_way_changes_nothing(folder: Path, copy: Path, room: float) -> None:
    state, files = _state(folder), _files(folder)
    most = int(copy.stat().st_size * room)
    command = [sys.executable, "-m", "inventory.cli", "restore", str(copy), "--reason", "a test", "--data", str(folder)]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert ran.returncode in (1, 2) and ran.stderr.startswith(("Error", "Usage")), ran.stderr
    assert _state(folder) == state and _files(folder) == files


def test_a_database_somebody_writes_to_without_a_pause_is_left_alone(folder: Path, copy: Path, monkeypatch) -> None:
    monkeypatch.setattr(sqlite_copies, "WAIT_MS", 50)
    with closing(sqlite.driver.connect(folder / NAME, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = _restore(folder, copy)
        writer.execute("ROLLBACK")
    assert result.exit_code == 1 and "without a pause" in result.stderr
    assert "epoch.begun" not in [entry.action for entry in _record(folder)]
    assert not list(folder.glob("sterilog.before-*"))
    assert run("sign", "", "--data", str(folder)).exit_code == 0


def test_a_database_that_cannot_be_read_is_replaced_only_when_no_server_runs(folder: Path, copy: Path) -> None:
    for beside in folder.glob(f"{NAME}-*"):
        beside.unlink()
    (folder / NAME).write_bytes(b"not a database any more" * 400)
    refused = _restore(folder, copy)
    assert refused.exit_code == 1 and "--stopped" in refused.stderr
    assert (folder / NAME).read_bytes().startswith(b"not a database")
    result = _restore(folder, copy, "--stopped")
    assert result.exit_code == 0, result.output
    assert _record(folder)[-1].action == "epoch.begun"
    (kept,) = folder.glob("sterilog.before-*.sqlite3")
    assert kept.read_bytes().startswith(b"not a database")


def test_a_backup_holds_no_key(folder: Path, copy: Path) -> None:
    (key,) = (folder / "signing").glob("ed25519_key")
    secret = (folder / "secret_key").read_text().strip() if (folder / "secret_key").exists() else "x" * 99
    content = copy.read_bytes()
    assert key.read_bytes().strip() not in content and secret.encode() not in content


def test_a_backup_carries_a_checkpoint_over_all_it_holds(folder: Path, copy: Path) -> None:
    with closing(sqlite.driver.connect(copy)) as file:
        size = file.execute("SELECT max(size) FROM signed_checkpoint").fetchone()
        assert size == file.execute("SELECT count(*) FROM audit_entry").fetchone()


def test_the_export_of_a_restored_record_holds_every_epoch(folder: Path, copy: Path, tmp_path: Path) -> None:
    _restore(folder, copy)
    export = tmp_path / "record.zip"
    run("export", "", "record", "--output", str(export), "--data", str(folder))
    with zipfile.ZipFile(export) as archive:
        notes = [json.loads(line)["note"] for line in archive.read("log.ndjson").splitlines() if b'"note"' in line]
    assert {note.splitlines()[0].rpartition("/")[2] for note in notes} == {"1", "2"}
