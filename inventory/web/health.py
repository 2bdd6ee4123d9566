"""`/healthz`: 200 only while the database answers."""

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
    try:
        db.session.execute(text("SELECT 1 FROM clinic LIMIT 1"))
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    found: dict[str, object] = {"status": "ok", "database": db.engine.dialect.name}
    if db.engine.dialect.name == "sqlite":
        found |= {
            "sqlite": ".".join(map(str, sqlite.version)),
            "journal_mode": sqlite.journal_mode(),
            "wal_reset_bug": sqlite.has_wal_reset_bug(sqlite.version),
        }
    return jsonify(found), 200
