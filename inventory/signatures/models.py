"""Signatures, and what each one is of."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of


class Meaning(StrEnum):
    """What the person says by signing (21 CFR 11.50(a)(3))."""

    RELEASE = "release"
    QUARANTINE = "quarantine"
    REJECTION = "rejection"
    RECALL = "recall"
    APPROVAL = "approval"
    CORRECTION = "correction"
    REVIEW = "review"


class How(StrEnum):
    """How the person said once more who they are."""

    PASSWORD = "password"  # noqa: S105 - a word, not one
    PIN = "pin"


class Signature(Owned, Model, kw_only=True):
    """One person's signature under one act, and the very content it is of. Append-only.

    The record keeps the digest and not the content, which may be long.
    """

    __tablename__ = "signature"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "signature",
        CheckConstraint("length(content_sha256) = 64", name="digest_is_sha256"),
        Index("ix_signature_clinic_id_at", "clinic_id", "at"),
        membership_id="membership",
    )

    meaning: Mapped[Meaning] = mapped_column(one_of(Meaning))
    membership_id: Mapped[UUID]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    """As it was then."""
    at: Mapped[datetime]
    how: Mapped[How] = mapped_column(one_of(How))
    content: Mapped[str] = mapped_column(info={"audited": False})
    """The meaning and each subject with what was seen of it, canonical JSON."""
    content_sha256: Mapped[str]


class SignedSubject(Owned, Model, kw_only=True):
    """A row that a signature is of, to find one from the other. The content names it too. Append-only."""

    __tablename__ = "signed_subject"
    __happened__ = "signature_id"
    __table_args__ = in_clinic(
        "signed_subject",
        UniqueConstraint("clinic_id", "signature_id", "subject_id"),
        Index("ix_signed_subject_clinic_id_subject_id", "clinic_id", "subject_id"),
        signature_id="signature",
    )

    signature_id: Mapped[UUID] = mapped_column(init=False)
    signature: Mapped[Signature] = relationship(foreign_keys=[signature_id])
    subject_kind: Mapped[str]
    """The table of the row."""
    subject_id: Mapped[UUID]
