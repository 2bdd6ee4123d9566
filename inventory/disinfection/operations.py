"""Opening and ending containers, testing their strength, disinfecting with them."""

from datetime import date, datetime
from uuid import UUID

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.disinfection import queries
from inventory.disinfection.errors import NotOpenable, OpenedLifeUnknown
from inventory.disinfection.lifetimes import usable_until
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf, RinseWater, TestStrip
from inventory.errors import DomainError, Invalid
from inventory.stock import operations as stock
from inventory.stock.models import ContactTarget, Location, Lot, LotStatus, Product, ProductKind
from inventory.stock.picking import reason_out_of_order
from labels import codes

AGENT = {
    DisinfectionOf.GUN: ProductKind.DISINFECTANT,
    DisinfectionOf.ROOM_SURFACE: ProductKind.DISINFECTANT,
    DisinfectionOf.SKIN_SITE: ProductKind.ANTISEPTIC,
}
TARGET = {
    DisinfectionOf.GUN: ContactTarget.GUN,
    DisinfectionOf.ROOM_SURFACE: ContactTarget.SURFACE,
    DisinfectionOf.SKIN_SITE: ContactTarget.SKIN,
}
LONGEST_CONTACT = 86_400


class OpenLifeExceeded(DomainError):
    code = "OPEN_LIFE_EXCEEDED"

    def __init__(self, container: Container) -> None:
        super().__init__(
            f"This {_named(container)} has been open too long. Discard it and open a new one.",
            field="container",
        )
        self.container = container
        self.usable_until = container.usable_until


class ContainerEnded(DomainError):
    """It was thrown out, used up or failed its test; no date and no reason brings it back."""

    code = "CONTAINER_ENDED"

    def __init__(self, container: Container) -> None:
        super().__init__(
            f"This {_named(container)} was ended: {container.end_reason}. Discard it and open a new one.",
            field="container",
        )
        self.container = container
        self.reason = container.end_reason


class TestStripMissing(DomainError):
    code = "TEST_STRIP_MISSING"
    __test__ = False

    def __init__(self, container: Container) -> None:
        super().__init__(
            f"Today's test strip of this {_named(container)} is missing. "
            "Test its strength and record the result first.",
            field="container",
        )
        self.container = container


class WrongAgent(DomainError):
    """A skin antiseptic on a gun, or a surface disinfectant on skin."""

    code = "WRONG_THING"

    def __init__(self, container: Container, of: DisinfectionOf) -> None:
        wanted = "a skin antiseptic" if of is DisinfectionOf.SKIN_SITE else "a disinfectant"
        super().__init__(f"{container.lot.product.name} is not {wanted}. Choose {wanted}.", field="container")
        self.container = container
        self.of = of


class ContactTimeTooShort(DomainError):
    def __init__(self, product: Product, kept: int, required: int) -> None:
        super().__init__(
            f"{product.name} must act for {_duration(required)}; {_duration(kept)} is too short. "
            "Let it act longer, then record the whole time.",
            field="contact_seconds",
        )
        self.product = product
        self.kept = kept
        self.required = required


def open_container(
    lot: Lot,
    location: Location,
    by: Actor,
    now: datetime,
    code: str | None = None,
    *,
    out_of_order: str | None = None,
) -> Container:
    """Take one base unit of `lot` from the shelf at `location`, opened now, and give it a label code of its own.

    Raises what `begin_container` raises, and `EarlierLotFirst` where a lot there expires before this one and
    `out_of_order` does not say why that stays.
    """
    stock.check_lot(lot, day_in(by.time_zone, now))
    reason = reason_out_of_order(lot, location, out_of_order, day_in(by.time_zone, now))
    return begin_container(lot, location, by, now, code, reason=reason)


def begin_container(
    lot: Lot, location: Location, by: Actor, now: datetime, code: str | None = None, *, reason: str | None = None
) -> Container:
    """As `open_container`, of a unit that is in somebody's hand already: which lot goes first is not asked any more.

    Raises what `stock.operations.check_lot` and `consume` raise, `NotOpenable` and `OpenedLifeUnknown`.
    """
    product = lot.product
    if product.kind not in queries.OPENABLE:
        raise NotOpenable(product)
    stock.check_lot(lot, day_in(by.time_zone, now))
    until = usable_until(now, product.opened_life, product.opened_life_unit, lot.expires_on, by.time_zone)
    if until is None:
        raise OpenedLifeUnknown(product)
    container = Container(
        clinic_id=by.clinic_id,
        code=code or codes.new_code(),
        lot=lot,
        opened_at=now,
        opened_by_name=by.name,
        usable_until=until,
    )
    stock.consume(lot, location, 1, by, now, source_id=container.id, reason=reason)
    db.session.add(container)
    record(by, "container.opened", container, now=now)
    return container


