"""Reading sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from inventory.db import db
from inventory.disinfection.models import Container, Disinfection
from inventory.errors import NotHere
from inventory.packs.models import Pack, PackContent, PackState, PackUse
from inventory.packs.queries import live_use_of
from inventory.sessions.models import (
    Flag,
    NeedleUse,
    Scan,
    SessionContainer,
    SessionSubject,
    TreatedArea,
    TreatmentSession,
)
from inventory.sessions.rows import AreaRow
from inventory.stock.models import Lot, ProductKind

_TREATMENT = (
    select(TreatmentSession)
    .where(TreatmentSession.clinic_id == bindparam("in_clinic"), TreatmentSession.id == bindparam("wanted"))
    .options(
        joinedload(TreatmentSession.gun),
        joinedload(TreatmentSession.room),
        joinedload(TreatmentSession.policy),
    )
)
_USES = (
    select(NeedleUse)
    .where(
        NeedleUse.clinic_id == bindparam("in_clinic"),
        NeedleUse.treatment_id == bindparam("wanted"),
        NeedleUse.undone_at.is_(None),
    )
    .order_by(NeedleUse.sequence)
    .options(joinedload(NeedleUse.lot).joinedload(Lot.product), joinedload(NeedleUse.pack))
)
_LAST_SEQUENCE = select(func.max(NeedleUse.sequence)).where(
    NeedleUse.clinic_id == bindparam("in_clinic"), NeedleUse.treatment_id == bindparam("wanted")
)
_AREAS = (
    select(TreatedArea)
    .where(
        TreatedArea.clinic_id == bindparam("in_clinic"),
        TreatedArea.treatment_id == bindparam("wanted"),
        TreatedArea.withdrawn_at.is_(None),
    )
    .order_by(TreatedArea.added_at, TreatedArea.id)
)
_SKIN = (
    select(Disinfection)
    .where(Disinfection.clinic_id == bindparam("in_clinic"), Disinfection.treatment_id == bindparam("wanted"))
    .order_by(Disinfection.finished_at)
)
_PACKS = (
    select(Pack)
    .join(PackUse, PackUse.pack_id == Pack.id)
    .where(
        PackUse.clinic_id == bindparam("in_clinic"),
        PackUse.treatment_id == bindparam("wanted"),
        PackUse.voided_at.is_(None),
    )
    .order_by(PackUse.used_at, PackUse.id)
    .options(selectinload(Pack.contents).joinedload(PackContent.lot).joinedload(Lot.product))
)
_LIVE_FLAGS = (
    select(Flag)
    .where(
        Flag.clinic_id == bindparam("in_clinic"),
        Flag.treatment_id == bindparam("wanted"),
        Flag.cleared_at.is_(None),
    )
    .order_by(Flag.raised_at, Flag.id)
)


@dataclass(frozen=True)
class Course:
    """What a session is judged by: its needles in order, the regions that count, the skin's disinfections."""

    needle_uses: Sequence[NeedleUse]
    areas: Sequence[TreatedArea]
    skin: Sequence[Disinfection]


def treatment_of(clinic_id: UUID, treatment_id: UUID) -> TreatmentSession:
    """One session with gun, room and policy. Raises `NotHere`."""
    found = db.session.scalar(_TREATMENT, {"in_clinic": clinic_id, "wanted": treatment_id})
    if found is None:
        raise NotHere("There is no such session in this clinic.")
    return found


def _of(treatment: TreatmentSession) -> dict[str, UUID]:
    return {"in_clinic": treatment.clinic_id, "wanted": treatment.id}


def needle_uses_of(treatment: TreatmentSession) -> Sequence[NeedleUse]:
    """The needles that were on the gun, in order; not those whose swap was taken back."""
    return db.session.scalars(_USES, _of(treatment)).all()


def areas_of(treatment: TreatmentSession) -> Sequence[TreatedArea]:
    """The regions that count, oldest first."""
    return db.session.scalars(_AREAS, _of(treatment)).all()


def area_of(treatment: TreatmentSession, area_id: UUID) -> TreatedArea:
    for area in areas_of(treatment):
        if area.id == area_id:
            return area
    raise NotHere("There is no such region in this session.")


