"""`/healthz`: 200 only while the database answers."""

from pathlib import Path

from flask import Flask, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from inventory import sqlite
from inventory.db import db
from inventory.web.access import PUBLIC, requires


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)


@requires(PUBLIC)
def healthz() -> tuple[Response, int]:
    """`journal_mode` as the open database says it; `wal_reset_bug` where the linked SQLite has it, and WAL is off."""
    try:
        found = _database()
    except (SQLAlchemyError, FileNotFoundError):
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok", **found), 200


def _database() -> dict[str, object]:
    """What a monitor may know of it, no path or host among it. Raises what the driver raises."""
    db.session.execute(text("SELECT 1 FROM clinic LIMIT 1"))
    if db.engine.dialect.name != "sqlite":
        return {"database": db.engine.dialect.name}
    file = db.engine.url.database
    # An open file that was deleted still answers, and what is written to it is lost.
    if file and file != ":memory:" and not Path(file).is_file():
        raise FileNotFoundError
    return {
        "database": "sqlite",
        "sqlite": ".".join(map(str, sqlite.version)),
        "journal_mode": str(db.session.scalar(text("PRAGMA journal_mode"))).upper(),
        "wal_reset_bug": sqlite.has_wal_reset_bug(sqlite.version),
    }
