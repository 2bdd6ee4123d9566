"""What happened to the patient's skin afterwards, and what advice they took home."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of


class ReactionKind(StrEnum):
    RASH = "rash"
    PAIN = "pain"
    HAEMATOMA = "haematoma"
    SUSPECTED_INFECTION = "suspected_infection"
    OTHER = "other"


class ReactionSeverity(StrEnum):
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class HowGiven(StrEnum):
    PRINTED = "printed"
    SHOWN = "shown"
    SPOKEN = "spoken"


class AdverseReaction(Owned, Model, kw_only=True):
    """One report of a reaction after a session. Append-only: what was learnt later is another report, what was wrong is
    corrected by one.
    """

    __tablename__ = "adverse_reaction"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "adverse_reaction",
        CheckConstraint("length(note) <= 500", name="note_is_short"),
        Index("ix_adverse_reaction_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        Index("ix_adverse_reaction_clinic_id_reported_at", "clinic_id", "reported_at"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    kind: Mapped[ReactionKind] = mapped_column(one_of(ReactionKind))
    severity: Mapped[ReactionSeverity] = mapped_column(one_of(ReactionSeverity))
    onset_on: Mapped[date]
    """The clinic's day on which it was first seen."""
    note: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class ReactionCorrection(Owned, Model, kw_only=True):
    """A report that was wrong, the one that takes its place, and why. Append-only; a report is corrected once."""

    __tablename__ = "reaction_correction"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "reaction_correction",
        UniqueConstraint("clinic_id", "wrong_id"),
        UniqueConstraint("clinic_id", "right_id"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("wrong_id <> right_id", name="another_report_takes_its_place"),
        wrong_id="adverse_reaction",
        right_id="adverse_reaction",
    )

    wrong_id: Mapped[UUID] = mapped_column(init=False)
    wrong: Mapped[AdverseReaction] = relationship(foreign_keys=[wrong_id])
    right_id: Mapped[UUID] = mapped_column(init=False)
    right: Mapped[AdverseReaction] = relationship(foreign_keys=[right_id])
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class Aftercare(Owned, Model, kw_only=True):
    """Advice given to the patient, and how. Append-only."""

    __tablename__ = "aftercare"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "aftercare",
        Index("ix_aftercare_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    how: Mapped[HowGiven] = mapped_column(one_of(HowGiven))
    sheet: Mapped[str]
    """Name and version of the sheet, such as `aftercare 1`."""
    given_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
