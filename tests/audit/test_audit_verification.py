"""What verifying says of each thing that can be forced on a database file, trigger by trigger dropped."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from inventory import sqlite
from inventory.audit.actors import Program
from inventory.audit.canonical import leaf
from inventory.audit.operations import record
from inventory.audit.queries import Verification, verify
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people.models import Clinic
from inventory.people.operations import found_clinic
from tests.conftest import NOW
from tests.databases import file_app

ENTRIES = 7


class Driver(Protocol):
    def execute(self, statement: str, values: tuple[object, ...] = ()) -> "Driver": ...
    def fetchone(self) -> tuple[str, ...]: ...


def _rewritten(driver: Driver, seq: int, old: str, new: str) -> None:
    """Change an entry's text and make its own hash fit again."""
    (written,) = driver.execute("SELECT record FROM audit_entry WHERE seq = ?", (seq,)).fetchone()
    changed = written.replace(old, new)
    assert changed != written
    _set(driver, seq, changed)


def _set(driver: Driver, seq: int, written: str) -> None:
    driver.execute("UPDATE audit_entry SET record = ?, hash = ? WHERE seq = ?", (written, leaf(written.encode()), seq))


def _swapped(driver: Driver) -> None:
    driver.execute("PRAGMA ignore_check_constraints=ON")
    for moved, to in ((3, 99), (4, 3), (99, 4)):
        driver.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (to, moved))


def _sql(statement: str) -> Callable[[Driver], None]:
    def force(driver: Driver) -> None:
        driver.execute(statement)

    return force


TEXT = "its text does not match its hash"
COLUMNS = "its columns differ from its text"
FOLLOWS = "it does not follow the entry before it"
NO_RECORD = "its text is not a record"
UNREADABLE = "it, or one soon after it, cannot be read"
TAMPERINGS: dict[str, tuple[Callable[[Driver], None], int, str]] = {
    "text": (_sql("UPDATE audit_entry SET record = replace(record, 'looked', 'worked') WHERE seq = 3"), 3, TEXT),
    "text of the first": (_sql("UPDATE audit_entry SET record = ' ' || record WHERE seq = 0"), 0, TEXT),
    "actor's name": (_sql("UPDATE audit_entry SET actor_name = 'Somebody else' WHERE seq = 3"), 3, COLUMNS),
    "action": (_sql("UPDATE audit_entry SET action = 'clinic.closed' WHERE seq = 6"), 6, COLUMNS),
    "kind": (_sql("UPDATE audit_entry SET subject_kind = 'lot' WHERE seq = 2"), 2, COLUMNS),
    "time": (_sql("UPDATE audit_entry SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 3"), 3, COLUMNS),
    "no time at all": (_sql("UPDATE audit_entry SET at = 'yesterday' WHERE seq = 3"), 3, UNREADABLE),
    "no subject at all": (_sql("UPDATE audit_entry SET subject_id = 'it' WHERE seq = 3"), 3, UNREADABLE),
    "first deleted": (_sql("DELETE FROM audit_entry WHERE seq = 0"), 0, "entry 0 is missing"),
    "one deleted in the middle": (_sql("DELETE FROM audit_entry WHERE seq = 3"), 3, "entry 3 is missing"),
    "last deleted": (_sql("DELETE FROM audit_entry WHERE seq = 6"), 6, "the newest entries are missing"),
    "last three deleted": (_sql("DELETE FROM audit_entry WHERE seq > 3"), 4, "the newest entries are missing"),
    "all deleted": (_sql("DELETE FROM audit_entry"), 0, "the newest entries are missing"),
    "head deleted": (_sql("DELETE FROM audit_head"), 0, "its head is missing"),
    "two swapped": (_swapped, 3, FOLLOWS),
    "two texts swapped": (
        _sql(
            "UPDATE audit_entry SET record = (SELECT b.record FROM audit_entry b WHERE b.seq = 7 - audit_entry.seq) "
            "WHERE seq IN (3, 4)"
        ),
        3,
        TEXT,
    ),
    "rehashed": (lambda driver: _rewritten(driver, 3, '"step":2', '"step":9'), 4, FOLLOWS),
    "last rehashed": (
        lambda driver: _rewritten(driver, 6, '"step":5', '"step":9'),
        6,
        "it is not the entry that was written last",
    ),
    "not canonical": (lambda driver: _rewritten(driver, 3, ",", ", "), 3, "its text is not in canonical form"),
    "no JSON": (lambda driver: _set(driver, 3, "{"), 3, NO_RECORD),
    "empty record": (lambda driver: _set(driver, 3, "{}"), 3, NO_RECORD),
    "a list": (lambda driver: _set(driver, 3, "[]"), 3, NO_RECORD),
    "a float": (lambda driver: _set(driver, 3, '{"v":1.5}'), 3, NO_RECORD),
}


def _built(path: Path) -> None:
    app = file_app(path)
    with app.app_context():
        begin_write()
        clinic = found_clinic("Clinic", "Europe/Brussels", NOW)
        for step in range(ENTRIES - 1):
            record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW, step=step)
        db.session.commit()
        db.engine.dispose()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("chain") / "sterilog.sqlite3"
    _built(path)
    driver = sqlite.driver.connect(path, isolation_level=None)
    driver.execute("PRAGMA journal_mode=DELETE")
    for (trigger,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        driver.execute(f"DROP TRIGGER {trigger}")
    driver.close()
    return path.read_bytes()


def _verified(path: Path) -> Verification:
    app = file_app(path)
    with app.app_context():
        found = verify(db.session.query(Clinic.id).scalar())
        db.session.rollback()
        db.engine.dispose()
    return found


def test_an_untouched_copy_is_whole(tmp_path: Path, image: bytes) -> None:
    path = tmp_path / "sterilog.sqlite3"
    path.write_bytes(image)
    found = _verified(path)
    assert found.whole and found.entries == ENTRIES and len(found.head) == 64


def test_inv_32_each_entry_is_canonical_and_its_columns_say_what_its_text_says(image: bytes, tmp_path: Path) -> None:
    """And where a column is made to say something else, or the text is spelled otherwise, that is found."""
    path = tmp_path / "sterilog.sqlite3"
    for name, (force, broken_at, reason) in TAMPERINGS.items():
        if reason not in (COLUMNS, "its text is not in canonical form"):
            continue
        path.write_bytes(image)
        driver = sqlite.driver.connect(path, isolation_level=None)
        force(driver)
        driver.close()
        found = _verified(path)
        assert (found.broken_at, found.reason) == (broken_at, reason), name


@pytest.mark.parametrize("name", TAMPERINGS)
def test_inv_31_tampering_is_found_where_it_happened(tmp_path: Path, image: bytes, name: str) -> None:
    path = tmp_path / "sterilog.sqlite3"
    path.write_bytes(image)
    force, broken_at, reason = TAMPERINGS[name]
    driver = sqlite.driver.connect(path, isolation_level=None)
    force(driver)
    driver.close()
    found = _verified(path)
    assert (found.broken_at, found.reason) == (broken_at, reason)


def test_other_clinics_do_not_disturb_a_chain(clinic: Clinic, other_clinic: Clinic) -> None:
    now = utc_now()
    for step in range(4):
        for place in (clinic, other_clinic):
            record(Program(place.id, place.time_zone), "clinic.looked_at", place, now=now, step=step)
    found = [verify(place.id) for place in (clinic, other_clinic)]
    assert [(each.whole, each.entries) for each in found] == [(True, 5), (True, 5)]
    assert found[0].head != found[1].head
