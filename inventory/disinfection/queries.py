"""Which containers are open, and what was disinfected with them."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from inventory.clock import day_in
from inventory.db import db
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf, TestStrip
from inventory.errors import DomainError, NotHere
from inventory.people.models import Clinic
from inventory.stock import queries as stock
from inventory.stock.models import Balance, CodeScheme, Location, Lot, LotStatus, Product, ProductKind
from labels import barcodes, codes

MOST_ENDED = 50
OPENABLE = frozenset({ProductKind.DISINFECTANT, ProductKind.ANTISEPTIC, ProductKind.INJECTABLE})


class NotRecognised(DomainError):
    """A scan that names no open container, or no lot in stock, of this clinic."""

    code = "UNKNOWN_CODE"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="scan")


_WITH_PRODUCT = joinedload(Container.lot).joinedload(Lot.product)
_CODED = (
    select(Container)
    .where(Container.clinic_id == bindparam("clinic_id", type_=Uuid()), Container.code == bindparam("code"))
    .options(_WITH_PRODUCT)
)
_LAST_PASSED_STRIP = (
    select(TestStrip.at, Clinic.time_zone)
    .join(Clinic, Clinic.id == TestStrip.clinic_id)
    .where(
        TestStrip.clinic_id == bindparam("clinic_id", type_=Uuid()),
        TestStrip.container_id == bindparam("container_id", type_=Uuid()),
        TestStrip.passed,
    )
    .order_by(TestStrip.at.desc())
    .limit(1)
)


def container_coded(clinic_id: UUID, code: str) -> Container | None:
    """The container our label `code` (17 symbols, no spaces) is stuck on, with its lot and product."""
    return db.session.scalar(_CODED, {"clinic_id": clinic_id, "code": code})


def container_scanned(clinic_id: UUID, text: str) -> Container:
    """The container whose own label was scanned or typed. Raises `NotRecognised`."""
    try:
        code = codes.parse(text)
    except codes.UnreadableCode:
        raise NotRecognised("This is not our label. Scan the label stuck on the opened container.") from None
    found = container_coded(clinic_id, code.code)
    if found is None:
        raise NotRecognised("No container of this clinic has this label. Choose it from the list.")
    return found


def container_meant(clinic_id: UUID, scanned: str | None, chosen_id: UUID | None) -> Container:
    """The container whose label was scanned, else the one chosen. Raises `NotRecognised` or `NotHere`."""
    if scanned:
        return container_scanned(clinic_id, scanned)
    if chosen_id is None:
        raise NotRecognised("Scan the label on the container, or choose it.")
    return container_of(clinic_id, chosen_id)


def container_of(clinic_id: UUID, container_id: UUID) -> Container:
    """Raises `NotHere`."""
    found = db.session.scalar(
        select(Container).where(Container.clinic_id == clinic_id, Container.id == container_id).options(_WITH_PRODUCT)
    )
    if found is None:
        raise NotHere("There is no such container in this clinic. Open the list and choose it there.")
    return found


def open_containers(clinic_id: UUID, kinds: Collection[ProductKind] | None = None) -> Sequence[Container]:
    """Containers nobody has ended, the one that must go first on top; some may be past their time."""
    query = (
        select(Container)
        .join(Container.lot)
        .join(Lot.product)
        .where(Container.clinic_id == clinic_id, Container.ended_at.is_(None))
        .options(_WITH_PRODUCT)
        .order_by(Container.usable_until, Container.id)
    )
    if kinds is not None:
        query = query.where(Product.kind.in_(kinds))
    return db.session.scalars(query).all()


def ended_containers(clinic_id: UUID) -> Sequence[Container]:
    """The 50 containers ended last, newest first."""
    return db.session.scalars(
        select(Container)
        .where(Container.clinic_id == clinic_id, Container.ended_at.is_not(None))
        .options(_WITH_PRODUCT)
        .order_by(Container.ended_at.desc(), Container.id.desc())
        .limit(MOST_ENDED)
    ).all()


def openable(clinic_id: UUID, today: date) -> Sequence[tuple[Lot, Location, int]]:
    """Lots in stock that may be opened, with place and units there; of each product what expires first."""
    rows = db.session.execute(
        select(Lot, Location, Balance.on_hand)
        .join(Balance, (Balance.lot_id == Lot.id) & (Balance.on_hand > 0))
        .join(Location, Location.id == Balance.location_id)
        .join(Lot.product)
        .where(Lot.clinic_id == clinic_id, Lot.status == LotStatus.USABLE, Product.kind.in_(OPENABLE))
        .where(Lot.expires_on.is_(None) | (Lot.expires_on >= today))
        .options(contains_eager(Lot.product))
        .order_by(Product.name, Lot.expires_on, Lot.number, Location.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def lot_scanned(clinic_id: UUID, text: str, today: date) -> tuple[Lot, Location]:
    """The lot named by a supplier's barcode and where most of it stands. Raises `NotRecognised`."""
    try:
        scanned = barcodes.read(text, today=today)
    except barcodes.UnreadableBarcode as unreadable:
        raise NotRecognised(unreadable.sentence) from None
    scheme = CodeScheme.GTIN if scanned.gtin else CodeScheme.HIBC
    item = stock.trade_item_for(clinic_id, scheme, scanned.gtin or scanned.hibc_id or "")
    if item is None:
        raise NotRecognised("This supplier's code is not in the catalogue. Choose the lot from the list.")
    if scanned.lot is None or scanned.lot_unread:
        raise NotRecognised(f"The lot of {item.product.name} was not read. Scan again, or choose it from the list.")
    lot = stock.lot_numbered(item.product, scanned.lot)
    place = None if lot is None else stock.location_holding(lot)
    if lot is None or place is None:
        raise NotRecognised(f"Lot {scanned.lot} of {item.product.name} is not in stock. Have it received first.")
    return lot, place


