"""Triggers written by hand, as Alembic does not see them: the same promise in the words of both engines.

A migration names what it wants (`append_only("movement")`); what was promised for a table is never loosened here.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def refuse(name: str, table: str, event: str, when: str, sentence: str) -> None:
    """Abort `event` on `table` where `when` holds. `when` may name OLD and NEW and use subqueries."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
    else:
        # 23514 (check violation) makes drivers raise the same IntegrityError that SQLite's ABORT does.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = '23514'; END IF; "
            f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def after_insert(name: str, table: str, statements: Sequence[str]) -> None:
    """Run `statements`, which may name NEW, after each row inserted into `table`."""
    body = "; ".join(statements) + ";"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW BEGIN {body} END")
    else:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def append_only(table: str, *, key: Sequence[str] = ("id",), allow: str = "") -> None:
    """No row of `table` is deleted or replaced, none changed but where `allow` holds (OLD and NEW may be named)."""
    refuse(f"{table}_never_deleted", table, "DELETE", "TRUE", f"{table} is append-only")
    changed = f"NOT ({allow})" if allow else "TRUE"
    refuse(f"{table}_never_changed", table, "UPDATE", changed, f"{table} is append-only")
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    # INSERT OR REPLACE deletes without telling the delete trigger unless recursive_triggers is on.
    refuse(
        f"{table}_never_replaced",
        table,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {table} WHERE {same})",  # noqa: S608 - names from the migration itself
        f"{table} is append-only",
    )
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE FUNCTION {table}_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23514'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_emptied()"
        )


def same_but(columns: Sequence[str], all_columns: Sequence[str]) -> str:
    """A condition for `allow`: only `columns` differ between OLD and NEW."""
    kept = [column for column in all_columns if column not in columns]
    return " AND ".join(f"OLD.{column} IS NOT DISTINCT FROM NEW.{column}" for column in kept)


def drop_trigger(name: str, table: str) -> None:
    """Remove one trigger, and on PostgreSQL its function."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")


def drop_triggers_of(table: str) -> None:
    """Remove the triggers of a table that is about to be dropped."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        found = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    else:
        found = sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = CAST(:table AS regclass)")
    for (name,) in bind.execute(found, {"table": table}).all():
        drop_trigger(name, table)


def drop_all() -> None:
    """Remove every trigger (and on PostgreSQL its function): only for going down from the first revision."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        for (name,) in bind.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            op.execute(f"DROP TRIGGER {name}")
    else:
        found = bind.exec_driver_sql(
            "SELECT DISTINCT trigger_name, event_object_table FROM information_schema.triggers "
            "WHERE trigger_schema = current_schema() UNION "
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        ).all()
        for name, table in found:
            op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
