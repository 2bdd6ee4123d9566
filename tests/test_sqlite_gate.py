"""How SQLite is opened: safely for the version that is linked, one writer at a time from its first statement."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory import create_app, sqlite
from inventory.db import begin_write, db
from tests import databases


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 6, 23), "WAL"),
        ((3, 7, 0), "TRUNCATE"),
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 44, 9), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_its_reset_bug_is_fixed(version: tuple[int, ...], mode: str) -> None:
    assert sqlite.journal_mode(version) == mode


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = databases.file_app(tmp_path / "clinic.sqlite3")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def test_a_file_is_opened_as_the_gate_says_and_keeps_what_it_confirmed(app: Flask) -> None:
    with db.engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert str(asked["journal_mode"]).upper() == sqlite.journal_mode()
        assert asked["synchronous"] == 2, "FULL"
        assert connection.exec_driver_sql("SELECT sqlite_version()").scalar() == sqlite.driver.sqlite_version


def test_foreign_keys_are_enforced_on_every_connection(app: Flask) -> None:
    for _ in range(2):
        with db.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(
                text("INSERT INTO audit_head (chain, seq, hash) VALUES (:nobody, 0, :hash)"),
                {"nobody": "0" * 32, "hash": b"0" * 32},
            )


def test_a_write_has_the_lock_from_its_first_statement(app: Flask, tmp_path: Path) -> None:
    begin_write()
    other = sqlite.driver.connect(str(tmp_path / "clinic.sqlite3"), timeout=0, isolation_level=None)
    with pytest.raises(sqlite.driver.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    assert other.execute("SELECT count(*) FROM clinic").fetchone() == (0,), "readers go on"
    db.session.rollback()
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


def test_what_only_reads_holds_no_lock(app: Flask, tmp_path: Path) -> None:
    db.session.execute(text("SELECT count(*) FROM clinic"))
    other = sqlite.driver.connect(str(tmp_path / "clinic.sqlite3"), timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("COMMIT")
    other.close()


def test_the_health_page_says_how_the_database_is_opened(app: Flask) -> None:
    said = app.test_client().get("/healthz").get_json()
    assert sqlite.journal_mode().lower() in str(said).lower()


def test_a_database_that_cannot_be_reached_is_not_healthy(tmp_path: Path) -> None:
    lost = create_app({**databases.SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/clinic.sqlite3"})
    assert lost.test_client().get("/healthz").status_code == 503
