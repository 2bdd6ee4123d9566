"""Bringing a database to today's schema. Apart from `create_app`, because Alembic is slow to import."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade

from inventory.db import db

DIRECTORY = str(Path(__file__).parent / "migrations")


def init_app(app: Flask) -> None:
    Migrate(app, db, directory=DIRECTORY, render_as_batch=True, compare_type=False)


def migrate(app: Flask, revision: str = "head") -> None:
    """Upgrade the application's database; safe to run again."""
    init_app(app)
    with app.app_context():
        upgrade(DIRECTORY, revision)


def migrate_down(app: Flask, revision: str) -> None:
    """Go back to `revision`; for tests and for an administrator who must return to an older release."""
    init_app(app)
    with app.app_context():
        downgrade(DIRECTORY, revision)
