"""Reading the catalogue: its pages, a product's packages and documents, and the files brought into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from inventory.db import db
from inventory.errors import NotHere
from inventory.stock.models import CatalogueImport, Product, ProductDocument, ProductKind, TradeItem

PAGE = 50


@dataclass(frozen=True)
class CatalogueLine:
    product: Product
    packages: int


@dataclass(frozen=True)
class CataloguePage:
    """`following` is the name the next page begins after, "" on the last; `found` counts all pages."""

    lines: Sequence[CatalogueLine]
    found: int
    following: str


def catalogue_page(
    clinic_id: UUID, *, text: str = "", kind: ProductKind | None = None, use: bool | None = None, after: str = ""
) -> CataloguePage:
    """Products by name; `text` is looked for in name, maker, REF, agent and package codes."""
    wanted = [Product.clinic_id == clinic_id]
    if kind is not None:
        wanted.append(Product.kind == kind)
    if use is not None:
        wanted.append(Product.active == use)
    if text:
        columns = (Product.name, Product.manufacturer, Product.reference, Product.agent)
        coded = select(TradeItem.product_id).where(
            TradeItem.clinic_id == clinic_id, TradeItem.code.icontains(text, autoescape=True)
        )
        wanted.append(or_(*(column.icontains(text, autoescape=True) for column in columns), Product.id.in_(coded)))
    packages = (
        select(func.count())
        .where(TradeItem.product_id == Product.id, TradeItem.clinic_id == Product.clinic_id)
        .correlate(Product)
        .scalar_subquery()
    )
    query = select(Product, packages).where(*wanted).order_by(Product.name).limit(PAGE + 1)
    rows = db.session.execute(query.where(Product.name > after) if after else query).all()
    lines = [CatalogueLine(row[0], row[1]) for row in rows[:PAGE]]
    found = db.session.scalar(select(func.count()).select_from(Product).where(*wanted)) or 0
    return CataloguePage(lines, found, lines[-1].product.name if len(rows) > PAGE else "")


def packages_of(clinic_id: UUID, product_id: str | None) -> Sequence[TradeItem]:
    """The packages of a product named by whatever an address holds, the smallest first."""
    try:
        wanted = UUID(product_id or "")
    except ValueError:
        return ()
    return db.session.scalars(
        select(TradeItem)
        .where(TradeItem.clinic_id == clinic_id, TradeItem.product_id == wanted)
        .order_by(TradeItem.base_units, TradeItem.code)
    ).all()


def package_of(clinic_id: UUID, item_id: UUID) -> TradeItem:
    """Raises `NotHere`."""
    found = db.session.scalar(select(TradeItem).where(TradeItem.clinic_id == clinic_id, TradeItem.id == item_id))
    if found is None:
        raise NotHere("There is no such package in your clinic. Search the catalogue.")
    return found


def documents_of(product: Product) -> Sequence[ProductDocument]:
    """By title, the newest version first."""
    return db.session.scalars(
        select(ProductDocument)
        .where(ProductDocument.clinic_id == product.clinic_id, ProductDocument.product_id == product.id)
        .order_by(ProductDocument.title, ProductDocument.issued_on.desc(), ProductDocument.id.desc())
    ).all()


def imports_in(clinic_id: UUID, limit: int = 20) -> Sequence[CatalogueImport]:
    """The newest first."""
    return db.session.scalars(
        select(CatalogueImport)
        .where(CatalogueImport.clinic_id == clinic_id)
        .options(defer(CatalogueImport.payload))
        .order_by(CatalogueImport.handed_in_at.desc(), CatalogueImport.id.desc())
        .limit(limit)
    ).all()


def import_of(clinic_id: UUID, import_id: UUID, *, lock: bool = False) -> CatalogueImport:
    """Raises `NotHere`."""
    query = select(CatalogueImport).where(CatalogueImport.clinic_id == clinic_id, CatalogueImport.id == import_id)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotHere("There is no such import in your clinic. Hand the file in again.")
    return found
