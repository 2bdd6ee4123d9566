"""The record cannot be rewritten through the database's rules, and what is forced on the file is found."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inventory import sqlite
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.audit.watching import UnrecordedChange
from inventory.cli import main
from inventory.db import begin_write, db
from inventory.people.models import Clinic
from inventory.people.operations import found_clinic
from tests.conftest import NOW
from tests.databases import file_app

COLUMNS = "chain, seq, prev_seq, prev_hash, hash, at, actor_id, actor_name, action, subject_kind, subject_id, record"


def _entries(clinic: Clinic, number: int) -> None:
    by = Program(clinic.id, clinic.time_zone)
    for step in range(number):
        record(by, "clinic.looked_at", clinic, now=NOW, step=step)


def test_a_whole_chain_verifies(clinic: Clinic) -> None:
    _entries(clinic, 5)
    found = verify(clinic.id)
    assert found.whole and found.entries == 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'Somebody else'",
        "DELETE FROM audit_entry",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        # Not known to SQLite at all; on PostgreSQL it passes by every trigger of rows.
        "TRUNCATE audit_entry CASCADE",
    ],
)
def test_inv_31_no_entry_can_be_changed_or_deleted(clinic: Clinic, statement: str) -> None:
    _entries(clinic, 2)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(statement))
    assert verify(clinic.id).whole


def test_inv_31_no_entry_can_be_replaced(clinic: Clinic) -> None:
    _entries(clinic, 2)
    copied = "SELECT chain, seq, prev_seq, prev_hash, hash, at, actor_id, 'X', action, subject_kind, subject_id, record"
    insert = "INSERT OR REPLACE" if db.engine.dialect.name == "sqlite" else "INSERT"
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(f"{insert} INTO audit_entry ({COLUMNS}) {copied} FROM audit_entry WHERE seq = 1"))


def test_inv_30_the_chain_is_linear(clinic: Clinic) -> None:
    """A fork (two entries after one) and a gap are refused by declaration."""
    _entries(clinic, 3)
    rest = "at, actor_id, actor_name, action, subject_kind, subject_id, record"
    blob = "randomblob(32)" if db.engine.dialect.name == "sqlite" else "decode(repeat('ab', 32), 'hex')"
    for seq, prev, prev_hash in (("4", "2", "prev_hash"), ("9", "8", "hash"), ("0", "NULL", "prev_hash")):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(
                text(
                    f"INSERT INTO audit_entry ({COLUMNS}) SELECT chain, {seq}, {prev}, {prev_hash}, {blob}, {rest} "
                    "FROM audit_entry WHERE seq = 3"
                )
            )


def test_inv_29_nothing_is_committed_without_an_entry(clinic: Clinic) -> None:
    db.session.commit()
    clinic.name = "Another name"
    with pytest.raises(UnrecordedChange):
        db.session.commit()
    db.session.rollback()


TAMPERINGS = {
    "text": "UPDATE audit_entry SET record = replace(record, 'looked', 'worked') WHERE seq = 2",
    "column": "UPDATE audit_entry SET actor_name = 'X' WHERE seq = 2",
    "time": "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 2",
    "deleted in the middle": "DELETE FROM audit_entry WHERE seq = 2",
    "deleted at the end": "DELETE FROM audit_entry WHERE seq = 4",
    "reordered": "UPDATE audit_entry SET record = "
    "(SELECT b.record FROM audit_entry b WHERE b.seq = 5 - audit_entry.seq) WHERE seq IN (2, 3)",
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_forced_on_the_file_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sterilog.sqlite3"
    app = file_app(path)
    with app.app_context():
        begin_write()
        _entries(found_clinic("Clinic", "Europe/Brussels", NOW), 4)
        db.session.commit()
        db.engine.dispose()
    arguments = ["audit", "verify", "--data", str(tmp_path)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    connection = sqlite.driver.connect(path, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(TAMPERINGS[name])
    connection.close()
    broken = CliRunner().invoke(main, arguments)
    assert broken.exit_code == 1 and "BROKEN at entry" in broken.output
