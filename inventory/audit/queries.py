"""Reading and proving the record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, select

from inventory.audit.canonical import GENESIS, canonical, leaf
from inventory.audit.models import AuditEntry, AuditHead
from inventory.db import as_text, db


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
    entry = AuditEntry.__table__.c
    rows = db.session.execute(
        select(*entry).where(entry.chain == clinic_id).order_by(entry.seq).execution_options(yield_per=2000)
    )
    previous, expected = GENESIS, 0
    for row in rows:
        reason = _fault(row._mapping, previous, expected)
        if reason:
            return Verification(expected, previous.hex(), expected, reason)
        previous, expected = row.hash, expected + 1
    head = db.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.chain == clinic_id)).one()
    if head.seq != expected - 1 or head.hash != previous:
        return Verification(expected, previous.hex(), expected, "the newest entries are missing")
    return Verification(expected, previous.hex())


def entries_of(clinic_id: UUID, subject_id: UUID, limit: int = 200) -> Sequence[AuditEntry]:
    """What happened to one thing, newest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == clinic_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    ).all()


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
    except ValueError:
        return "its text is not a record"
    if canonical(record) != text.encode():
        return "its text is not in canonical form"
    said = (
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
