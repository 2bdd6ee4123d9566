"""Reading the evidence for the sterility bundle of many sessions at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from inventory.db import db
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf, RinseWater
from inventory.sessions.bundle import Antiseptic, Bundle, Evidence, bundle_of
from inventory.sessions.models import Flag, Scan, TreatmentSession, TreatmentState

NEEDLE_FAULTS = ("NEEDLE_CHANGE_TOO_FEW", "NEEDLE_OVERDUE", "NEEDLE_CHANGE_DUE", "REGION_CARRYOVER")
_Before = aliased(TreatmentSession)
_DISINFECTED_AT = (
    select(func.max(Disinfection.finished_at))
    .where(
        Disinfection.clinic_id == TreatmentSession.clinic_id,
        Disinfection.gun_id == TreatmentSession.gun_id,
        Disinfection.of == DisinfectionOf.GUN,
        Disinfection.rinse_water != RinseWater.TAP,
        Disinfection.finished_at <= TreatmentSession.started_at,
    )
    .correlate(TreatmentSession)
    .scalar_subquery()
)
_USED_UNTIL = (
    select(func.max(_Before.closed_at))
    .where(
        _Before.clinic_id == TreatmentSession.clinic_id,
        _Before.gun_id == TreatmentSession.gun_id,
        _Before.closed_at <= TreatmentSession.started_at,
        _Before.state == TreatmentState.CLOSED,
        _Before.id != TreatmentSession.id,
    )
    .correlate(TreatmentSession)
    .scalar_subquery()
)


@dataclass
class _Found:
    """Evidence while it is being collected."""

    started_at: datetime
    disinfected_at: datetime | None
    used_until: datetime | None
    antiseptics: list[Antiseptic] = field(default_factory=list)
    pack_faults: list[str] = field(default_factory=list)
    needle_faults: list[str] = field(default_factory=list)


def bundles_of(clinic_id: UUID, treatment_ids: Sequence[UUID]) -> Mapping[UUID, Bundle]:
    """By session id, of those that are closed. Four statements, however many sessions."""
    found = {
        treatment_id: _Found(started_at, disinfected_at, used_until)
        for treatment_id, started_at, disinfected_at, used_until in db.session.execute(
            select(TreatmentSession.id, TreatmentSession.started_at, _DISINFECTED_AT, _USED_UNTIL).where(
                TreatmentSession.clinic_id == clinic_id,
                TreatmentSession.id.in_(treatment_ids),
                TreatmentSession.state == TreatmentState.CLOSED,
            )
        )
        if started_at is not None
    }
    _add_antiseptics(clinic_id, found)
    _add_faults(clinic_id, found)
    return {treatment_id: bundle_of(_evidence(one)) for treatment_id, one in found.items()}


def _evidence(one: _Found) -> Evidence:
    return Evidence(
        one.started_at,
        one.disinfected_at,
        one.used_until,
        tuple(one.antiseptics),
        tuple(one.pack_faults),
        tuple(one.needle_faults),
    )


def _add_antiseptics(clinic_id: UUID, found: Mapping[UUID, _Found]) -> None:
    rows = db.session.execute(
        select(
            Disinfection.treatment_id, Disinfection.finished_at, Disinfection.contact_seconds, Container.usable_until
        )
        .join(Container, Container.id == Disinfection.container_id)
        .where(Disinfection.clinic_id == clinic_id, Disinfection.treatment_id.in_(found))
    )
    for treatment_id, applied_at, contact_seconds, usable_until in rows:
        one = found.get(treatment_id) if treatment_id else None
        if one is not None and applied_at <= one.started_at:
            one.antiseptics.append(Antiseptic(applied_at, contact_seconds, usable_until))


def _add_faults(clinic_id: UUID, found: Mapping[UUID, _Found]) -> None:
    overridden: dict[UUID, list[UUID]] = defaultdict(list)
    rows = db.session.execute(
        select(Flag.treatment_id, Flag.code, Flag.rule, Flag.subject).where(
            Flag.clinic_id == clinic_id, Flag.treatment_id.in_(found), Flag.cleared_at.is_(None)
        )
    )
    for treatment_id, code, rule, subject in rows:
        if code in NEEDLE_FAULTS:
            found[treatment_id].needle_faults.append(code)
        elif code == "OVERRIDDEN":
            overridden[UUID(subject)].append(treatment_id)
        elif code == "USED_REGARDLESS" or rule == "N2":
            found[treatment_id].pack_faults.append(code)
    of_packs = select(Scan.id).where(Scan.clinic_id == clinic_id, Scan.id.in_(overridden), Scan.subject_kind == "pack")
    for scan_id in db.session.scalars(of_packs):
        for treatment_id in overridden[scan_id]:
            found[treatment_id].pack_faults.append("OVERRIDDEN")
