"""The demo clinic multiplied to a million needle uses over ten years, with all that a trace follows: on either engine.

Lots, loads, packs, containers and disinfections are new in each copy, as in a clinic that lives on; guns, rooms and
people stay for `COPIES_A_STAFF` copies, some five years. Copied by INSERT .. SELECT: without audit entries and stock.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from inventory.db import Model, db

COPIES_A_STAFF = 20
DAYS_A_COPY, SPANS = 90, 40
OF_STAFF = {"gun", "location", "person", "membership"}
TABLES = (
    "person", "membership", "location", "gun", "lot", "load", "pack", "pack_content", "container",
    "treatment_session", "session_subject", "session_container", "needle_use", "pack_use", "disinfection",
)  # fmt: skip
KEPT = {"clinic_id", "policy_id", "product_id", "steriliser_id", "programme_id"}
"""Ids that are the same in every copy."""
STAFF_IDS = {
    "gun_id", "room_id", "person_id", "practitioner_membership_id", "used_by_id", "by_id", "loaded_by_id",
    "decided_by_id", "made_up_by_id", "opened_by_id", "voided_by_id",
}  # fmt: skip
CLOSED = "(SELECT id FROM treatment_session WHERE state = 'closed')"
THROUGH_A_LOAD = """
UPDATE pack SET load_id = (
  SELECT load.id FROM load WHERE load.started_at <= pack.made_up_at ORDER BY load.started_at DESC LIMIT 1
) WHERE load_id IS NULL
"""
"""The demo's needles are bought sterile; here every pack is of a load."""
ONLY = {
    "treatment_session": "state = 'closed'",
    "session_subject": f"treatment_id IN {CLOSED}",
    "session_container": f"treatment_id IN {CLOSED}",
    "needle_use": f"treatment_id IN {CLOSED}",
    "pack_use": f"treatment_id IN {CLOSED}",
    "disinfection": f"treatment_id IS NULL OR treatment_id IN {CLOSED}",
}


def grow(uses: int) -> int:
    """Multiply what stands in the database until it holds `uses` needle uses; how many it then has."""
    if (db.session.scalar(text("SELECT count(*) FROM needle_use")) or 0) >= uses:
        return uses
    db.session.rollback()
    original = db.session.scalar(text(f"SELECT count(*) FROM needle_use WHERE {ONLY['needle_use']}")) or 1
    copies = -(-uses // original)
    db.session.rollback()
    with db.engine.connect() as connection, _unguarded(connection):
        connection.exec_driver_sql(THROUGH_A_LOAD)
        # Counted once: each statement reads what the demo made, not what the one before it copied.
        _copies(connection, copies)
        for name in TABLES:
            _multiply(connection, name)
        connection.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
    return db.session.scalar(text("SELECT count(*) FROM needle_use")) or 0


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Triggers keep the clinic's history from being made this way."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        yield
        connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield


def _copies(connection: Connection, copies: int) -> None:
    connection.exec_driver_sql("CREATE TEMPORARY TABLE copied (n INTEGER PRIMARY KEY, staff INTEGER, days INTEGER)")
    rows = ", ".join(
        f"({n}, {1 + (n - 1) // COPIES_A_STAFF}, {DAYS_A_COPY * (1 + (n - 1) % SPANS)})" for n in range(1, copies)
    )
    connection.exec_driver_sql(f"INSERT INTO copied VALUES {rows}")


def _multiply(connection: Connection, name: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    table = Model.metadata.tables[name]
    staff = name in OF_STAFF
    values = []
    for column in table.columns:
        own = f't."{column.name}"'
        if column.name in ("id", "treatment_id", "pack_id", "lot_id", "load_id", "container_id"):
            values.append(_new_id(own, "c.staff" if staff else "c.n", sqlite=sqlite))
        elif column.name in STAFF_IDS:
            values.append(_new_id(own, "c.staff", sqlite=sqlite))
        elif column.name.endswith("_at") and not staff:
            values.append(_earlier(own, sqlite=sqlite))
        elif column.name == "number" and name == "treatment_session":
            values.append(f"{own} + c.n * 100000")
        elif (name, column.name) in UNIQUE:
            # No code of ours has a U in it.
            kept = f"substr({own}, 1, 11) || 'U'" if column.name == "code" else own
            values.append(f"{kept} || {_padded('c.staff' if staff else 'c.n', sqlite=sqlite)}")
        else:
            values.append("NULL" if column.name in ("log_sha256", "badge_code") else own)
    source = "(SELECT DISTINCT staff FROM copied)" if staff else "copied"
    original = f"({ONLY[name]})" if name in ONLY else "1 = 1"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    connection.exec_driver_sql(
        f'INSERT INTO "{name}" ({columns}) SELECT {", ".join(values)} '
        f'FROM (SELECT * FROM "{name}" WHERE {original}) AS t CROSS JOIN {source} AS c'
    )


UNIQUE = {
    ("person", "email"), ("person", "fs_uniquifier"), ("location", "name"), ("gun", "code"), ("gun", "serial_number"),
    ("lot", "number"), ("load", "number"), ("pack", "code"), ("container", "code"),
}  # fmt: skip


def _new_id(column: str, number: str, *, sqlite: bool) -> str:
    """Ids keep their order in time; digits 13 to 20 number the copy."""
    if sqlite:
        return f"substr({column}, 1, 12) || printf('%08x', {number}) || substr({column}, 21)"
    plain = f"replace(CAST({column} AS text), '-', '')"
    return f"CAST(substr({plain}, 1, 12) || lpad(to_hex({number}), 8, '0') || substr({plain}, 21) AS uuid)"


def _earlier(column: str, *, sqlite: bool) -> str:
    if sqlite:
        return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-' || c.days || ' days')"
    return f"{column} - make_interval(days => c.days)"


def _padded(number: str, *, sqlite: bool) -> str:
    return f"printf('%05d', {number})" if sqlite else f"lpad(CAST({number} AS text), 5, '0')"
