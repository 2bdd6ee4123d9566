"""A database comes up from every earlier revision, and goes back, with what is in it."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from inventory import schema
from inventory.audit.actors import Program
from inventory.audit.canonical import canonical, leaf
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import page_of, verify
from inventory.db import Model, begin_write, db
from inventory.people import operations as people
from inventory.people.models import Clinic, Role
from inventory.sessions.admission import scan_in
from tests import databases
from tests.conftest import NOW, _somebody
from tests.factories.sessions import make_ready, start_session

REVISIONS = ScriptDirectory(schema.DIRECTORY)
Rows = Mapping[str, list[Mapping[str, object]]]


@pytest.fixture
def empty(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on its own database, brought to today's schema."""
    if engine == "sqlite":
        app = databases.file_app(tmp_path / "clinic.sqlite3")
        yield app
        with app.app_context():
            db.engine.dispose()
        return
    with databases.fresh_database(request.getfixturevalue("postgresql_url"), "sterilog_migrations") as url:
        app = databases.postgresql_app(url)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def lived_in(empty: Flask) -> Flask:
    """With a clinic at work: people, stock, packs, a running session, its scans and its record."""
    with empty.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        nurse = _somebody(clinic, "Nora Nurse", Role.NURSE)
        ready = make_ready(nurse, NOW)
        treatment = start_session(nurse, NOW, ready)
        scan_in(treatment, ready.packs[1].code, nurse, NOW)
        db.session.commit()
        db.session.remove()
    return empty


def _rows(app: Flask) -> Rows:
    """Every row of every table of the models that there is, in the order of its key."""
    with app.app_context(), db.engine.connect() as connection:
        there = inspect(connection)
        found = {}
        for table in Model.metadata.sorted_tables:
            if not there.has_table(table.name):
                continue
            columns = ", ".join(f'"{column["name"]}"' for column in there.get_columns(table.name))
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
            rows = connection.execute(text(f'SELECT {columns} FROM "{table.name}" ORDER BY {keys}'))
            found[table.name] = [dict(row) for row in rows.mappings()]
        return found


def _shared(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    """Both reduced to the tables and columns that both have."""

    def reduced(rows: Rows, other: Rows) -> Rows:
        return {
            name: [
                {column: value for column, value in row.items() if other[name] and column in other[name][0]}
                for row in found
            ]
            for name, found in rows.items()
            if name in other
        }

    return reduced(before, after), reduced(after, before)


@pytest.mark.parametrize("revision", [script.revision for script in REVISIONS.walk_revisions()])
def test_a_database_with_data_goes_back_and_comes_up_again(lived_in: Flask, revision: str) -> None:
    first = _rows(lived_in)
    schema.migrate_down(lived_in, revision)
    then = _rows(lived_in)
    kept, known = _shared(first, then)
    assert kept == known
    assert sum(map(len, then.values())) > 40
    schema.migrate(lived_in)
    assert _rows(lived_in) == first
    with lived_in.app_context():
        assert verify(db.session.query(Clinic).one().id).whole


def test_the_migrations_make_what_the_models_say(empty: Flask) -> None:
    with empty.app_context(), db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    assert differences == []


def test_history_is_still_kept_by_the_database_after_going_back_and_up(lived_in: Flask) -> None:
    schema.migrate_down(lived_in, "0001")
    schema.migrate(lived_in)
    for statement in ("DELETE FROM audit_entry", "UPDATE scan SET scanned = 'x'", "DELETE FROM movement"):
        with lived_in.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text(statement))


def test_a_migration_that_leaves_a_row_pointing_to_nothing_is_not_kept(lived_in: Flask, engine: str) -> None:
    """SQLite checks no references while tables are rebuilt, so they are checked before the migration is kept."""
    if engine != "sqlite":
        pytest.skip("PostgreSQL checks references all along")
    schema.migrate_down(lived_in, "0004")
    spoil = "CREATE TRIGGER spoil AFTER UPDATE ON alembic_version BEGIN UPDATE pack SET load_id = id; END"
    with lived_in.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(spoil)
    before = _rows(lived_in)
    with pytest.raises(Exception, match="A row of pack points to no row of load"):
        schema.migrate(lived_in)
    assert _rows(lived_in) == before
    with lived_in.app_context(), db.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0004"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        connection.exec_driver_sql("DROP TRIGGER spoil")
    schema.migrate(lived_in)


def test_bringing_up_a_database_of_today_changes_nothing(lived_in: Flask) -> None:
    before = _rows(lived_in)
    schema.migrate(lived_in)
    assert _rows(lived_in) == before


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(lived_in: Flask) -> None:
    with lived_in.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = _rows(lived_in)
    with pytest.raises(schema.FromNewerVersion, match="schema 9999"):
        schema.migrate(lived_in)
    assert _rows(lived_in) == before


def test_an_old_record_whose_time_runs_back_is_kept_and_goes_on(lived_in: Flask) -> None:
    """The clock was set back by an hour before the database refused that: what was written stays, and is true."""
    schema.migrate_down(lived_in, "0090")
    with lived_in.app_context(), db.engine.begin() as connection:
        entries = AuditEntry.__table__
        newest = dict(connection.execute(entries.select().order_by(entries.c.seq.desc()).limit(1)).mappings().one())
        said, earlier = json.loads(newest["record"]), newest["at"] - timedelta(hours=1)
        written = canonical({**said, "seq": newest["seq"] + 1, "prev": newest["hash"].hex(), "at": earlier})
        follows = {"seq": newest["seq"] + 1, "prev_seq": newest["seq"], "prev_hash": newest["hash"], "at": earlier}
        connection.execute(entries.insert(), {**newest, **follows, "hash": leaf(written), "record": written.decode()})
    schema.migrate(lived_in)
    with lived_in.app_context():
        begin_write()
        clinic = db.session.query(Clinic).one()
        assert verify(clinic.id).whole
        record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW - timedelta(minutes=59))
        db.session.commit()
        assert verify(clinic.id).whole
        assert page_of(clinic.id)[0].at == NOW - timedelta(minutes=59)
        db.session.remove()


def test_there_is_one_newest_revision() -> None:
    assert len(REVISIONS.get_heads()) == 1
