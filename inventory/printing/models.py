"""A clinic's own media, how far its printer is off, its network printers, and its print jobs."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of


class Language(StrEnum):
    """What a printer understands on its raw port."""

    ZPL = "zpl"
    PDF = "pdf"


class JobState(StrEnum):
    MADE = "made"
    """A PDF to be printed from the browser."""
    QUEUED = "queued"
    SENT = "sent"
    """The printer took every byte. Whether ink met paper, it does not tell."""
    FAILED = "failed"


class OwnMedium(Owned, Model, kw_only=True):
    """A sheet or roll the clinic measured itself. Lengths in hundredths of a millimetre."""

    __tablename__ = "own_medium"
    __table_args__ = in_clinic(
        "own_medium",
        CheckConstraint("rows > 0 AND columns > 0", name="it_has_labels"),
        Index(
            "uq_own_medium_name",
            "clinic_id",
            "name",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    name: Mapped[str]
    is_sheet: Mapped[bool]
    dpi: Mapped[int]
    columns: Mapped[int]
    rows: Mapped[int]
    page_width: Mapped[int]
    page_height: Mapped[int]
    label_width: Mapped[int]
    label_height: Mapped[int]
    left_margin: Mapped[int]
    top_margin: Mapped[int]
    horizontal_pitch: Mapped[int]
    vertical_pitch: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class MediumOffset(Owned, Model, kw_only=True):
    """How far the clinic's printer is off on a medium, in hundredths of a millimetre, to the right and down."""

    __tablename__ = "medium_offset"
    __table_args__ = in_clinic(
        "medium_offset",
        UniqueConstraint("clinic_id", "medium"),
        CheckConstraint(
            "right_hundredths BETWEEN -2000 AND 2000 AND down_hundredths BETWEEN -2000 AND 2000", name="within_20_mm"
        ),
    )

    medium: Mapped[str]
    right_hundredths: Mapped[int]
    down_hundredths: Mapped[int]


class Printer(Owned, Model, kw_only=True):
    """A label printer in the clinic's network, written to on its raw port."""

    __tablename__ = "printer"
    __table_args__ = in_clinic(
        "printer",
        CheckConstraint("port BETWEEN 1 AND 65535", name="port_is_one"),
        Index(
            "uq_printer_name",
            "clinic_id",
            "name",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    name: Mapped[str]
    host: Mapped[str]
    port: Mapped[int] = mapped_column(default=9100)
    language: Mapped[Language] = mapped_column(one_of(Language))
    dpi: Mapped[int]
    medium: Mapped[str]
    """Key of the medium that lies in it."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class PrintJob(Owned, Model, kw_only=True):
    """What was made to be printed, exactly as it was made. Only its delivery changes afterwards."""

    __tablename__ = "print_job"
    __happened__ = "made_at"
    __table_args__ = in_clinic(
        "print_job",
        CheckConstraint("labels > 0", name="it_has_labels"),
        CheckConstraint("(printer_id IS NULL) = (state = 'made')", name="a_printer_takes_what_is_queued"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        Index("ix_print_job_clinic_id_medium", "clinic_id", "medium"),
        printer_id="printer",
    )

    what: Mapped[str]
    """In words: `3 pack labels`."""
    medium: Mapped[str]
    start: Mapped[int]
    labels: Mapped[int]
    language: Mapped[Language] = mapped_column(one_of(Language))
    payload: Mapped[bytes] = mapped_column(LargeBinary, info={"audited": False})
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why it was printed again."""
    made_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    printer_id: Mapped[UUID | None] = mapped_column(init=False)
    printer: Mapped[Printer | None] = relationship(foreign_keys=[printer_id], default=None)
    state: Mapped[JobState] = mapped_column(one_of(JobState), default=JobState.MADE)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)
