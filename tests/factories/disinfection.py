"""Lots of liquids and opened containers, made through the operations."""

from datetime import date, datetime
from itertools import count

from inventory.audit.actors import Actor
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import Container
from inventory.stock import operations as stock
from inventory.stock.kinds import asked_of
from inventory.stock.models import LifeUnit, Location, LocationKind, Lot, ProductKind

_numbers = count(1)


def make_room(by: Actor, now: datetime, *, name: str | None = None) -> Location:
    return stock.add_location(name or f"Room {next(_numbers)}", LocationKind.ROOM, by, now)


def make_liquid(
    by: Actor,
    now: datetime,
    *,
    kind: ProductKind = ProductKind.DISINFECTANT,
    name: str | None = None,
    contact_seconds: int | None = 300,
    opened_life: int | None = 14,
    opened_life_unit: LifeUnit | None = LifeUnit.DAYS,
    needs_test_strip: bool = False,
    expires_on: date | None = date(2027, 12, 31),
    number: str = "D1",
    quantity: int = 5,
) -> tuple[Lot, Location]:
    """`quantity` bottles of a lot, and the store they stand in."""
    product = stock.add_product(
        by,
        now,
        name=name or f"{kind.value.capitalize()} {next(_numbers)}",
        kind=kind,
        base_unit="bottle",
        contact_seconds=contact_seconds if asked_of(kind, "contact_seconds") else None,
        opened_life=opened_life if asked_of(kind, "opened_life") else None,
        opened_life_unit=opened_life_unit if asked_of(kind, "opened_life") else None,
        needs_test_strip=needs_test_strip,
    )
    store = stock.add_location(f"Store {next(_numbers)}", LocationKind.STORE, by, now)
    return stock.receive(product, number, expires_on, quantity, store, by, now), store


def make_container(
    by: Actor,
    now: datetime,
    *,
    kind: ProductKind = ProductKind.DISINFECTANT,
    name: str | None = None,
    contact_seconds: int | None = 300,
    opened_life: int | None = 14,
    opened_life_unit: LifeUnit | None = LifeUnit.DAYS,
    needs_test_strip: bool = False,
    expires_on: date | None = date(2027, 12, 31),
    number: str = "D1",
    code: str | None = None,
) -> Container:
    """A bottle opened at `now`; as a disinfectant it may serve guns for 14 days."""
    lot, store = make_liquid(
        by,
        now,
        kind=kind,
        name=name,
        contact_seconds=contact_seconds,
        opened_life=opened_life,
        opened_life_unit=opened_life_unit,
        needs_test_strip=needs_test_strip,
        expires_on=expires_on,
        number=number,
    )
    return disinfection.open_container(lot, store, by, now, code=code)
