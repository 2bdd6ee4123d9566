"""Writing to the record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, insert, inspect, select
from sqlalchemy.orm import make_transient_to_detached

from inventory.audit import changes, clock_steps
from inventory.audit.actors import Actor, Brought, Program
from inventory.audit.canonical import canonical, leaf
from inventory.audit.changes import NewRow
from inventory.audit.clock_steps import Behind
from inventory.audit.models import AuditEntry, AuditHead
from inventory.db import Model, db

_HEAD = (
    select(AuditHead.seq, AuditHead.hash, AuditHead.at)
    .where(AuditHead.chain == bindparam("chain_id", type_=Uuid()))
    .with_for_update()
)
_NEWEST = select(AuditEntry.at, AuditEntry.record).where(
    AuditEntry.chain == bindparam("chain_id", type_=Uuid()), AuditEntry.seq == bindparam("number")
)
_APPEND = insert(AuditEntry)
_insert_into = cache(insert)


class Subject(Protocol):
    @property
    def __tablename__(self) -> str: ...
    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True)
class Act:
    """What one entry is about; `also` are rows that changed with the subject."""

    action: str
    subject: Subject
    also: tuple[Model | NewRow, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


class Head(NamedTuple):
    """The newest entry of a chain, that the next one follows; seq -1 and no time where there is none yet."""

    chain: UUID
    seq: int
    hash: bytes
    at: datetime | None


@dataclass(frozen=True)
class Chain:
    """A clinic's whole record as the subject of an entry."""

    id: UUID
    __tablename__: str = "clinic"


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

    The fields are read from `subject` and the rows in `also` before they are flushed, so call this before any flush of
    them. A new row in `also` that was not added to the session is written here. Columns marked
    `info={"audited": False}` are named but their values are left out. What a device brought home is recorded when it
    arrives, and `now` as the time it happened.

    The entry's time is `now`, or that of the entry it follows where that is later; a server's clock that was set back
    is an entry of its own, once.
    """
    if isinstance(by, Brought):
        facts, now = {**facts, "happened_at": now}, by.received_at
    _append([Act(action, subject, tuple(also), facts)], by, now)


def record_all(by: Actor, acts: Sequence[Act], *, now: datetime) -> None:
    """Append an entry for each of `acts`, in their order, flushing all their rows at once: for many rows of a file."""
    if acts:
        _append(acts, by, now)


def write_alone(row: Model) -> None:
    """Insert one new row past the unit of work, which takes three times as long; the session then knows it as stored.

    Every column must be set, also those a relationship would fill. For the few rows that a nurse waits for.
    """
    columns = inspect(row, raiseerr=True).mapper.column_attrs
    values = {column.key: getattr(row, column.key) for column in columns}
    db.session.connection().execute(_insert_into(type(row)), values)
    make_transient_to_detached(row)
    db.session.add(row)
    db.session.info.setdefault("changed", type(row).__name__)


def _append(acts: Sequence[Act], by: Actor, now: datetime) -> None:
    changed = [
        [(row, changes.updates(row)) for row in (act.subject, *act.also) if isinstance(row, Model | NewRow)]
        for act in acts
    ]
    db.session.flush()
    for act in acts:
        for row in act.also:
            if isinstance(row, Model) and inspect(row, raiseerr=True).transient:
                write_alone(row)
    connection = db.session.connection()
    head = _head(connection, by.clinic_id)
    at = now if head.at is None else max(now, head.at)
    behind = _behind(connection, head) if at > now else None
    entries = []
    if behind is not None and behind.set_back is not None:
        entries.append(
            _entry(_anomaly(by.clinic_id, behind.set_back), [], Program(by.clinic_id, by.time_zone), at, head, behind)
        )
        head = _after(entries[-1])
    for act, updates in zip(acts, changed, strict=True):
        entries.append(_entry(act, updates, by, at, head, behind))
        head = _after(entries[-1])
    connection.execute(_APPEND, entries)
    db.session.info["recorded"] = True
    db.session.info["head"] = head


def _entry(
    act: Act, updates: changes.Updates, by: Actor, at: datetime, head: Head, behind: Behind | None
) -> dict[str, Any]:
    """One row of the chain, following `head`: the canonical text and its hash in it."""
    seq = head.seq + 1
    entry = {
        "v": 1,
        "chain": head.chain,
        "seq": seq,
        "prev": head.hash.hex(),
        "at": at,
        "actor": {"id": by.id, "name": by.name},
        "action": act.action,
        "subject": {"kind": act.subject.__tablename__, "id": act.subject.id},
        "changes": [
            {
                "kind": row.__tablename__,
                "id": changes.identity(row),
                "fields": fields if fields else changes.created(row),
            }
            for row, fields in updates
            if fields is None or fields
        ],
        "facts": act.facts if behind is None else {**act.facts, **behind.facts},
    }
    written = canonical(entry)
    return {
        "chain": head.chain,
        "seq": seq,
        "prev_seq": head.seq if seq else None,
        "prev_hash": head.hash,
        "hash": leaf(written),
        "at": at,
        "actor_id": by.id,
        "actor_name": by.name,
        "action": act.action,
        "subject_kind": act.subject.__tablename__,
        "subject_id": act.subject.id,
        "record": written.decode(),
    }


def _head(connection: Connection, chain: UUID) -> Head:
    """The newest entry of `chain`. Read once a transaction: it stays locked until its end."""
    known: Head | None = db.session.info.get("head")
    if known is not None and known.chain == chain:
        return known
    return Head(chain, *connection.execute(_HEAD, {"chain_id": chain}).one())


def _after(entry: Mapping[str, Any]) -> Head:
    return Head(entry["chain"], entry["seq"], entry["hash"], entry["at"])


def _behind(connection: Connection, head: Head) -> Behind | None:
    """Whether the clock is behind the newest entry. The act's own time cannot tell: it may only have begun earlier."""
    newest = connection.execute(_NEWEST, {"chain_id": head.chain, "number": head.seq}).one()
    return clock_steps.behind(newest.at, newest.record, clock_steps.reading())


def _anomaly(chain: UUID, set_back: timedelta) -> Act:
    return Act("clock.anomaly", Chain(chain), facts={"set_back_ms": set_back // timedelta(milliseconds=1)})
