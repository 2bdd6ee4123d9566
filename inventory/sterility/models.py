"""Exports of the sterility log, and views of it that people keep."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.sterility.filters import ExportFormat, Shape


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
    shape: Mapped[Shape] = mapped_column(one_of(Shape), server_default="events")
    format: Mapped[ExportFormat] = mapped_column(one_of(ExportFormat), server_default="csv")
    with_references: Mapped[bool] = mapped_column(server_default=text("FALSE"))
    """Whether the patients' references are in it."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    row_count: Mapped[int | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the file's bytes, in hex."""


class SavedView(Owned, Model, kw_only=True):
    """A filter of the log under a name: for whoever keeps it, or, `shared`, for everybody of the clinic."""

    __tablename__ = "saved_view"
    __table_args__ = in_clinic(
        "saved_view",
        CheckConstraint("name <> ''", name="has_a_name"),
        Index(
            "uq_saved_view_kept",
            "clinic_id",
            "membership_id",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        membership_id="membership",
    )

    membership_id: Mapped[UUID]
    name: Mapped[str]
    asked: Mapped[str]
    """The filter as the address holds it: `flag=any&shape=sessions`."""
    shared: Mapped[bool]
    kept_at: Mapped[datetime]
    kept_by_name: Mapped[str]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
