"""Alembic's entry point: the application's own engine, one transaction for the whole upgrade."""

from alembic import context
from flask import current_app

from inventory.db import db

target = db.metadata


def run() -> None:
    with db.engine.connect() as connection:
        # SQLite rebuilds a table to alter it; its references must not be checked halfway.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            connection = connection.execution_options(write=True)
        context.configure(
            connection=connection,
            target_metadata=target,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run()
