"""Alembic's entry point: the application's own engine, one transaction for the whole upgrade."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from inventory.db import db

target = db.metadata


class BrokenReferences(Exception):
    """A migration left rows that point to nothing. Nothing of it was kept.

    What was broken before is not its fault: a tampered database is opened all the same, for `audit verify` to name it.
    """


def run() -> None:
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        # SQLite rebuilds a table to alter it; its references must not be checked halfway, but at the end.
        if on_sqlite:
            _check_references(connection, False)
            connection = connection.execution_options(write=True)
        try:
            context.configure(
                connection=connection,
                target_metadata=target,
                # Alembic does not know that our transactions on SQLite hold DDL too.
                transactional_ddl=True,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                before = _broken(connection)
                context.run_migrations()
                for table, missing in _broken(connection) - before:
                    raise BrokenReferences(f"A row of {table} points to no row of {missing}. Nothing was changed.")
            connection.commit()
        finally:
            connection.rollback()
            if on_sqlite:
                _check_references(connection, True)


def _broken(connection: Connection) -> set[tuple[str, str]]:
    """Which table points to which, where a row does so in vain. PostgreSQL checks that by itself."""
    if connection.dialect.name != "sqlite":
        return set()
    return {(row[0], row[2]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}


def _check_references(connection: Connection, checked: bool) -> None:
    """By the driver itself: within a transaction, which SQLAlchemy would begin, SQLite ignores it."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if checked else 'OFF'}")
    cursor.close()


run()
