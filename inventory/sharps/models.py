"""Sharps containers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.sharps.lifecycle import SharpsState
from inventory.stock.models import Location


class SharpsContainer(Owned, Model, kw_only=True):
    """One container in a room. What is in it follows from the needles removed in that room while it was in use."""

    __tablename__ = "sharps_container"
    __table_args__ = in_clinic(
        "sharps_container",
        UniqueConstraint("code"),
        Index(
            "uq_sharps_container_in_use",
            "clinic_id",
            "room_id",
            unique=True,
            sqlite_where=text("state = 'in_use'"),
            postgresql_where=text("state = 'in_use'"),
        ),
        CheckConstraint("length(code) = 17", name="code_is_ours"),
        CheckConstraint("needles_to_line BETWEEN 1 AND 100000", name="it_holds_needles"),
        CheckConstraint("(state = 'in_use') = (closed_at IS NULL)", name="closed_at_a_moment"),
        CheckConstraint("(state IN ('in_use', 'closed')) = (sealed_at IS NULL)", name="sealed_at_a_moment"),
        CheckConstraint(
            "(state = 'picked_up') = (picked_up_on IS NOT NULL AND carrier IS NOT NULL AND document IS NOT NULL)",
            name="picked_up_with_proof",
        ),
        room_id="location",
    )

    code: Mapped[str]
    room_id: Mapped[UUID] = mapped_column(init=False)
    room: Mapped[Location] = relationship(foreign_keys=[room_id])
    size_ml: Mapped[int | None] = mapped_column(default=None)
    """Up to its fill line, where it was given in ml."""
    needles_to_line: Mapped[int]
    state: Mapped[SharpsState] = mapped_column(one_of(SharpsState), default=SharpsState.IN_USE)
    opened_at: Mapped[datetime]
    opened_by_name: Mapped[str]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(default=None)
    sealed_at: Mapped[datetime | None] = mapped_column(default=None)
    sealed_by_name: Mapped[str | None] = mapped_column(default=None)
    picked_up_on: Mapped[date | None] = mapped_column(default=None)
    carrier: Mapped[str | None] = mapped_column(default=None)
    document: Mapped[str | None] = mapped_column(default=None)
    """The number on the carrier's paper."""
    picked_up_by_name: Mapped[str | None] = mapped_column(default=None)
    """Who in the clinic handed it over."""
