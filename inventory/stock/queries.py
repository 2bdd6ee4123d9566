"""Reading the stock of one clinic."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.stock.levels import LotLine, StockLine, expired, expiring, lots_to_take, low, stock_list, stock_page
from inventory.stock.models import (
    Balance,
    CodeScheme,
    Location,
    LocationKind,
    Lot,
    LotStatus,
    Product,
    TradeItem,
)

__all__ = [
    "LotLine",
    "StockLine",
    "all_lots",
    "earlier_lot",
    "expired",
    "expiring",
    "location_holding",
    "location_of",
    "locations_in",
    "lot_numbered",
    "lot_of",
    "lots_of",
    "lots_to_take",
    "low",
    "on_hand",
    "on_hand_locked",
    "product_of",
    "products_in",
    "stock_list",
    "stock_page",
    "trade_item_for",
    "trade_items_of",
]

Row = TypeVar("Row", Product, Lot, Location)

_TRADE_ITEM = (
    select(TradeItem)
    .options(joinedload(TradeItem.product))
    .where(
        TradeItem.clinic_id == bindparam("clinic_id", type_=Uuid()),
        TradeItem.scheme == bindparam("scheme"),
        TradeItem.code == bindparam("code"),
    )
)
_LOT_NUMBERED = (
    select(Lot)
    .where(
        Lot.clinic_id == bindparam("clinic_id", type_=Uuid()),
        Lot.product_id == bindparam("product_id"),
        func.lower(Lot.number) == func.lower(bindparam("number")),
    )
    .order_by(case((Lot.number == bindparam("number"), 0), else_=1), Lot.id)
    .limit(1)
)
_ON_HAND = select(Balance.on_hand).where(
    Balance.clinic_id == bindparam("clinic_id", type_=Uuid()),
    Balance.lot_id == bindparam("lot_id"),
    Balance.location_id == bindparam("location_id"),
)
_HOLDING = (
    select(Location)
    .join(Balance, (Balance.location_id == Location.id) & (Balance.clinic_id == Location.clinic_id))
    .where(
        Balance.clinic_id == bindparam("clinic_id", type_=Uuid()),
        Balance.lot_id == bindparam("lot_id"),
        Balance.on_hand > 0,
    )
    .order_by(Balance.on_hand.desc(), Location.name)
    .limit(1)
)
_EARLIER = (
    select(Lot)
    .where(
        Lot.clinic_id == bindparam("clinic_id", type_=Uuid()),
        Lot.product_id == bindparam("product_id"),
        Lot.id != bindparam("lot_id"),
        Lot.status == LotStatus.USABLE,
        Lot.expires_on >= bindparam("today"),
        Lot.expires_on < bindparam("expires_on"),
        select(Balance.lot_id)
        .where(Balance.clinic_id == Lot.clinic_id, Balance.lot_id == Lot.id, Balance.on_hand > 0)
        .exists(),
    )
    .order_by(Lot.expires_on, Lot.id)
    .limit(1)
)


def product_of(clinic_id: UUID, product_id: UUID) -> Product:
    """Raises `NotHere`."""
    return _one(Product, clinic_id, product_id, "There is no such product in your clinic. Search the stock.")


def lot_of(clinic_id: UUID, lot_id: UUID) -> Lot:
    """The lot with its product. Raises `NotHere`."""
    return _one(Lot, clinic_id, lot_id, "There is no such lot in your clinic. Search the stock.")


def location_of(clinic_id: UUID, location_id: UUID) -> Location:
    """Raises `NotHere`."""
    return _one(Location, clinic_id, location_id, "There is no such location in your clinic. Choose another.")


def locations_in(clinic_id: UUID, kind: LocationKind | None = None) -> Sequence[Location]:
    """Locations in use, by name."""
    query = select(Location).where(Location.clinic_id == clinic_id, Location.active).order_by(Location.name)
    if kind is not None:
        query = query.where(Location.kind == kind)
    return db.session.scalars(query).all()


def products_in(clinic_id: UUID) -> Sequence[Product]:
    """Products in use, by name."""
    return db.session.scalars(
        select(Product).where(Product.clinic_id == clinic_id, Product.active).order_by(Product.name)
    ).all()


def trade_item_for(clinic_id: UUID, scheme: CodeScheme, code: str) -> TradeItem | None:
    """The package a scanned GTIN (14 digits) or HIBC stands for, with its product."""
    return db.session.scalar(_TRADE_ITEM, {"clinic_id": clinic_id, "scheme": scheme, "code": code})


def trade_items_of(product: Product) -> Sequence[TradeItem]:
    return db.session.scalars(
        select(TradeItem)
        .where(TradeItem.clinic_id == product.clinic_id, TradeItem.product_id == product.id)
        .order_by(TradeItem.base_units, TradeItem.code)
    ).all()


def lot_numbered(product: Product, number: str) -> Lot | None:
    """The product's lot of that number, in whatever case it is written; the exact spelling wins."""
    wanted = {"clinic_id": product.clinic_id, "product_id": product.id, "number": number.strip()}
    return db.session.scalar(_LOT_NUMBERED, wanted)


def lots_of(product: Product) -> Sequence[Lot]:
    """All lots of a product, first expired first."""
    return db.session.scalars(
        select(Lot)
        .where(Lot.clinic_id == product.clinic_id, Lot.product_id == product.id)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)
    ).all()


def all_lots(clinic_id: UUID, limit: int = 2000) -> Sequence[Lot]:
    """The `limit` newest lots of products in use, by product and number."""
    newest = select(Lot.id).where(Lot.clinic_id == clinic_id).order_by(Lot.id.desc()).limit(limit)
    return db.session.scalars(
        select(Lot)
        .join(Product, Product.id == Lot.product_id)
        .where(Lot.clinic_id == clinic_id, Product.active, Lot.id.in_(newest))
        .order_by(Product.name, Lot.number, Lot.id)
        .options(joinedload(Lot.product))
    ).all()


def on_hand(lot: Lot, location: Location) -> int:
    """Base units of `lot` at `location`."""
    at = {"clinic_id": lot.clinic_id, "lot_id": lot.id, "location_id": location.id}
    return db.session.scalar(_ON_HAND, at) or 0


def on_hand_locked(lot: Lot, location: Location) -> int:
    """As `on_hand`, held against other writers until this unit of work ends."""
    at = {"clinic_id": lot.clinic_id, "lot_id": lot.id, "location_id": location.id}
    return db.session.scalar(_ON_HAND.with_for_update(), at) or 0


def location_holding(lot: Lot) -> Location | None:
    """The location with most of `lot`."""
    return db.session.scalar(_HOLDING, {"clinic_id": lot.clinic_id, "lot_id": lot.id})


def earlier_lot(lot: Lot, today: date) -> Lot | None:
    """Another usable lot of the product, in stock, that expires before `lot`: it should be used first."""
    wanted = {
        "clinic_id": lot.clinic_id,
        "product_id": lot.product_id,
        "lot_id": lot.id,
        "today": today,
        "expires_on": lot.expires_on or date.max,
    }
    return db.session.scalar(_EARLIER, wanted)


def _one(model: type[Row], clinic_id: UUID, row_id: UUID, sentence: str) -> Row:
    query = select(model).where(model.clinic_id == clinic_id, model.id == row_id)
    if model is Lot:
        query = query.options(joinedload(Lot.product))
    found = db.session.scalar(query)
    if found is None:
        raise NotHere(sentence)
    return found
