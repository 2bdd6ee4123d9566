"""What happens to a gun. Every change of state follows `readiness.LIFECYCLE`."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf, RinseWater
from inventory.errors import DomainError, Invalid
from inventory.guns import queries
from inventory.guns.models import Gun, GunService, GunState
from inventory.guns.readiness import LIFECYCLE, Readiness, Step
from labels import codes


class SerialNumberTaken(DomainError):
    def __init__(self, serial_number: str) -> None:
        super().__init__(
            f"A gun with serial number {serial_number} is already listed. Check the number on the gun.",
            field="serial_number",
        )
        self.serial_number = serial_number


class GunNotDisinfected(DomainError):
    code = "GUN_NOT_DISINFECTED"

    def __init__(self, gun: Gun) -> None:
        super().__init__(f"{_named(gun)} was not disinfected since its last use. Disinfect it first.")
        self.gun = gun


class GunOutOfService(DomainError):
    """Taken out of service with a reason, or its service is overdue (`due_on`)."""

    code = "GUN_OUT_OF_SERVICE"

    def __init__(self, gun: Gun, *, due_on: date | None = None) -> None:
        why = f"service was due on {due_on.isoformat()}" if due_on else f"{gun.out_of_service_reason}"
        super().__init__(f"{_named(gun)} is out of service: {why}. Have it serviced, and take another gun.")
        self.gun = gun
        self.due_on = due_on


class GunInUse(DomainError):
    code = "GUN_IN_USE"

    def __init__(self, gun: Gun) -> None:
        super().__init__(f"{_named(gun)} is in use in an open session. Close that session first.")
        self.gun = gun


class GunNotInUse(DomainError):
    """Given back without having been taken."""

    def __init__(self, gun: Gun) -> None:
        super().__init__(f"{_named(gun)} is in no session, so it cannot be given back.")
        self.gun = gun


class TapWaterRinse(DomainError):
    code = "TAP_WATER_RINSE"

    def __init__(self, gun: Gun) -> None:
        super().__init__(
            f"{_named(gun)} was rinsed with tap water at its last disinfection. Have it serviced, and take another gun."
        )
        self.gun = gun


def add_gun(
    model: str,
    serial_number: str,
    by: Actor,
    now: datetime,
    *,
    fastest_shots_per_minute: int | None = None,
    high_speed: bool = False,
    service_due_on: date | None = None,
    code: str | None = None,
) -> Gun:
    """List a new gun; it must be disinfected before its first session. Raises `SerialNumberTaken`."""
    gun = Gun(
        clinic_id=by.clinic_id,
        code=code or codes.new_code(),
        model=model,
        serial_number=serial_number,
        fastest_shots_per_minute=fastest_shots_per_minute,
        high_speed=high_speed,
        service_due_on=service_due_on,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(gun)
            record(by, "gun.added", gun, now=now)
    except IntegrityError:
        raise SerialNumberTaken(serial_number) from None
    return gun


def disinfect_gun(
    gun: Gun, container: Container, contact_seconds: int, rinse_water: RinseWater, by: Actor, now: datetime
) -> Disinfection:
    """Disinfected and rinsed, finished now: available again, or after tap water out of service.

    A gun out of service stays so until its service. Raises `GunInUse` and whatever `disinfect` of
    `disinfection` raises.
    """
    _lock(gun)
    tap = rinse_water is RinseWater.TAP
    state = _after(gun, Step.RINSE_WITH_TAP_WATER if tap else Step.DISINFECT)
    done = disinfection.disinfect(DisinfectionOf.GUN, container, contact_seconds, rinse_water, by, now, gun_id=gun.id)
    if tap:
        gun.rinsed_with_tap_water = True
        day = day_in(by.time_zone, now).isoformat()
        gun.out_of_service_reason = f"Rinsed with tap water on {day}; have it serviced"
    gun.state = state
    action = "gun.made_available" if state is GunState.AVAILABLE else "gun.kept_out_of_service"
    record(by, action, gun, now=now, disinfection=done.id, rinse_water=rinse_water)
    return done


def service_gun(gun: Gun, work_done: str, next_due_on: date | None, by: Actor, now: datetime) -> GunService:
    """Back from service: no longer out of service, and to be disinfected before use. Raises `GunInUse`."""
    if next_due_on is not None and next_due_on < day_in(by.time_zone, now):
        raise Invalid("The next service cannot be due in the past. Correct the date.", field="next_due_on")
    _lock(gun)
    gun.state = _after(gun, Step.SERVICE)
    gun.out_of_service_reason = None
    gun.rinsed_with_tap_water = False
    gun.service_due_on = next_due_on
    service = GunService(
        clinic_id=by.clinic_id,
        gun=gun,
        at=now,
        by_id=by.id,
        by_name=by.name,
        work_done=work_done,
        next_due_on=next_due_on,
    )
    db.session.add(service)
    record(by, "gun.serviced", gun, now=now, also=[service])
    return service


def take_out_of_service(gun: Gun, reason: str, by: Actor, now: datetime) -> None:
    """No session takes it until it was serviced. Raises `GunInUse`, or `GunOutOfService` if it is already."""
    _lock(gun)
    gun.state = _after(gun, Step.TAKE_OUT_OF_SERVICE)
    gun.out_of_service_reason = reason
    record(by, "gun.taken_out_of_service", gun, now=now)


def check_ready(gun: Gun, today: date, *, override_reason: str | None = None) -> None:
    """Raises why a session may not take `gun` on the clinic's day `today`.

    `TapWaterRinse`, `GunOutOfService` (also where its service is overdue), `GunInUse`, and last
    `GunNotDisinfected`, the only one that `override_reason` passes over.
    """
    match queries.readiness_on(gun, today):
        case Readiness.TAP_WATER:
            raise TapWaterRinse(gun)
        case Readiness.OUT_OF_SERVICE:
            raise GunOutOfService(gun)
        case Readiness.SERVICE_OVERDUE:
            raise GunOutOfService(gun, due_on=gun.service_due_on)
        case Readiness.IN_USE:
            raise GunInUse(gun)
        case Readiness.NEEDS_DISINFECTION:
            if not override_reason:
                raise GunNotDisinfected(gun)


def take(gun: Gun, by: Actor, now: datetime, *, override_reason: str | None = None) -> None:
    """Into a session. Of two that try at once, the second sees the first's and raises `GunInUse`."""
    _lock(gun)
    check_ready(gun, day_in(by.time_zone, now), override_reason=override_reason)
    undisinfected = gun.state is GunState.NEEDS_DISINFECTION
    gun.state = _after(gun, Step.TAKE_UNDER_OVERRIDE if undisinfected else Step.TAKE)
    record(by, "gun.taken", gun, now=now, override_reason=override_reason if undisinfected else None)


