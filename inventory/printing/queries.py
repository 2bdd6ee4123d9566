"""Reading media, printers and jobs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.printing.models import MediumOffset, OwnMedium, Printer, PrintJob
from labels.media import MEDIA, Medium

OWN = "own-"


def media_of(clinic_id: UUID) -> Mapping[str, Medium]:
    """By key: those that come with the program, then the clinic's own."""
    own = db.session.scalars(
        select(OwnMedium).where(OwnMedium.clinic_id == clinic_id, OwnMedium.ended_at.is_(None)).order_by(OwnMedium.name)
    )
    return {**MEDIA, **{medium.key: medium for medium in map(medium_from, own)}}


def medium_from(row: OwnMedium) -> Medium:
    return Medium(
        f"{OWN}{row.id.hex}",
        row.name,
        row.page_width / 100,
        row.page_height / 100,
        row.columns,
        row.rows,
        row.label_width / 100,
        row.label_height / 100,
        row.left_margin / 100,
        row.top_margin / 100,
        row.horizontal_pitch / 100,
        row.vertical_pitch / 100,
        is_sheet=row.is_sheet,
        dpi=row.dpi,
    )


def own_medium_of(clinic_id: UUID, medium_id: UUID) -> OwnMedium:
    found = db.session.scalar(select(OwnMedium).where(OwnMedium.clinic_id == clinic_id, OwnMedium.id == medium_id))
    if found is None:
        raise NotHere("There is no such medium in this clinic.")
    return found


def offset_row(clinic_id: UUID, medium: str) -> MediumOffset | None:
    return db.session.scalar(
        select(MediumOffset).where(MediumOffset.clinic_id == clinic_id, MediumOffset.medium == medium)
    )


def offset_mm(clinic_id: UUID, medium: str) -> tuple[float, float]:
    """To the right and down."""
    row = offset_row(clinic_id, medium)
    return (0, 0) if row is None else (row.right_hundredths / 100, row.down_hundredths / 100)


def printers_in(clinic_id: UUID) -> Sequence[Printer]:
    return db.session.scalars(
        select(Printer).where(Printer.clinic_id == clinic_id, Printer.ended_at.is_(None)).order_by(Printer.name)
    ).all()


def printer_of(clinic_id: UUID, printer_id: UUID) -> Printer:
    found = db.session.scalar(select(Printer).where(Printer.clinic_id == clinic_id, Printer.id == printer_id))
    if found is None or found.ended_at is not None:
        raise NotHere("There is no such printer in this clinic. Choose another one.")
    return found


def jobs_in(clinic_id: UUID, limit: int = 100) -> Sequence[PrintJob]:
    """Newest first, without what was printed."""
    return db.session.scalars(
        select(PrintJob)
        .where(PrintJob.clinic_id == clinic_id)
        .order_by(PrintJob.id.desc())
        .limit(limit)
        .options(joinedload(PrintJob.printer), defer(PrintJob.payload))
    ).all()


def job_of(clinic_id: UUID, job_id: UUID) -> PrintJob:
    found = db.session.scalar(
        select(PrintJob)
        .where(PrintJob.clinic_id == clinic_id, PrintJob.id == job_id)
        .options(joinedload(PrintJob.printer))
    )
    if found is None:
        raise NotHere("There is no such print job in this clinic.")
    return found


def next_free(clinic_id: UUID, medium: Medium) -> int:
    """Where the sheet in use goes on: after the last label that was printed on this medium."""
    last = db.session.execute(
        select(PrintJob.start, PrintJob.labels)
        .where(PrintJob.clinic_id == clinic_id, PrintJob.medium == medium.key)
        .order_by(PrintJob.id.desc())
        .limit(1)
    ).first()
    return 1 if last is None else (last.start - 1 + last.labels) % medium.per_page + 1


def usual_medium(clinic_id: UUID) -> str | None:
    """The medium used last."""
    return db.session.scalar(
        select(PrintJob.medium).where(PrintJob.clinic_id == clinic_id).order_by(PrintJob.id.desc()).limit(1)
    )
