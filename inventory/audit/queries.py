"""Reading and proving the record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, select

from inventory.audit.canonical import GENESIS, canonical, leaf
from inventory.audit.models import AuditEntry, AuditHead
from inventory.db import as_text, db

_ENTRY, _HEAD = AuditEntry.__table__.c, AuditHead.__table__.c
# Head and entries in one statement: on PostgreSQL two would see two moments, and an entry written between them
# would look like a fault.
_CHAIN = (
    select(_HEAD.seq.label("head_seq"), _HEAD.hash.label("head_hash"), *_ENTRY)
    .select_from(AuditHead.__table__.outerjoin(AuditEntry.__table__, _ENTRY.chain == _HEAD.chain))
    .where(_HEAD.chain == bindparam("clinic", type_=Uuid()))
    .order_by(_ENTRY.seq)
)


@dataclass(frozen=True)
class Verification:
    """`broken_at` is the sequence number of the first entry that does not hold, `reason` says why."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def verify(clinic_id: UUID) -> Verification:
    """Recompute a clinic's whole chain from its stored text. Cost: about 10 us an entry, constant memory."""
    previous, expected = GENESIS, 0
    head: tuple[int, bytes] | None = None
    try:
        for row in db.session.execute(_CHAIN, {"clinic": clinic_id}, execution_options={"yield_per": 2000}):
            head = (row.head_seq, row.head_hash)
            if row.seq is None:
                break
            reason = _fault(row._mapping, previous, expected)
            if reason:
                return Verification(expected, previous.hex(), expected, reason)
            previous, expected = row.hash, expected + 1
    except (TypeError, ValueError, AttributeError):
        # A value that cannot even be read, such as a time that is none, fails while its batch is fetched.
        return Verification(expected, previous.hex(), expected, "it, or one soon after it, cannot be read")
    if head is None:
        return Verification(expected, previous.hex(), expected, "its head is missing")
    if head[0] != expected - 1:
        return Verification(expected, previous.hex(), expected, "the newest entries are missing")
    if head[1] != previous:
        return Verification(expected, previous.hex(), expected - 1, "it is not the entry that was written last")
    return Verification(expected, previous.hex())


def entries_of(
    clinic_id: UUID, subject_id: UUID, limit: int = 200, *, before: int | None = None
) -> Sequence[AuditEntry]:
    """What happened to one thing, newest first; `before` as in `page_of`."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.chain == clinic_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class Corrected:
    """A change of something that was known, with why: each field's name, old and new value."""

    at: datetime
    by_name: str
    reason: str
    fields: Sequence[tuple[str, object, object]]


def corrections_of(clinic_id: UUID, subject_ids: Sequence[UUID], limit: int = 50) -> Sequence[Corrected]:
    """What was changed of these things with a reason, newest first, as the record keeps it."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.chain == clinic_id,
            AuditEntry.subject_id.in_(subject_ids),
            AuditEntry.action.endswith(".changed", autoescape=True),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    return [_corrected(entry, json.loads(entry.record)) for entry in entries]


def _corrected(entry: AuditEntry, record: Mapping[str, Any]) -> Corrected:
    fields = [(name, old, new) for row in record["changes"] for name, (old, new) in row["fields"].items()]
    return Corrected(entry.at, entry.actor_name, record["facts"].get("reason", "no reason was asked then"), fields)


def numbers_of(clinic_id: UUID, subject_id: UUID) -> Sequence[int]:
    """The numbers of all entries on one thing, oldest first."""
    query = (
        select(AuditEntry.seq)
        .where(AuditEntry.chain == clinic_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.seq)
    )
    return db.session.scalars(query).all()


def size_of(clinic_id: UUID) -> int:
    """How many entries the record has."""
    newest = db.session.scalar(select(AuditHead.seq).where(AuditHead.chain == clinic_id))
    return 0 if newest is None else newest + 1


def page_of(clinic_id: UUID, *, before: int | None = None, limit: int = 50) -> Sequence[AuditEntry]:
    """One page of the record, newest first; `before` is the sequence number the page ends above."""
    query = select(AuditEntry).where(AuditEntry.chain == clinic_id).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return db.session.scalars(query).all()


def _fault(column: RowMapping, previous: bytes, expected: int) -> str:
    if column["seq"] != expected:
        return f"entry {expected} is missing"
    text: str = column["record"]
    if leaf(text.encode()) != column["hash"]:
        return "its text does not match its hash"
    if column["prev_hash"] != previous:
        return "it does not follow the entry before it"
    try:
        record = json.loads(text)
        if canonical(record) != text.encode():
            return "its text is not in canonical form"
        said = _said(record)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "its text is not a record"
    stored = (
        str(column["chain"]),
        column["seq"],
        previous.hex(),
        as_text(column["at"]),
        str(column["actor_id"]) if column["actor_id"] else None,
        column["actor_name"],
        column["action"],
        column["subject_kind"],
        str(column["subject_id"]),
    )
    return "" if said == stored else "its columns differ from its text"


def _said(record: Mapping[str, Mapping[str, object]]) -> tuple[object, ...]:
    """What the text says of the parts that columns repeat."""
    return (
        record["chain"],
        record["seq"],
        record["prev"],
        record["at"],
        record["actor"]["id"],
        record["actor"]["name"],
        record["action"],
        record["subject"]["kind"],
        record["subject"]["id"],
    )
