"""Reading what scans of a session were answered with."""

from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.packs.models import Pack
from inventory.sessions.models import Flag, Scan, TreatmentSession


def verdict_shown(treatment: TreatmentSession, scanned: str, by_id: UUID | None) -> str | None:
    """The code this person's last scan of the same text in this session was answered with, as the record keeps it."""
    return db.session.scalar(
        select(Scan.code)
        .where(
            Scan.clinic_id == treatment.clinic_id,
            Scan.treatment_id == treatment.id,
            Scan.by_id == by_id,
            Scan.scanned == scanned,
        )
        .order_by(Scan.at.desc(), Scan.id.desc())
        .limit(1)
    )


def passed_for(treatment: TreatmentSession, pack: Pack) -> frozenset[str]:
    """The verdicts a lead nurse went past, with a reason, to use `pack` in this session."""
    scans = db.session.scalars(
        select(Scan.id).where(
            Scan.clinic_id == treatment.clinic_id, Scan.treatment_id == treatment.id, Scan.subject_id == pack.id
        )
    )
    return frozenset(
        db.session.scalars(
            select(Flag.rule).where(
                Flag.clinic_id == treatment.clinic_id,
                Flag.treatment_id == treatment.id,
                Flag.code == "OVERRIDDEN",
                Flag.subject.in_([str(scan_id) for scan_id in scans]),
            )
        )
    )
