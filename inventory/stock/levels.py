"""How much there is, and how long it is good: the stock list, what is low, what expires."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from inventory.db import db
from inventory.stock.models import Balance, Location, Lot, LotStatus, Product, ProductKind, TradeItem

PAGE = 100
PACKABLE = (ProductKind.NEEDLE, ProductKind.GUN_PART, ProductKind.OTHER)


@dataclass(frozen=True)
class StockLine:
    """A product: what is in the house, what of it may be used, and when the first of that expires."""

    product: Product
    on_hand: int
    usable: int
    next_expiry: date | None

    @property
    def low(self) -> bool:
        return self.product.active and 0 < self.product.reorder_point >= self.usable


@dataclass(frozen=True)
class StockPage:
    """`last` is the product that the next page follows, None on the last page."""

    lines: Sequence[StockLine]
    last: Product | None


@dataclass(frozen=True)
class LotLine:
    lot: Lot
    on_hand: int


def stock_page(
    clinic_id: UUID,
    today: date,
    *,
    text: str = "",
    kind: ProductKind | None = None,
    after: str = "",
    idle: bool = False,
) -> StockPage:
    """The products that follow `after` by name, those in use first; `idle` where that one is not in use."""
    further: list[ColumnElement[bool]] = []
    if after:
        following = Product.name > after
        further = [~Product.active & following if idle else or_(~Product.active, following)]
    lines = _stock(clinic_id, today, text, kind, further, limit=PAGE + 1)
    return StockPage(lines[:PAGE], lines[PAGE - 1].product if len(lines) > PAGE else None)


def stock_list(clinic_id: UUID, today: date, *, text: str = "", kind: ProductKind | None = None) -> list[StockLine]:
    """Every product by name; `text` is looked for in name, reference, package codes and lot numbers."""
    return _stock(clinic_id, today, text, kind)


def _stock(
    clinic_id: UUID,
    today: date,
    text: str,
    kind: ProductKind | None,
    further: Sequence[ColumnElement[bool]] = (),
    limit: int | None = None,
) -> list[StockLine]:
    counts = usable_on(today)
    query = (
        select(
            Product,
            func.coalesce(func.sum(Balance.on_hand), 0),
            func.coalesce(func.sum(case((counts, Balance.on_hand), else_=0)), 0),
            func.min(case((counts & (Balance.on_hand > 0), Lot.expires_on))),
        )
        .outerjoin(Lot, (Lot.product_id == Product.id) & (Lot.clinic_id == Product.clinic_id))
        .outerjoin(Balance, (Balance.lot_id == Lot.id) & (Balance.clinic_id == Lot.clinic_id))
        .where(Product.clinic_id == clinic_id, *further)
        .group_by(Product.id)
        .order_by(Product.active.desc(), Product.name)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(Product.kind == kind)
    if text:
        query = query.where(_mentions(text))
    return [StockLine(*row) for row in db.session.execute(query)]


def low(clinic_id: UUID, today: date) -> list[StockLine]:
    """Products whose usable stock has come down to their reorder point."""
    return [line for line in stock_list(clinic_id, today) if line.low]


def expiring(clinic_id: UUID, today: date, within_days: int) -> list[LotLine]:
    """Lots in stock, not recalled, whose last day is `today` or one of the `within_days` after it."""
    last = today + timedelta(days=within_days)
    return _in_stock(clinic_id, Lot.expires_on >= today, Lot.expires_on <= last)


def expired(clinic_id: UUID, today: date) -> list[LotLine]:
    """Lots past their day of which something is still in stock."""
    return _in_stock(clinic_id, Lot.expires_on < today)


def held_lots(clinic_id: UUID, today: date) -> list[LotLine]:
    """Usable lots in stock, first expired first."""
    return _in_stock(clinic_id, usable_on(today))


def _in_stock(clinic_id: UUID, *conditions: ColumnElement[bool]) -> list[LotLine]:
    total = (
        select(Balance.lot_id, func.sum(Balance.on_hand).label("on_hand"))
        .where(Balance.clinic_id == clinic_id)
        .group_by(Balance.lot_id)
        .having(func.sum(Balance.on_hand) > 0)
        .subquery()
    )
    query = (
        select(Lot, total.c.on_hand)
        .join(total, total.c.lot_id == Lot.id)
        .where(Lot.clinic_id == clinic_id, *conditions)
        .options(joinedload(Lot.product))
        .order_by(Lot.expires_on, Lot.id)
    )
    return [LotLine(lot, on_hand) for lot, on_hand in db.session.execute(query)]


def usable_on(today: date) -> ColumnElement[bool]:
    """Neither blocked nor past its day."""
    return (Lot.status == LotStatus.USABLE) & or_(Lot.expires_on.is_(None), Lot.expires_on >= today)


def _mentions(text: str) -> ColumnElement[bool]:
    items = select(TradeItem.product_id).where(
        TradeItem.clinic_id == Product.clinic_id, TradeItem.code.icontains(text, autoescape=True)
    )
    lots = select(Lot.product_id).where(Lot.clinic_id == Product.clinic_id, Lot.number.icontains(text, autoescape=True))
    return or_(
        Product.name.icontains(text, autoescape=True),
        Product.reference.icontains(text, autoescape=True),
        Product.id.in_(items.correlate(Product)),
        Product.id.in_(lots.correlate(Product)),
    )


def lots_to_take(clinic_id: UUID, today: date) -> list[tuple[Lot, Location, int]]:
    """Usable lots a pack can be made up from, with place and units there, first expired first."""
    rows = db.session.execute(
        select(Lot, Location, Balance.on_hand)
        .join(Balance, (Balance.lot_id == Lot.id) & (Balance.on_hand > 0))
        .join(Location, Location.id == Balance.location_id)
        .join(Lot.product)
        .where(Lot.clinic_id == clinic_id, Product.kind.in_(PACKABLE), usable_on(today))
        .options(contains_eager(Lot.product))
        .order_by(Product.name, Lot.expires_on, Lot.number, Location.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]