def strips_of(container: Container) -> Sequence[TestStrip]:
    """Newest first."""
    return db.session.scalars(
        select(TestStrip)
        .where(TestStrip.clinic_id == container.clinic_id, TestStrip.container_id == container.id)
        .order_by(TestStrip.at.desc(), TestStrip.id.desc())
    ).all()


def strip_passed_on(container: Container, day: date) -> bool:
    """Whether a strip of this container passed on that day of its clinic."""
    last = db.session.execute(
        _LAST_PASSED_STRIP, {"clinic_id": container.clinic_id, "container_id": container.id}
    ).one_or_none()
    return last is not None and day_in(last.time_zone, last.at) == day


def uses_of(container: Container) -> Sequence[Disinfection]:
    """What this container disinfected, newest first."""
    return db.session.scalars(
        select(Disinfection)
        .where(Disinfection.clinic_id == container.clinic_id, Disinfection.container_id == container.id)
        .order_by(Disinfection.finished_at.desc(), Disinfection.id.desc())
    ).all()


def last_of_gun(clinic_id: UUID, gun_id: UUID) -> Disinfection | None:
    """The gun's newest disinfection, with container, lot and product."""
    return next(iter(disinfections_of_gun(clinic_id, gun_id, limit=1)), None)


def disinfections_of_gun(clinic_id: UUID, gun_id: UUID, limit: int = 50) -> Sequence[Disinfection]:
    """Newest first, with container, lot and product."""
    return db.session.scalars(
        select(Disinfection)
        .where(Disinfection.clinic_id == clinic_id, Disinfection.gun_id == gun_id)
        .options(joinedload(Disinfection.container).joinedload(Container.lot).joinedload(Lot.product))
        .order_by(Disinfection.finished_at.desc(), Disinfection.id.desc())
        .limit(limit)
    ).all()


def room_disinfections(clinic_id: UUID, limit: int = 50) -> Sequence[tuple[Disinfection, Location]]:
    """The newest disinfections of room surfaces, each with its room."""
    rows = db.session.execute(
        select(Disinfection, Location)
        .join(Location, Location.id == Disinfection.room_id)
        .where(Disinfection.clinic_id == clinic_id, Disinfection.of == DisinfectionOf.ROOM_SURFACE)
        .options(joinedload(Disinfection.container).joinedload(Container.lot).joinedload(Lot.product))
        .order_by(Disinfection.finished_at.desc(), Disinfection.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
