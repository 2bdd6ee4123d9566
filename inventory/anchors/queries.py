"""What is kept elsewhere of a clinic's record, and what its day came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from inventory.anchors.models import AnchorAddress, CheckpointMail, DayClose
from inventory.audit.models import Cosignature, SignedCheckpoint, TimeSeal
from inventory.clock import start_of_day
from inventory.db import db
from inventory.scanning.verdicts import Tone
from inventory.sessions.models import Flag, NeedleUse, Scan, TreatmentSession, TreatmentState


@dataclass(frozen=True)
class Counted:
    """What one day of the clinic came to."""

    sessions_closed: int
    sessions_open: int
    needles_used: int
    scans_refused: int
    flags_raised: int


@dataclass(frozen=True)
class Mailed:
    address: AnchorAddress
    day: date | None
    size: int | None
    """Entries that the newest mail to it speaks of."""


def addresses(clinic_id: UUID) -> Sequence[AnchorAddress]:
    """Those that get mail, by address."""
    query = (
        select(AnchorAddress)
        .where(AnchorAddress.clinic_id == clinic_id, AnchorAddress.ended_at.is_(None))
        .order_by(AnchorAddress.address)
    )
    return db.session.scalars(query).all()


def address_of(clinic_id: UUID, address_id: UUID) -> AnchorAddress | None:
    return db.session.scalar(
        select(AnchorAddress).where(AnchorAddress.clinic_id == clinic_id, AnchorAddress.id == address_id)
    )


def mailed(clinic_id: UUID) -> Sequence[Mailed]:
    """Each address in use with the newest mail to it."""
    newest = (
        select(CheckpointMail.address_id, func.max(CheckpointMail.day).label("day"))
        .where(CheckpointMail.clinic_id == clinic_id)
        .group_by(CheckpointMail.address_id)
        .subquery()
    )
    rows = db.session.execute(
        select(CheckpointMail.address_id, CheckpointMail.day, CheckpointMail.size).join(
            newest, (CheckpointMail.address_id == newest.c.address_id) & (CheckpointMail.day == newest.c.day)
        )
    )
    known = {row.address_id: (row.day, row.size) for row in rows}
    return [Mailed(each, *known.get(each.id, (None, None))) for each in addresses(clinic_id)]


def cosigned_to(chain: UUID) -> Cosignature | None:
    """The newest checkpoint that a witness saw."""
    query = select(Cosignature).where(Cosignature.chain == chain)
    return db.session.scalar(query.order_by(Cosignature.epoch.desc(), Cosignature.size.desc()).limit(1))


def sealed_to(chain: UUID) -> TimeSeal | None:
    """The newest checkpoint under a time-stamp."""
    query = select(TimeSeal).where(TimeSeal.chain == chain)
    return db.session.scalar(query.order_by(TimeSeal.epoch.desc(), TimeSeal.size.desc()).limit(1))


def counted(clinic_id: UUID, zone: str, day: date) -> Counted:
    begin, end = start_of_day(zone, day), start_of_day(zone, day + timedelta(days=1))

    def count(of: type, *when: ColumnElement[bool]) -> int:
        found = db.session.scalar(select(func.count()).select_from(of).where(*when))
        return found or 0

    return Counted(
        sessions_closed=count(
            TreatmentSession,
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.closed_at >= begin,
            TreatmentSession.closed_at < end,
        ),
        sessions_open=count(
            TreatmentSession,
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.state.in_((TreatmentState.SETUP, TreatmentState.RUNNING)),
        ),
        needles_used=count(
            NeedleUse, NeedleUse.clinic_id == clinic_id, NeedleUse.fitted_at >= begin, NeedleUse.fitted_at < end
        ),
        scans_refused=count(Scan, Scan.clinic_id == clinic_id, Scan.tone == Tone.RED, Scan.at >= begin, Scan.at < end),
        flags_raised=count(Flag, Flag.clinic_id == clinic_id, Flag.raised_at >= begin, Flag.raised_at < end),
    )


def still_open(clinic_id: UUID, limit: int = 20) -> Sequence[TreatmentSession]:
    query = (
        select(TreatmentSession)
        .where(
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.state.in_((TreatmentState.SETUP, TreatmentState.RUNNING)),
        )
        .order_by(TreatmentSession.opened_at)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def closes_of(clinic_id: UUID, day: date) -> Sequence[DayClose]:
    """Each time the day was closed, newest first."""
    query = select(DayClose).where(DayClose.clinic_id == clinic_id, DayClose.day == day)
    return db.session.scalars(query.order_by(DayClose.number.desc())).all()


def recent_closes(clinic_id: UUID, limit: int) -> Sequence[DayClose]:
    query = select(DayClose).where(DayClose.clinic_id == clinic_id)
    return db.session.scalars(query.order_by(DayClose.day.desc(), DayClose.number.desc()).limit(limit)).all()


def signed_since(chain: UUID, moment: datetime) -> SignedCheckpoint | None:
    """The first checkpoint that speaks of all there was at `moment`."""
    query = select(SignedCheckpoint).where(SignedCheckpoint.chain == chain, SignedCheckpoint.at >= moment)
    return db.session.scalar(query.order_by(SignedCheckpoint.at, SignedCheckpoint.size).limit(1))