def give_back(gun: Gun, by: Actor, now: datetime) -> None:
    """Out of a session; it must be disinfected before the next. Raises `GunNotInUse`."""
    _lock(gun)
    gun.state = _after(gun, Step.GIVE_BACK)
    record(by, "gun.given_back", gun, now=now)


def put_back_unused(gun: Gun, by: Actor, now: datetime) -> None:
    """Out of a session that never used it: as disinfected as it was when taken. Raises `GunNotInUse`."""
    _lock(gun)
    used = _after(gun, Step.GIVE_BACK)
    gun.state = used if queries.was_taken_under_override(gun) else GunState.AVAILABLE
    record(by, "gun.put_back_unused", gun, now=now)


def _lock(gun: Gun) -> None:
    """Read the gun afresh; on PostgreSQL nobody else changes it before this transaction ends."""
    db.session.refresh(gun, with_for_update=True)


def _after(gun: Gun, step: Step) -> GunState:
    """The state `step` leads to. Raises why it is not allowed in the gun's state."""
    state = LIFECYCLE.get((gun.state, step))
    if state is not None:
        return state
    if step is Step.GIVE_BACK:
        raise GunNotInUse(gun)
    raise GunInUse(gun) if gun.state is GunState.IN_USE else GunOutOfService(gun)


def _named(gun: Gun) -> str:
    return f"{gun.model} {gun.serial_number}"
