"""What must hold in a backup before anybody relies on it: pages, references, rules, records, balances."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from uuid import UUID

from sqlalchemy import Row, func, select, text

from inventory import create_app, schema
from inventory.audit.merkle import Frontier
from inventory.audit.models import AuditEntry, SignedCheckpoint
from inventory.audit.queries import verify as verify_chain
from inventory.db import db
from inventory.people.models import Clinic
from inventory.stock.models import Balance, Movement

Rules = Mapping[tuple[str, str], str]
"""Kind and name of each trigger and index, with its definition where the engine keeps it as it was written."""


def faults() -> Iterator[str]:
    """What does not hold in the database of this context, in a few words each; the worst first.

    Raises what the driver raises where a page cannot even be read, and `FromNewerVersion`.
    """
    yield from _faults_of_pages()
    schema.check_known()
    clinics = db.session.scalars(select(Clinic)).all()
    if not clinics:
        yield "there is no clinic in it"
    for clinic in clinics:
        found = verify_chain(clinic.id)
        if not found.whole:
            yield f"the record of {clinic.name} is broken at entry {found.broken_at}: {found.reason}"
        size = _checkpoint_that_does_not_fit(clinic.id)
        if size is not None:
            yield f"the record of {clinic.name} is not the one that was signed at entry {size}"
    wrong = _wrong_balances()
    if wrong:
        yield f"{wrong} balances of stock differ from what moved"
    yield from _faults_of_rules()


def _faults_of_pages() -> Iterator[str]:
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL refuses to load what breaks a reference
    connection = db.session.connection()
    yield from (row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to one that is missing"


def _faults_of_rules() -> Iterator[str]:
    """A trigger or an index that was taken off or changed: the database would no longer keep what it promises."""
    wanted, found = _rules_at(schema.revision()), _rules()
    for (kind, name), definition in wanted.items():
        if (kind, name) not in found:
            yield f"the {kind} {name} is missing"
        elif found[kind, name] and found[kind, name] != definition:
            yield f"the {kind} {name} was changed"


def _rules() -> Rules:
    if db.engine.dialect.name == "sqlite":
        stored = "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('trigger', 'index')"
        return {(row[0], row[1]): row[2] for row in db.session.execute(text(stored))}
    # PostgreSQL keeps definitions in words of its own, so there only names count, and whether a trigger is switched on.
    stored = (
        "SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') "
        "UNION SELECT 'index', indexname FROM pg_indexes WHERE schemaname = current_schema()"
    )
    return {(row[0], row[1]): "" for row in db.session.execute(text(stored))}


@cache
def _rules_at(revision: str) -> Rules:
    """As the migrations leave them at a revision. Takes a few seconds, once."""
    app = create_app({"DATABASE_URL": "sqlite://", "SECRET_KEY": "of a database that lives for seconds only"})
    schema.migrate(app, revision)
    with app.app_context():
        found = _rules()
        db.session.remove()
        db.engine.dispose()
    return {key: sql for key, sql in found.items() if not key[1].startswith("sqlite_autoindex")}


def _checkpoint_that_does_not_fit(chain: UUID) -> int | None:
    """The size of the first signed checkpoint whose root is not that of the entries."""
    signed = db.session.execute(
        select(SignedCheckpoint.size, SignedCheckpoint.root)
        .where(SignedCheckpoint.chain == chain)
        .order_by(SignedCheckpoint.size)
    ).all()
    stored = select(AuditEntry.hash).where(AuditEntry.chain == chain).order_by(AuditEntry.seq)
    with closing(db.session.scalars(stored.execution_options(yield_per=5000))) as leaves:
        return _first_that_does_not_fit(signed, leaves)


def _first_that_does_not_fit(signed: Sequence[Row[int, bytes]], leaves: Iterator[bytes]) -> int | None:
    tree = Frontier()
    for size, root in signed:
        while tree.size < size:
            leaf = next(leaves, None)
            if leaf is None:
                return size
            tree.append(leaf)
        if tree.root() != root:
            return size
    return None


def _wrong_balances() -> int:
    """How many balances are not the sum of their movements."""
    keys = (Movement.clinic_id, Movement.lot_id, Movement.location_id)
    moved = select(*keys, func.sum(Movement.quantity).label("total")).group_by(*keys).subquery()
    same = (
        (moved.c.clinic_id == Balance.clinic_id)
        & (moved.c.lot_id == Balance.lot_id)
        & (moved.c.location_id == Balance.location_id)
    )
    both = select(func.count()).select_from(Balance).join(moved, same, full=True)
    return db.session.scalar(both.where(func.coalesce(Balance.on_hand, 0) != func.coalesce(moved.c.total, 0))) or 0
