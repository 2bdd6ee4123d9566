"""A scan in a session: what it is, whether it may come in, and the verdict that is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.compliance.queries import thresholds_of
from inventory.db import Model, db
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import Container, DisinfectionOf, RinseWater
from inventory.errors import DomainError, Invalid
from inventory.guns import operations as guns
from inventory.guns.models import Gun
from inventory.packs import operations as packs
from inventory.packs.models import Pack, Part
from inventory.scanning.queries import Found, SupplierItem, resolve
from inventory.scanning.verdicts import verdict_on
from inventory.sessions import needles, queries, scans
from inventory.sessions.errors import SessionOver, WrongThing
from inventory.sessions.judging import raise_incident, reassess
from inventory.sessions.models import RemovalReason, Scan, SessionContainer, TreatmentSession, TreatmentState
from inventory.sessions.overriding import Override
from inventory.stock import operations as stock
from inventory.stock import queries as stock_queries
from inventory.stock.models import ContactTarget, ProductKind


@dataclass(frozen=True)
class Admitted:
    """What came in and what to tell the nurse; `code` is the verdict's."""

    subject: Model | None
    sentence: str
    code: str = "ACCEPTED"


@dataclass(frozen=True)
class Taken:
    """The scan as it is kept, and the course of the session it led to, where that was judged."""

    scan: Scan
    course: queries.Course | None


@dataclass(frozen=True)
class Swap:
    """How the needle on the gun ended, when a scan is to replace it."""

    reason: RemovalReason = RemovalReason.LIMIT_REACHED
    shots: int | None = None
    area_cm2: int | None = None


def scan_in(
    treatment: TreatmentSession,
    text: str,
    by: Actor,
    now: datetime,
    *,
    swap: Swap | None = None,
    override_reason: str | None = None,
) -> Scan:
    """The scan that `take` keeps."""
    return take(treatment, text, by, now, swap=swap, override_reason=override_reason).scan


def take(
    treatment: TreatmentSession,
    text: str,
    by: Actor,
    now: datetime,
    *,
    swap: Swap | None = None,
    override_reason: str | None = None,
) -> Taken:
    """Take one scan. Whatever it is, the answer is a `Scan` with its verdict; a refusal changes nothing else.

    In setup a gun, an antiseptic, a vial and packs come in, in any order. While the session runs a pack swaps
    the needle. `override_reason` lets a lead nurse go on where the verdict and the policy allow it. A scan of
    nothing is `Invalid` and leaves no trace.
    """
    if not text.strip():
        raise Invalid("Scan a label, or type the code below it.", field="text")
    if treatment.state not in (TreatmentState.SETUP, TreatmentState.RUNNING):
        raise SessionOver(treatment)
    overriding = Override(treatment, scans.shown(text), by, override_reason)
    refusal: DomainError | None = None
    try:
        with db.session.begin_nested():
            found = resolve(text, by.clinic_id, day_in(by.time_zone, now))
            admitted = _admit(treatment, found, by, now, swap or Swap(), overriding)
    except DomainError as refused:
        refusal, admitted = refused, Admitted(None, refused.sentence, refused.code)
    verdict = verdict_on(admitted.code)
    scan = scans.keep(treatment, text, verdict, admitted.sentence, admitted.subject, by, now)
    if refusal is not None and verdict.incident:
        raise_incident(treatment, verdict.code, f"{scan.id}", refusal.sentence, by, now, rule="N1")
    if refusal is None and overriding.passed:
        said = f"{overriding.passed.sentence} Reason: {overriding.reason}"
        raise_incident(treatment, "OVERRIDDEN", f"{scan.id}", said, by, now, rule=overriding.passed.code)
    return Taken(scan, reassess(treatment, by, now) if refusal is None else None)


def _admit(
    treatment: TreatmentSession, found: Found, by: Actor, now: datetime, swap: Swap, override: Override
) -> Admitted:
    match found:
        case Gun():
            return _admit_gun(treatment, found, by, now, override)
        case Pack():
            return _admit_pack(treatment, found, by, now, swap, override)
        case Part():
            raise WrongThing("This is a part without its pack. Scan the label of the sterile pack it lies in.")
        case Container():
            return _admit_container(treatment, found, by, now, override)
        case SupplierItem():
            return _admit_vial(treatment, found, by, now)


def _admit_gun(treatment: TreatmentSession, gun: Gun, by: Actor, now: datetime, override: Override) -> Admitted:
    if treatment.gun_id == gun.id:
        return Admitted(gun, f"{gun.model} {gun.serial_number} is the gun of this session.", "ALREADY_HERE")
    if treatment.state is not TreatmentState.SETUP:
        raise WrongThing("The gun cannot be changed while the session runs. Close it and open a new one.")
    override.past(lambda: guns.check_ready(gun, day_in(by.time_zone, now)))
    if treatment.gun is not None:
        guns.put_back_unused(treatment.gun, by, now)
    guns.take(gun, by, now, override_reason=override.reason)
    treatment.gun = gun
    try:
        with db.session.begin_nested():
            record(by, "session.gun_scanned", treatment, now=now)
    except IntegrityError:
        raise guns.GunInUse(gun) from None
    return Admitted(gun, f"{gun.model}, serial number {gun.serial_number}.")


