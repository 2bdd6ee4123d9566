"""Bringing a file into the catalogue: looked at first, then applied in one transaction or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.actors import Actor
from inventory.audit.changes import NewRow
from inventory.audit.operations import Act, record, record_all
from inventory.db import db
from inventory.errors import DomainError
from inventory.stock import catalogue_columns, kinds, trade_codes
from inventory.stock.catalogue_plan import Known, KnownPackage, KnownProduct, PackageStep, Plan, Step, planned
from inventory.stock.catalogue_rows import MOST_FAULTS, Wanted, wanted_in
from inventory.stock.models import CatalogueImport, Product, TradeItem
from inventory.tables.reading import read_table

AT_ONCE = 250
Row = TypeVar("Row", Product, TradeItem)
_HELD = ("kind", "base_unit", *kinds.Details.__annotations__)
_PRODUCTS = select(Product.id, *(getattr(Product, name) for name in _HELD))


class HasFaults(DomainError):
    """Nothing was changed: `plan` names what is wrong."""

    code = "IMPORT_HAS_FAULTS"

    def __init__(self, plan: Plan) -> None:
        many = len(plan.wanted.faults)
        said = "1 cell" if many == 1 else f"{many}{' or more' if many == MOST_FAULTS else ''} cells"
        super().__init__(f"{said} of the file cannot be used. Nothing was changed. Correct it and hand it in again.")
        self.plan = plan


class AppliedAlready(DomainError):
    def __init__(self, done: CatalogueImport) -> None:
        super().__init__(f"{done.name} was applied already. Nothing was done twice.")
        self.done = done


class FileGone(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not kept any more: another file was handed in after it. Hand it in again.")


class ChangedMeanwhile(DomainError):
    def __init__(self) -> None:
        super().__init__("Somebody changed the catalogue at the same moment. Nothing was imported. Check it again.")


@dataclass(frozen=True)
class Progress:
    """How far it is: `done` of `of` steps of one kind of work, `doing`."""

    doing: str
    done: int
    of: int


def hand_in(name: str, data: bytes, by: Actor, now: datetime) -> CatalogueImport:
    """Keep a file to be checked and applied; files handed in before it are let go."""
    let_go = update(CatalogueImport).where(
        CatalogueImport.clinic_id == by.clinic_id,
        CatalogueImport.applied_at.is_(None),
        CatalogueImport.payload.is_not(None),
    )
    db.session.execute(let_go.values(payload=None))
    handed_in = CatalogueImport(
        clinic_id=by.clinic_id,
        name=name,
        sha256=sha256(data).hexdigest(),
        payload=data,
        handed_in_at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(handed_in)
    record(by, "catalogue_import.handed_in", handed_in, now=now)
    return handed_in


class Check:
    """Reads a file against the catalogue, changing nothing; use up `read`, then `compare`, then look at `plan`."""

    def __init__(self, data: bytes, clinic_id: UUID) -> None:
        self._data, self._clinic_id = data, clinic_id
        self._wanted: Wanted
        self.plan: Plan

    def read(self) -> Iterator[Progress]:
        """Needs no database. Raises `FileRefused`."""
        table = read_table(self._data, catalogue_columns.known)
        self._wanted, rows = wanted_in(table)
        yield from (Progress("Reading rows", min(done, table.size), table.size) for done in rows)

    def compare(self) -> Iterator[Progress]:
        self.plan, products = planned(self._wanted, known_to(self._clinic_id))
        many = len(self._wanted.products)
        yield from (Progress("Comparing products", done, many) for done in products)


def apply(plan: Plan, by: Actor, now: datetime) -> Iterator[Progress]:
    """Create and change what `plan` says. Raises `HasFaults` before the first change, `ChangedMeanwhile`.

    The caller holds the write lock since before the plan was made, and commits when the iterator ends.
    """
    if plan.wanted.faults:
        raise HasFaults(plan)
    for start in range(0, len(plan.steps), AT_ONCE):
        steps = plan.steps[start : start + AT_ONCE]
        try:
            _take(steps, by, now)
        except IntegrityError:
            raise ChangedMeanwhile from None
        yield Progress("Writing products", start + len(steps), len(plan.steps))


def finish(handed_in: CatalogueImport, plan: Plan, by: Actor, now: datetime) -> None:
    """Note that it was applied; the file itself is not needed any more."""
    handed_in.applied_at = now
    handed_in.created, handed_in.changed = len(plan.created), len(plan.changed)
    handed_in.payload = None
    record(by, "catalogue_import.applied", handed_in, now=now)


def file_of(handed_in: CatalogueImport) -> bytes:
    """What is to be applied. Raises `AppliedAlready`, `FileGone`."""
    if handed_in.applied_at is not None:
        raise AppliedAlready(handed_in)
    if handed_in.payload is None:
        raise FileGone(handed_in.name)
    return handed_in.payload


def known_to(clinic_id: UUID) -> Known:
    """The whole catalogue of a clinic as plain values."""
    products = {
        row.name: KnownProduct(row.id, {name: value for name, value in row._mapping.items() if name != "id"})
        for row in db.session.execute(_PRODUCTS.where(Product.clinic_id == clinic_id))
    }
    packages = db.session.execute(
        select(TradeItem.code, TradeItem.id, TradeItem.product_id, TradeItem.level, TradeItem.base_units).where(
            TradeItem.clinic_id == clinic_id
        )
    )
    return Known(
        products, {row.code: KnownPackage(row.id, row.product_id, row.level, row.base_units) for row in packages}
    )


def _take(steps: Sequence[Step], by: Actor, now: datetime) -> None:
    """What is there is changed row by row, so that its old values are recorded; what is new goes in at once."""
    products = _by_id(Product, by.clinic_id, [step.id for step in steps])
    items = _by_id(TradeItem, by.clinic_id, [package.id for step in steps for package in step.packages])
    new_products, new_items, acts = list[NewRow](), list[NewRow](), list[Act]()
    for step in steps:
        product: Product | NewRow
        if step.id is None:
            product = _new(Product, {"id": uuid7(), "clinic_id": by.clinic_id, **step.held})
            new_products.append(product)
        else:
            product = products[step.id]
            for change in step.changes:
                setattr(product, change.field, change.after)
        packages = [_package(product.id, package, items, by) for package in step.packages]
        new_items += [package for package in packages if isinstance(package, NewRow)]
        acts.append(Act("product.changed" if step.id else "product.added", product, tuple(packages)))
    for model, rows in ((Product, new_products), (TradeItem, new_items)):
        if rows:
            db.session.connection().execute(insert(model), [row.values for row in rows])
    record_all(by, acts, now=now)


def _package(product_id: UUID, step: PackageStep, known: Mapping[UUID, TradeItem], by: Actor) -> TradeItem | NewRow:
    if step.id is None:
        values = {
            "id": uuid7(),
            "clinic_id": by.clinic_id,
            "product_id": product_id,
            "scheme": trade_codes.scheme_of(step.code),
            "code": step.code,
            "base_units": step.base_units,
            "level": step.level,
        }
        return _new(TradeItem, values)
    item = known[step.id]
    item.level, item.base_units = step.level, step.base_units
    return item


def _new(model: type[Row], values: dict[str, Any]) -> NewRow:
    return NewRow(model.__tablename__, values["id"], values)


def _by_id(model: type[Row], clinic_id: UUID, ids: Iterable[UUID | None]) -> dict[UUID, Row]:
    wanted = [found for found in ids if found is not None]
    rows = db.session.scalars(select(model).where(model.clinic_id == clinic_id, model.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}
