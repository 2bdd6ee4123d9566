"""A clinic's numbered, dated policies. Never edited, only superseded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.db import Model, Owned, in_clinic


class Policy(Owned, Model, kw_only=True):
    """One version of the limits. In force from `in_force_from` until the next version's; times only grow."""

    __tablename__ = "policy"
    __table_args__ = in_clinic(
        "policy",
        UniqueConstraint("clinic_id", "number"),
        UniqueConstraint("clinic_id", "in_force_from"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    number: Mapped[int]
    in_force_from: Mapped[datetime]
    thresholds: Mapped[str]
    """The numbers as canonical JSON; `facts.Thresholds.from_mapping` reads them."""
    reason: Mapped[str]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime]
