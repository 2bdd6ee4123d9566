"""Clinics to measure on: a file database with sessions in it, made by the real operations, then multiplied."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from inventory import create_app, demo, schema
from inventory.db import begin_write, db

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = {
    "SECRET_KEY": "for benchmarks only, thirty-two characters",
    "SESSION_COOKIE_SECURE": False,
    "REQUEST_LOG": False,
}


@contextmanager
def demo_clinic(given: str | None = None) -> Iterator[Flask]:
    """The demo clinic on a file database of its own, or on the one that is given, empty or left by an earlier run."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = given or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
        schema.migrate(app)
        with app.app_context():
            if not demo.exists():
                demo.build(NOW, seed=1)
            yield app
            db.session.remove()
            db.engine.dispose()


def grow_log(rows: int) -> int:
    """Multiply closed sessions, by copying rows in SQL, until the log has `rows` rows.

    With them go their needles, areas and antiseptics. Only to have volume to read: rows made this way have no audit
    entries and no stock behind them.
    """
    db.session.rollback()
    begin_write()
    have = db.session.scalar(text("SELECT count(*) FROM needle_use")) or 0
    original = "substr(id, 13, 8) NOT GLOB '0000*'"
    base = db.session.scalar(text(f"SELECT count(*) FROM needle_use WHERE removed_at IS NOT NULL AND {original}")) or 1
    newest = db.session.scalar(text(f"SELECT max(substr(id, 13, 8)) FROM needle_use WHERE NOT ({original})"))
    done = int(newest, 16) if newest else 0
    last = db.session.scalar(text("SELECT max(number) FROM treatment_session")) or 0
    copies = -(-(rows - have) // base)
    if copies > 0:
        over = {"number": f"t.number + (copy.n + 1) * {last + 1}"}
        _copy("treatment_session", ("id",), done, copies, over, "t.state = 'closed'")
        # The copied session is over already: a needle recorded after that says why.
        late = {"late_reason": "'copied for volume'"}
        _copy("needle_use", ("id", "treatment_id"), done, copies, late, "t.removed_at IS NOT NULL")
        for table in ("treated_area", "disinfection"):
            closed = "t.treatment_id IN (SELECT id FROM treatment_session WHERE state = 'closed')"
            _copy(table, ("id", "treatment_id"), done, copies, {}, closed)
    db.session.commit()
    return db.session.scalar(text("SELECT count(*) FROM needle_use")) or 0


def _copy(table: str, ids: tuple[str, ...], done: int, copies: int, computed: dict[str, str], where: str) -> None:
    """Copied rows keep their order in time: only the tail of the ids differs, the same way in every table."""
    columns = [row[1] for row in db.session.execute(text(f"PRAGMA table_info({table})"))]
    values = [
        f"substr(t.{column}, 1, 12) || printf('%08x', copy.n + 1) || substr(t.{column}, 21)"
        if column in ids
        else computed.get(column, f"t.{column}")
        for column in columns
    ]
    own = f"substr(t.{ids[-1]}, 13, 8) NOT GLOB '0000*'"
    numbers = f"SELECT {done} UNION ALL SELECT n + 1 FROM copy WHERE n + 1 < {done + copies}"
    # What is copied is set apart first: read again for each copy, it would grow with what was copied.
    db.session.execute(text("DROP TABLE IF EXISTS temp.original"))
    db.session.execute(text(f"CREATE TEMP TABLE original AS SELECT * FROM {table} t WHERE {where} AND {own}"))
    db.session.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) WITH RECURSIVE copy(n) AS ({numbers}) "
            f"SELECT {', '.join(values)} FROM copy CROSS JOIN temp.original t"
        )
    )
