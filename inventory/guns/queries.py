"""Finding guns and what happened to them."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.errors import NotHere
from inventory.guns.models import Gun, GunService
from inventory.guns.readiness import Readiness, readiness_of

_CODED = select(Gun).where(Gun.clinic_id == bindparam("clinic_id", type_=Uuid()), Gun.code == bindparam("code"))


def gun_coded(clinic_id: UUID, code: str) -> Gun | None:
    """The gun our label `code` (17 symbols, no spaces) is stuck on."""
    return db.session.scalar(_CODED, {"clinic_id": clinic_id, "code": code})


def gun_of(clinic_id: UUID, gun_id: UUID) -> Gun:
    """Raises `NotHere`."""
    found = db.session.scalar(select(Gun).where(Gun.clinic_id == clinic_id, Gun.id == gun_id))
    if found is None:
        raise NotHere("There is no such gun in this clinic. Open the list and choose it there.")
    return found


def guns_in(clinic_id: UUID) -> Sequence[Gun]:
    """All guns of the clinic by model and serial number."""
    return db.session.scalars(
        select(Gun).where(Gun.clinic_id == clinic_id).order_by(Gun.model, Gun.serial_number)
    ).all()


def readiness_on(gun: Gun, today: date) -> Readiness:
    """Whether `gun` may be taken on the clinic's day `today`, or why not."""
    return readiness_of(
        gun.state,
        rinsed_with_tap_water=gun.rinsed_with_tap_water,
        service_due_on=gun.service_due_on,
        today=today,
    )


def services_of(gun: Gun) -> Sequence[GunService]:
    """Newest first."""
    return db.session.scalars(
        select(GunService)
        .where(GunService.clinic_id == gun.clinic_id, GunService.gun_id == gun.id)
        .order_by(GunService.at.desc(), GunService.id.desc())
    ).all()


def was_taken_under_override(gun: Gun) -> bool:
    """Whether the gun in use was taken undisinfected, by the record of its last taking."""
    taken = next(entry for entry in entries_of(gun.clinic_id, gun.id) if entry.action == "gun.taken")
    return json.loads(taken.record)["facts"]["override_reason"] is not None
