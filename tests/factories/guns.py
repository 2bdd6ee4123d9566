"""Guns, made through the operations."""

from datetime import date, datetime
from itertools import count

from inventory.audit.actors import Actor
from inventory.disinfection.models import Container, RinseWater
from inventory.guns import operations as guns
from inventory.guns.models import Gun
from tests.factories.disinfection import make_container

_numbers = count(1)


def make_gun(
    by: Actor,
    now: datetime,
    *,
    model: str = "Pistor 4",
    serial_number: str | None = None,
    fastest_shots_per_minute: int | None = 540,
    high_speed: bool = False,
    service_due_on: date | None = None,
    code: str | None = None,
) -> Gun:
    """A gun as it comes: not yet disinfected."""
    return guns.add_gun(
        model,
        serial_number or f"SN-{next(_numbers):04d}",
        by,
        now,
        fastest_shots_per_minute=fastest_shots_per_minute,
        high_speed=high_speed,
        service_due_on=service_due_on,
        code=code,
    )


def make_ready_gun(
    by: Actor,
    now: datetime,
    *,
    container: Container | None = None,
    serial_number: str | None = None,
    high_speed: bool = False,
    service_due_on: date | None = None,
    code: str | None = None,
) -> Gun:
    """A gun disinfected at `now` with `container`, or with a fresh one."""
    gun = make_gun(
        by, now, serial_number=serial_number, high_speed=high_speed, service_due_on=service_due_on, code=code
    )
    guns.disinfect_gun(gun, container or make_container(by, now), 300, RinseWater.STERILE, by, now)
    return gun
