"""Who wants which lines of the digest on which days, and what was sent."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic
from inventory.people.models import Membership


class DigestChoice(Owned, Model, kw_only=True):
    """What one person wants to hear of one clinic. No row: nothing is sent."""

    __tablename__ = "digest_choice"
    __table_args__ = in_clinic(
        "digest_choice",
        UniqueConstraint("clinic_id", "membership_id"),
        membership_id="membership",
    )

    membership_id: Mapped[UUID]
    membership: Mapped[Membership] = relationship(foreign_keys="DigestChoice.membership_id", init=False)
    parts: Mapped[str] = mapped_column(default="")
    """Keys of `sections.SECTIONS`, comma-separated."""
    weekdays: Mapped[str] = mapped_column(default="")
    """Digits 0 (Monday) to 6, in order."""


class DigestSent(Owned, Model, kw_only=True):
    """One digest a person, clinic and day, by unique constraint; without `lines` nothing was to say. Append-only."""

    __tablename__ = "digest_sent"
    __table_args__ = in_clinic(
        "digest_sent",
        UniqueConstraint("clinic_id", "membership_id", "day"),
        CheckConstraint("lines >= 0", name="lines_are_counted"),
        membership_id="membership",
    )

    membership_id: Mapped[UUID]
    day: Mapped[date]
    lines: Mapped[int]
    at: Mapped[datetime]