def course_of(treatment: TreatmentSession) -> Course:
    return Course(needle_uses_of(treatment), areas_of(treatment), skin_disinfections_of(treatment))


def skin_disinfections_of(treatment: TreatmentSession) -> Sequence[Disinfection]:
    return db.session.scalars(_SKIN, _of(treatment)).all()


def packs_of(treatment: TreatmentSession) -> Sequence[Pack]:
    """Packs opened for this session, with contents, oldest first."""
    return db.session.scalars(_PACKS, _of(treatment)).unique().all()


def is_opened_here(treatment: TreatmentSession, pack: Pack) -> bool:
    if pack.state in (PackState.MADE_UP, PackState.AVAILABLE):
        return False
    use = live_use_of(pack)
    return use is not None and use.treatment_id == treatment.id


def containers_of(treatment: TreatmentSession) -> Sequence[SessionContainer]:
    return db.session.scalars(
        select(SessionContainer)
        .where(SessionContainer.clinic_id == treatment.clinic_id, SessionContainer.treatment_id == treatment.id)
        .order_by(SessionContainer.scanned_at)
        .options(joinedload(SessionContainer.container).joinedload(Container.lot).joinedload(Lot.product))
    ).all()


def fitted_needle(treatment: TreatmentSession) -> NeedleUse | None:
    for use in needle_uses_of(treatment):
        if use.removed_at is None:
            return use
    return None


def last_sequence(treatment: TreatmentSession) -> int:
    """Also of a needle whose swap was taken back: a number is not given twice."""
    return db.session.scalar(_LAST_SEQUENCE, _of(treatment)) or 0


def needle_left_in(treatment: TreatmentSession, pack: Pack) -> PackContent | None:
    """A needle content of `pack` of which not all were fitted yet, or None."""
    uses = needle_uses_of(treatment)
    for content in pack.contents:
        if content.lot.product.kind is ProductKind.NEEDLE:
            fitted = sum(1 for use in uses if use.pack_id == pack.id and use.lot_id == content.lot_id)
            if fitted < content.quantity:
                return content
    return None


def key_of(area: AreaRow) -> str:
    """A region and side, as needle uses name it: `thigh_front:left`."""
    return f"{area.region}:{area.side}"


def region_for(treatment: TreatmentSession, after: NeedleUse | None) -> str:
    """Where the next needle will be used unless somebody says otherwise: where the last one ended."""
    areas = [key_of(area) for area in areas_of(treatment)]
    last = after.regions.split(",")[-1] if after is not None else ""
    return last if last in areas else (areas[0] if areas else "")


def next_region(treatment: TreatmentSession, after: NeedleUse | None) -> str | None:
    """The first region no needle has worked on yet, or None when every one has been."""
    worked = {key for use in needle_uses_of(treatment) for key in use.regions.split(",") if key}
    for area in areas_of(treatment):
        if key_of(area) not in worked:
            return key_of(area)
    return None if after is None else region_for(treatment, after)


def subject_of(treatment: TreatmentSession) -> str | None:
    """The patient's reference, or None once it has been erased."""
    return db.session.scalar(
        select(SessionSubject.patient_reference).where(
            SessionSubject.clinic_id == treatment.clinic_id, SessionSubject.treatment_id == treatment.id
        )
    )


def scan_of(treatment: TreatmentSession, scan_id: UUID) -> Scan:
    found = db.session.get(Scan, scan_id)
    if found is None or (found.clinic_id, found.treatment_id) != (treatment.clinic_id, treatment.id):
        raise NotHere("There is no such scan in this session.")
    return found


def scans_of(treatment: TreatmentSession, limit: int = 20) -> Sequence[Scan]:
    """Newest first."""
    return db.session.scalars(
        select(Scan)
        .where(Scan.clinic_id == treatment.clinic_id, Scan.treatment_id == treatment.id)
        .order_by(Scan.at.desc(), Scan.id.desc())
        .limit(limit)
    ).all()


def next_number(clinic_id: UUID) -> int:
    last = db.session.scalar(select(func.max(TreatmentSession.number)).where(TreatmentSession.clinic_id == clinic_id))
    return (last or 0) + 1


def live_flags(treatment: TreatmentSession) -> Sequence[Flag]:
    return db.session.scalars(_LIVE_FLAGS, _of(treatment)).all()