def end_container(container: Container, reason: str, by: Actor, now: datetime) -> None:
    """Nothing is taken from it any more. Raises `ContainerEnded` for one that was ended before."""
    _lock_open(container)
    container.ended_at = now
    container.end_reason = reason
    record(by, "container.ended", container, now=now)


def record_strip(container: Container, passed: bool, by: Actor, now: datetime) -> TestStrip:
    """Keep the result of a strength test; a failed one ends the container. Raises `ContainerEnded`."""
    _lock_open(container)
    strip = TestStrip(clinic_id=by.clinic_id, container=container, at=now, by_id=by.id, by_name=by.name, passed=passed)
    if not passed:
        container.ended_at = now
        container.end_reason = "Test strip failed"
    db.session.add(strip)
    record(by, "test_strip.passed" if passed else "test_strip.failed", strip, now=now, also=[container])
    return strip


def check_usable(container: Container, now: datetime, today: date, *, override_reason: str | None = None) -> None:
    """Raises why nothing may be taken from `container` on `today`, the clinic's day of `now`.

    First what no override passes: `ContainerEnded`, `LotRecalled`, `TestStripMissing`; then `LotQuarantined`,
    `LotExpired`, `OpenLifeExceeded`. An `override_reason` passes the one fault that was read out: a quarantine or a
    date, never both. A printed expiry speaks for the opened life too, which ends with it at the latest.
    """
    lot = container.lot
    if container.ended_at is not None:
        raise ContainerEnded(container)
    if lot.status is LotStatus.RECALLED:
        stock.check_lot(lot, today)
    if lot.product.needs_test_strip and not queries.strip_passed_on(container, today):
        raise TestStripMissing(container)
    too_late = now >= container.usable_until or lot.expired_on(today)
    if override_reason and not (lot.status is LotStatus.QUARANTINED and too_late):
        return
    stock.check_lot(lot, today)
    if too_late:
        raise OpenLifeExceeded(container)


def disinfect(
    of: DisinfectionOf,
    container: Container,
    contact_seconds: int,
    rinse_water: RinseWater,
    by: Actor,
    now: datetime,
    *,
    gun_id: UUID | None = None,
    room_id: UUID | None = None,
    treatment_id: UUID | None = None,
    override_reason: str | None = None,
) -> Disinfection:
    """Keep one disinfection, finished now (on skin: applied now) with what `container` holds.

    `contact_seconds` is what was kept; for skin the product's own time is stored instead, as the session
    measures what was kept. Raises what `check_usable` raises, `WrongAgent` and `ContactTimeTooShort`.
    """
    product = container.lot.product
    if product.kind is not AGENT[of]:
        raise WrongAgent(container, of)
    check_usable(container, now, day_in(by.time_zone, now), override_reason=override_reason)
    required = product.contact_on(TARGET[of]) or 0
    if of is DisinfectionOf.SKIN_SITE:
        contact_seconds = required
    if contact_seconds < required:
        raise ContactTimeTooShort(product, contact_seconds, required)
    if contact_seconds > LONGEST_CONTACT:
        raise Invalid("A contact time is at most a day. Correct it.", field="contact_seconds")
    done = Disinfection(
        clinic_id=by.clinic_id,
        of=of,
        gun_id=gun_id,
        room_id=room_id,
        treatment_id=treatment_id,
        container=container,
        contact_seconds=contact_seconds,
        rinse_water=rinse_water,
        finished_at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(done)
    record(by, f"{of.value}.disinfected", done, now=now, override_reason=override_reason)
    return done


def _lock_open(container: Container) -> None:
    db.session.refresh(container, ["ended_at", "end_reason"], with_for_update=True)
    if container.ended_at is not None:
        raise ContainerEnded(container)


def _named(container: Container) -> str:
    return f"{container.lot.product.name}, lot {container.lot.number}"


def _duration(seconds: int) -> str:
    """`5:00 min`: minutes and seconds, as the clock on the wall counts them."""
    return f"{seconds // 60}:{seconds % 60:02d} min"
