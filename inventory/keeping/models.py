"""Terms, legal holds, what was removed or erased, and the door that the removing job opens for itself."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.keeping.classes import RecordClass


class HoldKind(StrEnum):
    CLINIC = "clinic"
    SESSION = "session"
    LOT = "lot"
    PATIENT = "patient"


class RetentionTerm(Owned, Model, kw_only=True):
    """How long a clinic keeps one class, from a moment on. Append-only: the newest counts."""

    __tablename__ = "retention_term"
    __table_args__ = in_clinic(
        "retention_term",
        CheckConstraint("days BETWEEN 7 AND 36500", name="days_are_a_term"),
        CheckConstraint("record_class <> 'references' OR days >= 210", name="references_outlast_a_recall"),
        Index("ix_retention_term_clinic_id_record_class_set_at", "clinic_id", "record_class", "set_at"),
    )

    record_class: Mapped[RecordClass] = mapped_column(one_of(RecordClass))
    days: Mapped[int]
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by_id: Mapped[UUID | None]
    set_by_name: Mapped[str]
    signed_with: Mapped[str]


class LegalHold(Owned, Model, kw_only=True):
    """Nothing of what it covers is removed or erased until it is lifted. Append-only but for the lifting."""

    __tablename__ = "legal_hold"
    __table_args__ = in_clinic(
        "legal_hold",
        CheckConstraint("(kind = 'clinic') = (subject_id IS NULL)", name="covers_something"),
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_for_a_reason"),
        Index("ix_legal_hold_clinic_id_lifted_at", "clinic_id", "lifted_at"),
    )

    kind: Mapped[HoldKind] = mapped_column(one_of(HoldKind))
    subject_id: Mapped[UUID | None]
    """The session, the lot or the patient's row; never a reference."""
    label: Mapped[str]
    """What it covers in words that name nobody, such as 'Session 12'."""
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[UUID | None]
    placed_by_name: Mapped[str]
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_by_name: Mapped[str | None] = mapped_column(default=None)
    lift_reason: Mapped[str | None] = mapped_column(default=None)


class RetentionReport(Owned, Model, kw_only=True):
    """What one run removed of one class. Append-only."""

    __tablename__ = "retention_report"
    __table_args__ = in_clinic(
        "retention_report",
        CheckConstraint("removed >= 1", name="removed_something"),
        Index("ix_retention_report_clinic_id_made_at", "clinic_id", "made_at"),
    )

    record_class: Mapped[RecordClass] = mapped_column(one_of(RecordClass))
    days: Mapped[int]
    before: Mapped[datetime]
    """Only what ended before this moment was removed."""
    oldest: Mapped[datetime]
    newest: Mapped[datetime]
    removed: Mapped[int]
    held: Mapped[int]
    """Past their term, and kept for a legal hold."""
    digest: Mapped[str]
    """As `classes.digest` has it, over the rows in `removed_row`."""
    made_at: Mapped[datetime]
    made_by_name: Mapped[str]


class RemovedRow(Model, kw_only=True):
    """The name of one row that a run removed, and nothing of what was in it. Append-only."""

    __tablename__ = "removed_row"
    __table_args__ = (
        *in_clinic("removed_row", report_id="retention_report")[1:],
        Index("ix_removed_row_clinic_id_report_id", "clinic_id", "report_id"),
    )
    __audited__ = False

    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    report_id: Mapped[UUID]


class ErasedSubject(Owned, Model, kw_only=True):
    """A session whose patient's reference was erased or removed. Append-only."""

    __tablename__ = "erased_subject"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "erased_subject", UniqueConstraint("clinic_id", "treatment_id"), treatment_id="treatment_session"
    )

    treatment_id: Mapped[UUID]
    commitment: Mapped[str]
    """What the record called the patient; without the key it can be tied to nobody."""
    erased_at: Mapped[datetime]


class RetentionDoor(Model, kw_only=True):
    """Open while the job removes rows of one class: only then do the triggers let rows before `before` go.

    Seen by its own transaction alone, and it cannot be committed open: `shut` points to no clinic, which the
    database checks at the commit.
    """

    __tablename__ = "retention_door"
    __audited__ = False

    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    record_class: Mapped[RecordClass] = mapped_column(one_of(RecordClass), primary_key=True)
    before: Mapped[datetime]
    shut: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("clinic.id", deferrable=True, initially="DEFERRED"), default_factory=uuid4
    )
