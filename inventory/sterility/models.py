"""Exports of the sterility log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic


class Export(Owned, Model, kw_only=True):
    """One file handed out: who asked for what, how many rows it has, and the checksum to recognise it by."""

    __tablename__ = "export"
    __happened__ = "at"
    __by__ = "by_id"
    __table_args__ = in_clinic(
        "export",
        CheckConstraint("(finished_at IS NULL) = (sha256 IS NULL)", name="a_finished_export_has_a_checksum"),
    )

    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    filters: Mapped[str]
    """The filter as canonical JSON."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    row_count: Mapped[int | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the file's bytes, in hex."""
