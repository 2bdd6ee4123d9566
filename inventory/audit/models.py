"""The chain of one clinic, its head, and the stored answers to requests that may arrive twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model


class AuditHead(Model, kw_only=True):
    """The newest entry of a chain; on PostgreSQL the lock that makes writers queue. Moved by a trigger."""

    __tablename__ = "audit_head"

    chain: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=-1)
    hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))
    at: Mapped[datetime | None] = mapped_column(default=None)
    """The newest entry's time: no entry is older than the one it follows, which a trigger refuses."""


class AuditEntry(Model, kw_only=True):
    """One act. The chain is linear by declaration: no two entries can follow the same one."""

    __tablename__ = "audit_entry"
    __happened__ = "at"
    __table_args__ = (
        ForeignKeyConstraint(
            ["chain", "prev_seq", "prev_hash"], ["audit_entry.chain", "audit_entry.seq", "audit_entry.hash"]
        ),
        UniqueConstraint("chain", "seq", "hash"),
        UniqueConstraint("chain", "prev_hash"),
        CheckConstraint("seq >= 0", name="seq_counts_from_zero"),
        CheckConstraint("length(hash) = 32 AND length(prev_hash) = 32", name="hashes_are_sha256"),
        CheckConstraint(
            "(seq = 0 AND prev_seq IS NULL) OR (seq > 0 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name="follows_the_one_before",
        ),
        Index("ix_audit_entry_chain_subject_id", "chain", "subject_id"),
    )

    chain: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    prev_seq: Mapped[int | None]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    record: Mapped[str]
    """The exact canonical text whose hash this is; the columns above repeat parts of it for searching."""


class StoredAnswer(Model, kw_only=True):
    """What was answered to one event the client named. Kept as long as the log, never purged."""

    __tablename__ = "stored_answer"
    __audited__ = False

    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[str | None] = mapped_column(default=None)
    at: Mapped[datetime]


class SignedCheckpoint(Model, kw_only=True):
    """What the signer signed of a chain, as the note that can be handed out. Append-only.

    The copy here is for exports and pages; what proves anything is a copy that is kept outside.
    """

    __tablename__ = "signed_checkpoint"
    __audited__ = False
    __table_args__ = (
        CheckConstraint("size >= 1", name="size_counts_entries"),
        CheckConstraint("epoch >= 1", name="epoch_counts_from_one"),
    )

    chain: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    at: Mapped[datetime]


def _of_a_checkpoint() -> ForeignKeyConstraint:
    names = ("chain", "epoch", "size")
    return ForeignKeyConstraint(names, [f"signed_checkpoint.{name}" for name in names])


class Cosignature(Model, kw_only=True):
    """A witness elsewhere saw this checkpoint, and none that contradicts it. Append-only."""

    __tablename__ = "cosignature"
    __audited__ = False
    __table_args__ = (_of_a_checkpoint(),)

    chain: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    witness: Mapped[str] = mapped_column(primary_key=True)
    """The witness's public key, as `name+id+base64`."""
    signature: Mapped[str]
    """As `cosigning` spells it: key id, time and signature in base64."""
    at: Mapped[datetime]


class TimeSeal(Model, kw_only=True):
    """A time-stamp token (RFC 3161) over a checkpoint's note: it was there no later than that. Append-only."""

    __tablename__ = "time_seal"
    __audited__ = False
    __table_args__ = (_of_a_checkpoint(),)

    chain: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(primary_key=True)
    """The address of the time-stamp authority that was asked."""
    response: Mapped[bytes] = mapped_column(LargeBinary)
    """The authority's whole answer (TimeStampResp, DER), as `openssl ts -verify -in` takes it."""
    at: Mapped[datetime]
    """The time in the token."""
