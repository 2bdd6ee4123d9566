"""Bringing a database to today's schema. Apart from `create_app`, because Alembic is slow to import."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade

from inventory.db import db
from inventory.errors import DomainError

DIRECTORY = str(Path(__file__).parent / "migrations")


class FromNewerVersion(DomainError):
    """The database holds a `revision` that this version does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"This database was brought to schema {revision} by a newer Sterilog. Start that version again, or restore "
            "a backup that was made before it. Nothing was changed."
        )
        self.revision = revision


def init_app(app: Flask) -> None:
    Migrate(app, db, directory=DIRECTORY, render_as_batch=True, compare_type=False)


def migrate(app: Flask, revision: str = "head") -> None:
    """Upgrade the application's database; safe to run again. Raises `FromNewerVersion`."""
    init_app(app)
    with app.app_context():
        check_known()
        upgrade(DIRECTORY, revision)


def migrate_down(app: Flask, revision: str) -> None:
    """Go back to `revision`; for tests and for an administrator who must return to an older release."""
    init_app(app)
    with app.app_context():
        downgrade(DIRECTORY, revision)


def revision() -> str:
    """Which schema the database of this context has; empty where it has none."""
    with db.engine.connect() as connection:
        return ",".join(MigrationContext.configure(connection).get_current_heads())


def check_known() -> None:
    """Raises `FromNewerVersion`."""
    known = {script.revision for script in ScriptDirectory(DIRECTORY).walk_revisions()}
    with db.engine.connect() as connection:
        for revision in MigrationContext.configure(connection).get_current_heads():
            if revision not in known:
                raise FromNewerVersion(revision)
