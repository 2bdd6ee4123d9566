"""Writing to the record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, event, insert, inspect, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from inventory.audit.actors import Actor, Brought
from inventory.audit.canonical import canonical, leaf
from inventory.audit.models import AuditEntry, AuditHead
from inventory.db import Model, db

_HEAD = (
    select(AuditHead.seq, AuditHead.hash)
    .where(AuditHead.chain == bindparam("chain_id", type_=Uuid()))
    .with_for_update()
)
_APPEND = insert(AuditEntry)
Updates: TypeAlias = "list[tuple[Model | NewRow, dict[str, list[object]] | None]]"
"""Rows with what changed in each; None for a new one."""


class UnrecordedChange(RuntimeError):
    """Rows were about to be committed without any entry in the record: a fault of the program."""


class Subject(Protocol):
    @property
    def __tablename__(self) -> str: ...
    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True)
class NewRow:
    """A row that was put in by a statement for many, with all its `values` by column: it has no object of its own."""

    __tablename__: str
    id: UUID
    values: Mapping[str, object]


@dataclass(frozen=True)
class Act:
    """What one entry is about; `also` are rows that changed with the subject."""

    action: str
    subject: Subject
    also: tuple[Model | NewRow, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def begin_chain(clinic_id: UUID) -> None:
    """Give a new clinic its empty chain."""
    db.session.add(AuditHead(chain=clinic_id))
    db.session.flush()


def record(
    by: Actor,
    action: str,
    subject: Subject,
    *,
    now: datetime,
    also: Iterable[Model] = (),
    **facts: object,
) -> None:
    """Append one entry: who did `action` to `subject`, with old and new value of every changed field.

    The fields are read from `subject` and the rows in `also` before they are flushed, so call this before
    any flush of them. Columns marked `info={"audited": False}` are named but their values are left out. What a
    device brought home is recorded when it arrives, and `now` as the time it happened.
    """
    if isinstance(by, Brought):
        facts, now = {**facts, "happened_at": now}, by.received_at
    _append([Act(action, subject, tuple(also), facts)], by, now)


def record_all(by: Actor, acts: Sequence[Act], *, now: datetime) -> None:
    """Append an entry for each of `acts`, in their order, flushing all their rows at once: for many rows of a file."""
    if acts:
        _append(acts, by, now)


def watch(_app: object) -> None:
    """Refuse to commit changed rows that no entry speaks of."""
    if not event.contains(db.session, "after_flush", _note_changes):
        event.listen(db.session, "after_flush", _note_changes)
        event.listen(db.session, "before_commit", _refuse_unrecorded)
        event.listen(db.session, "after_soft_rollback", _forget)
        event.listen(db.session, "after_transaction_end", _let_go)


def _append(acts: Sequence[Act], by: Actor, now: datetime) -> None:
    changed = [
        [(row, _updates(row)) for row in (act.subject, *act.also) if isinstance(row, Model | NewRow)] for act in acts
    ]
    db.session.flush()
    connection = db.session.connection()
    seq, link = _next(connection, by.clinic_id)
    entries = []
    for number, (act, updates) in enumerate(zip(acts, changed, strict=True), start=seq):
        entries.append(_entry(act, updates, by, now, number, link))
        link = entries[-1]["hash"]
    connection.execute(_APPEND, entries)
    db.session.info["recorded"] = True
    db.session.info["head"] = (by.clinic_id, seq + len(acts) - 1, link)


def _entry(act: Act, updates: Updates, by: Actor, now: datetime, seq: int, previous: bytes) -> dict[str, Any]:
    """One row of the chain, the canonical text and its hash in it."""
    entry = {
        "v": 1,
        "chain": by.clinic_id,
        "seq": seq,
        "prev": previous.hex(),
        "at": now,
        "actor": {"id": by.id, "name": by.name},
        "action": act.action,
        "subject": {"kind": act.subject.__tablename__, "id": act.subject.id},
        "changes": [
            {"kind": row.__tablename__, "id": _identity(row), "fields": fields if fields else _created(row)}
            for row, fields in updates
            if fields is None or fields
        ],
        "facts": act.facts,
    }
    written = canonical(entry)
    return {
        "chain": by.clinic_id,
        "seq": seq,
        "prev_seq": seq - 1 if seq else None,
        "prev_hash": previous,
        "hash": leaf(written),
        "at": now,
        "actor_id": by.id,
        "actor_name": by.name,
        "action": act.action,
        "subject_kind": act.subject.__tablename__,
        "subject_id": act.subject.id,
        "record": written.decode(),
    }


def _next(connection: Connection, chain: UUID) -> tuple[int, bytes]:
    """The next entry's number and the hash it follows. Read once a transaction: the head stays locked until its end."""
    known: tuple[UUID, int, bytes] | None = db.session.info.get("head")
    if known is not None and known[0] == chain:
        return known[1] + 1, known[2]
    head = connection.execute(_HEAD, {"chain_id": chain}).one()
    return head.seq + 1, head.hash


def _updates(row: object) -> dict[str, list[object]] | None:
    """Old and new values of a row already stored, or None for a row that is new."""
    if isinstance(row, NewRow):
        return None
    state = inspect(row, raiseerr=True)
    if not state.persistent:
        return None
    changed: dict[str, list[object]] = {}
    if not state.committed_state:  # nothing was set since it was read
        return changed
    for column in state.mapper.column_attrs:
        if column.key not in state.committed_state or column.key not in state.dict:
            continue
        history = state.attrs[column.key].history
        if history.added:
            old = history.deleted[0] if history.deleted else None
            changed[column.key] = _shown(column, old, history.added[0])
    return changed


def _created(row: object) -> dict[str, list[object]]:
    if isinstance(row, NewRow):
        return {name: [None, value] for name, value in row.values.items() if value is not None}
    state = inspect(row, raiseerr=True)
    values = ((column, state.dict.get(column.key)) for column in state.mapper.column_attrs)
    return {column.key: _shown(column, None, value) for column, value in values if value is not None}


def _shown(column: object, old: object, new: object) -> list[object]:
    hidden = not column.columns[0].info.get("audited", True)  # type: ignore[attr-defined]
    return ["(not recorded)"] * 2 if hidden else [old, new]


def _identity(row: object) -> list[object] | object:
    if isinstance(row, NewRow):
        return row.id
    identity = inspect(row, raiseerr=True).identity
    return identity[0] if len(identity) == 1 else list(identity)


def _note_changes(session: Session, _context: UOWTransaction) -> None:
    if "changed" in session.info:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if getattr(row, "__audited__", True) and session.is_modified(row):
            session.info["changed"] = type(row).__name__
            return


def _refuse_unrecorded(session: Session) -> None:
    session.flush()
    changed = session.info.pop("changed", None)
    if changed and not session.info.pop("recorded", False):
        raise UnrecordedChange(f"{changed} was changed without an entry in the record.")
    session.info.pop("recorded", None)


def _forget(session: Session, _previous: object) -> None:
    session.info.pop("head", None)
    if not session.in_nested_transaction():
        session.info.pop("changed", None)
        session.info.pop("recorded", None)


def _let_go(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("head", None)
