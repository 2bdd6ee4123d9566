"""What is left in the files after rows were deleted, and how it goes."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from inventory.db import db

WAIT = "5s"


def wipe() -> bool:
    """Call after the commit. False where somebody was reading at that moment: the rest then goes a little later.

    SQLite overwrites what it deletes (`secure_delete`), but the write-ahead log keeps older pages until it is cut off.
    PostgreSQL keeps deleted rows until the table is written anew, which needs the table for itself for a moment.
    """
    if db.engine.dialect.name != "sqlite":
        return _written_anew()
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()  # the driver's: within a transaction nothing is cut off
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    return not busy


def _written_anew() -> bool:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{WAIT}'"))
        try:
            for table in ("session_subject", "patient_subject"):
                connection.execute(text(f"VACUUM FULL {table}"))
        except OperationalError:  # others are at work on it
            return False
        finally:
            connection.execute(text("RESET lock_timeout"))
    return True
