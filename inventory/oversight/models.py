"""The review of flags: every step an entry of its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.oversight.lifecycle import FlagState, Step
from inventory.sessions.models import Flag


class FlagStep(Owned, Model, kw_only=True):
    """One step of a flag's review, by somebody who did not work in the session. Append-only; the last one counts."""

    __tablename__ = "flag_step"
    __happened__ = "flag_id"
    __table_args__ = in_clinic(
        "flag_step",
        UniqueConstraint("clinic_id", "flag_id", "sequence"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("sequence >= 1", name="sequence_counts_from_one"),
        CheckConstraint(
            "(step = 'agree_action') = (action IS NOT NULL) AND (step = 'agree_action') = (due_on IS NOT NULL) "
            "AND (step = 'agree_action') = (owner_membership_id IS NOT NULL) "
            "AND (step = 'agree_action') = (owner_name IS NOT NULL)",
            name="an_action_says_who_and_by_when",
        ),
        Index("ix_flag_step_clinic_id_due_on", "clinic_id", "due_on"),
        flag_id="flag",
        owner_membership_id="membership",
    )

    flag_id: Mapped[UUID] = mapped_column(init=False)
    flag: Mapped[Flag] = relationship(foreign_keys=[flag_id])
    sequence: Mapped[int]
    step: Mapped[Step] = mapped_column(one_of(Step))
    state: Mapped[FlagState] = mapped_column(one_of(FlagState))
    """Where the step led."""
    reason: Mapped[str]
    action: Mapped[str | None] = mapped_column(default=None)
    owner_membership_id: Mapped[UUID | None] = mapped_column(default=None)
    owner_name: Mapped[str | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
