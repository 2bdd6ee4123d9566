"""What can be traced, and how it is found: by its label, a supplier's barcode, or its number or name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from inventory.db import db
from inventory.disinfection.models import Container
from inventory.errors import DomainError, NotHere
from inventory.guns.models import Gun
from inventory.packs.models import Pack, Part
from inventory.people.models import Membership, Person
from inventory.scanning.queries import Found, LabelVoid, SupplierItem, UnknownCode, Unreadable, resolve
from inventory.sterilising.models import Load
from inventory.stock.models import Location, LocationKind, Lot, Product
from labels.codes import grouped

MOST = 20
"""Things of one name that are offered to choose from."""


class Kind(StrEnum):
    """In the order in which one becomes part of the next; the value is the table's name."""

    LOT = "lot"
    LOAD = "load"
    PACK = "pack"
    CONTAINER = "container"
    GUN = "gun"
    ROOM = "location"
    PERSON = "membership"
    SESSION = "treatment_session"


TRACED = (Kind.LOT, Kind.LOAD, Kind.PACK, Kind.CONTAINER, Kind.GUN, Kind.ROOM, Kind.PERSON)


@dataclass(frozen=True)
class Thing:
    """Something of a trace, as it is named: `label` alone where space is short."""

    kind: Kind
    id: UUID
    label: str
    detail: str = ""

    @property
    def __tablename__(self) -> str:
        return self.kind.value


class NothingToTrace(DomainError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"Nothing here is called {text!r}. Scan a label, or type a lot, load or serial number, a room or a name."
        )


_NAMED: dict[Kind, Select[*tuple[Any, ...]]] = {
    Kind.LOT: select(Lot.id, Lot.number, Product.name).join(Product, Product.id == Lot.product_id),
    Kind.LOAD: select(Load.id, Load.number, Load.programme),
    Kind.PACK: select(Pack.id, Pack.code, Pack.state),
    Kind.CONTAINER: select(Container.id, Product.name, Lot.number)
    .join(Lot, Lot.id == Container.lot_id)
    .join(Product, Product.id == Lot.product_id),
    Kind.GUN: select(Gun.id, Gun.serial_number, Gun.model),
    Kind.ROOM: select(Location.id, Location.name, Location.kind).where(Location.kind == LocationKind.ROOM),
    Kind.PERSON: select(Membership.id, Person.name, Membership.role).join(Person, Person.id == Membership.person_id),
}
_TABLE: dict[Kind, Any] = {
    Kind.LOT: Lot,
    Kind.LOAD: Load,
    Kind.PACK: Pack,
    Kind.CONTAINER: Container,
    Kind.GUN: Gun,
    Kind.ROOM: Location,
    Kind.PERSON: Membership,
}


def thing_of(clinic_id: UUID, kind: Kind, thing_id: UUID) -> Thing:
    """Raises `NotHere`."""
    found = things_of(clinic_id, kind, [thing_id])
    if not found:
        raise NotHere("There is no such thing in your clinic to trace. Scan its label.")
    return found[0]


def things_of(clinic_id: UUID, kind: Kind, ids: Sequence[UUID]) -> list[Thing]:
    """In the order of `ids`."""
    if not ids:
        return []
    table = _TABLE[kind]
    rows = db.session.execute(_NAMED[kind].where(table.clinic_id == clinic_id, table.id.in_(ids)))
    found = {row[0]: _named(kind, *row) for row in rows}
    return [found[each] for each in ids if each in found]


def find(text: str, clinic_id: UUID, today: date) -> list[Thing]:
    """What `text` may mean; several where a name is not enough. Raises `NothingToTrace` or what scanning raises."""
    try:
        return _scanned(resolve(text, clinic_id, today), text)
    except LabelVoid as void:
        # Whoever holds an old label asks where its pack went all the more.
        return things_of(clinic_id, Kind.PACK, [void.pack.id])
    except (Unreadable, UnknownCode):
        found = _called(text.strip(), clinic_id)
        if not found:
            raise NothingToTrace(text.strip()[:60]) from None
        return found


def _scanned(found: Found, text: str) -> list[Thing]:
    match found:
        case SupplierItem(product=product, lot=None):
            lots = select(Lot.id).where(Lot.clinic_id == product.clinic_id, Lot.product_id == product.id)
            newest = db.session.scalars(lots.order_by(Lot.created_at.desc()).limit(MOST)).all()
            return things_of(product.clinic_id, Kind.LOT, newest)
        case SupplierItem(lot=Lot() as lot):
            return things_of(lot.clinic_id, Kind.LOT, [lot.id])
        case Part():
            raise NothingToTrace(text.strip()[:60])
        case Pack():
            return things_of(found.clinic_id, Kind.PACK, [found.id])
        case Gun():
            return things_of(found.clinic_id, Kind.GUN, [found.id])
        case Container():
            return things_of(found.clinic_id, Kind.CONTAINER, [found.id])
    raise NothingToTrace(text.strip()[:60])


def _called(name: str, clinic_id: UUID) -> list[Thing]:
    found: list[Thing] = []
    for kind, column in (
        (Kind.LOT, Lot.number),
        (Kind.LOAD, Load.number),
        (Kind.GUN, Gun.serial_number),
        (Kind.ROOM, Location.name),
        (Kind.PERSON, Person.name),
    ):
        query = _NAMED[kind].where(_TABLE[kind].clinic_id == clinic_id, func.lower(column) == name.lower())
        found += [_named(kind, *row) for row in db.session.execute(query.limit(MOST))]
    return found


def _named(kind: Kind, thing_id: UUID, label: str, detail: str) -> Thing:
    said = str(detail).replace("_", " ")
    return Thing(kind, thing_id, grouped(label) if kind is Kind.PACK else label, said)