def _admit_pack(
    treatment: TreatmentSession, pack: Pack, by: Actor, now: datetime, swap: Swap, override: Override
) -> Admitted:
    goods = [f"{content.quantity} x {content.lot.product.name}" for content in pack.contents]
    contents = ", ".join(goods or [f"{held.part.name} {held.part.serial_number}" for held in pack.parts])
    here = queries.is_opened_here(treatment, pack)
    if here:
        override.past(lambda: needles.check_good(treatment, pack, by, now))
    else:
        override.past(lambda: packs.check_openable(pack, by, now))
    if treatment.state is TreatmentState.RUNNING:
        use = needles.swap(
            treatment,
            pack,
            by,
            now,
            reason=swap.reason,
            shots=swap.shots,
            area_cm2=swap.area_cm2,
            override_reason=override.reason,
        )
        return _with_advice(pack, f"Needle {use.sequence} fitted: {use.lot.product.name}.", treatment, by, now)
    if here:
        return Admitted(pack, f"{contents}: opened for this session.", "ALREADY_HERE")
    packs.open_pack(pack, treatment.id, by, now, override_reason=override.reason)
    return _with_advice(pack, f"{contents}.", treatment, by, now)


def _with_advice(pack: Pack, sentence: str, treatment: TreatmentSession, by: Actor, now: datetime) -> Admitted:
    """Amber where the pack is good but soon expires, or another lot should have gone first."""
    today = day_in(by.time_zone, now)
    days = (pack.use_by - today).days
    if 0 <= days <= thresholds_of(treatment.policy).expires_soon_days:
        return Admitted(pack, f"{sentence} Use by {pack.use_by.isoformat()}.", "EXPIRES_SOON")
    for content in pack.contents:
        earlier = stock_queries.earlier_lot(content.lot, today)
        if earlier is not None and earlier.expires_on is not None:
            said = f"{sentence} Lot {earlier.number} expires earlier, on {earlier.expires_on.isoformat()}."
            return Admitted(pack, said, "FIRST_EXPIRED_FIRST_OUT")
    return Admitted(pack, sentence)


def _admit_container(
    treatment: TreatmentSession, container: Container, by: Actor, now: datetime, override: Override
) -> Admitted:
    product = container.lot.product
    today = day_in(by.time_zone, now)
    if product.kind is ProductKind.ANTISEPTIC:
        override.past(lambda: disinfection.check_usable(container, now, today))
        disinfection.disinfect(
            DisinfectionOf.SKIN_SITE,
            container,
            product.contact_on(ContactTarget.SKIN) or 0,
            RinseWater.NONE,
            by,
            now,
            treatment_id=treatment.id,
            override_reason=override.reason,
        )
        _remember(treatment, container, by, now)
        seconds = product.contact_on(ContactTarget.SKIN)
        wait = f" Let it act for {seconds} s." if seconds else ""
        return Admitted(container, f"{product.name} applied.{wait}")
    if product.kind is ProductKind.INJECTABLE:
        override.past(lambda: disinfection.check_usable(container, now, today))
        disinfection.check_usable(container, now, today, override_reason=override.reason)
        if _remember(treatment, container, by, now):
            return Admitted(container, f"{product.name}, lot {container.lot.number}.")
        return Admitted(container, f"{product.name} is part of this session.", "ALREADY_HERE")
    raise WrongThing(f"{product.name} is no skin antiseptic. Scan the antiseptic for the skin.")


def _admit_vial(treatment: TreatmentSession, item: SupplierItem, by: Actor, now: datetime) -> Admitted:
    """A supplier's code on an unopened vial opens it; on anything else it is not sterile proof enough.

    A reason may pass what is wrong with a vial already open; none begins a new one of a bad lot.
    """
    if item.product.kind is not ProductKind.INJECTABLE:
        raise WrongThing(f"{item.product.name}: this is the supplier's code. Scan our own label on the pack or bottle.")
    if item.lot is None:
        raise WrongThing(f"This lot of {item.product.name} was never received. Have the manager receive it first.")
    lot = item.lot
    stock.check_lot(lot, day_in(by.time_zone, now))
    place = stock_queries.location_holding(lot)
    if place is None:
        raise WrongThing(f"No {item.product.name} of lot {lot.number} is in stock. Have the manager correct the count.")
    container = disinfection.begin_container(lot, place, by, now)
    _remember(treatment, container, by, now)
    return Admitted(container, f"{item.product.name}, lot {lot.number}, opened.")


def _remember(treatment: TreatmentSession, container: Container, by: Actor, now: datetime) -> bool:
    """Note the container in the session; False when it was noted before."""
    if any(known.container_id == container.id for known in queries.containers_of(treatment)):
        return False
    noted = SessionContainer(clinic_id=by.clinic_id, treatment_id=treatment.id, container=container, scanned_at=now)
    db.session.add(noted)
    record(by, "session.container_scanned", treatment, now=now, also=[noted])
    return True
