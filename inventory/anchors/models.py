"""Who is mailed the checkpoints, what was mailed, and the close of each day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic
from inventory.people.models import Membership


class AnchorAddress(Owned, Model, kw_only=True):
    """An address outside the clinic's hands that gets each day's checkpoint. Ended, never deleted."""

    __tablename__ = "anchor_address"
    __table_args__ = in_clinic(
        "anchor_address",
        Index(
            "uq_anchor_address_in_use",
            "clinic_id",
            "address",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    address: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class CheckpointMail(Owned, Model, kw_only=True):
    """One mail an address and day, by unique constraint. Append-only."""

    __tablename__ = "checkpoint_mail"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "checkpoint_mail",
        UniqueConstraint("clinic_id", "address_id", "day"),
        address_id="anchor_address",
    )

    address_id: Mapped[UUID]
    day: Mapped[date]
    epoch: Mapped[int]
    size: Mapped[int]
    at: Mapped[datetime]


class DayClose(Owned, Model, kw_only=True):
    """What a clinic's day came to when somebody closed it; closed again, it gets the next number. Append-only."""

    __tablename__ = "day_close"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "day_close",
        UniqueConstraint("clinic_id", "day", "number"),
        CheckConstraint("number >= 1", name="numbers_count_from_one"),
        membership_id="membership",
    )

    day: Mapped[date]
    number: Mapped[int]
    membership_id: Mapped[UUID]
    membership: Mapped[Membership] = relationship(foreign_keys="DayClose.membership_id", init=False)
    at: Mapped[datetime]
    sessions_closed: Mapped[int]
    sessions_open: Mapped[int]
    """Set up or running at that moment, whatever the day they were opened."""
    needles_used: Mapped[int]
    scans_refused: Mapped[int]
    flags_raised: Mapped[int]
