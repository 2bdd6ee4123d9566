"""What is used, what there is and how long deliveries take: one statement each for a whole clinic."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, case, cast, func, select

from inventory.clock import start_of_day
from inventory.db import db
from inventory.purchasing.demand import Sums
from inventory.purchasing.lifecycle import ON_ITS_WAY
from inventory.purchasing.models import DailyUse, OrderLine, OrderReceipt, PurchaseOrder
from inventory.sessions.models import NeedleUse, Technique, TreatmentSession, TreatmentState
from inventory.stock.levels import usable_on
from inventory.stock.models import Balance, Lot, Product
from inventory.stock.shelf_models import SupplierReturn

WINDOW = 180
"""Days of history that tell the rate of use: half a year follows the seasons without chasing each week."""
RECENT_LOTS = timedelta(days=730)


def _moved_before(clinic_id: UUID, day: date) -> set[UUID]:
    """Products kept since before `day`; one look into the index a product, not a walk through all days."""
    earlier = select(DailyUse.day).where(
        DailyUse.clinic_id == Product.clinic_id, DailyUse.product_id == Product.id, DailyUse.day < day
    )
    return set(db.session.scalars(select(Product.id).where(Product.clinic_id == clinic_id, earlier.exists())))


def sums_by_product(clinic_id: UUID, today: date, window: int = WINDOW) -> dict[UUID, Sums]:
    """Over the `window` days before `today`, or since the product first moved."""
    begin = today - timedelta(days=window)
    query = (
        select(
            DailyUse.product_id,
            func.sum(DailyUse.used),
            func.sum(DailyUse.used * DailyUse.used),
            func.sum(case((DailyUse.used > 0, 1), else_=0)),
            func.min(DailyUse.day),
        )
        .where(DailyUse.clinic_id == clinic_id, DailyUse.day >= begin, DailyUse.day < today)
        .group_by(DailyUse.product_id)
    )
    older = _moved_before(clinic_id, begin)
    return {
        product: Sums((today - (begin if product in older else first)).days, days, used, squares)
        for product, used, squares, days, first in db.session.execute(query)
    }


def days_of_use(
    clinic_id: UUID, products: Collection[UUID], today: date, window: int = WINDOW
) -> dict[UUID, list[tuple[date, int]]]:
    """The single days on which these products were used, oldest first."""
    begin = today - timedelta(days=window)
    query = (
        select(DailyUse.product_id, DailyUse.day, DailyUse.used)
        .where(DailyUse.clinic_id == clinic_id, DailyUse.day >= begin, DailyUse.day < today, DailyUse.used > 0)
        .order_by(DailyUse.product_id, DailyUse.day)
    )
    if len(products) <= 500:
        query = query.where(DailyUse.product_id.in_(products))
    found: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for product, day, used in db.session.execute(query):
        found[product].append((day, used))
    return found


def shelf_by_product(clinic_id: UUID, today: date) -> dict[UUID, list[tuple[date | None, int]]]:
    """Usable lots in stock: last good day and quantity."""
    query = (
        select(Lot.product_id, Lot.expires_on, func.sum(Balance.on_hand))
        .join(Balance, (Balance.lot_id == Lot.id) & (Balance.clinic_id == Lot.clinic_id))
        .where(Lot.clinic_id == clinic_id, Balance.on_hand > 0, usable_on(today))
        .group_by(Lot.product_id, Lot.id, Lot.expires_on)
    )
    found: dict[UUID, list[tuple[date | None, int]]] = defaultdict(list)
    for product, expires_on, on_hand in db.session.execute(query):
        found[product].append((expires_on, int(on_hand)))
    return found


def on_order_by_product(clinic_id: UUID) -> dict[UUID, int]:
    """Base units approved or sent that did not come yet."""
    outstanding = OrderLine.packs * OrderLine.pack_units - OrderLine.received_units
    query = (
        select(OrderLine.product_id, func.sum(case((outstanding > 0, outstanding), else_=0)))
        .join(OrderLine.order)
        .where(OrderLine.clinic_id == clinic_id, PurchaseOrder.state.in_(ON_ITS_WAY))
        .group_by(OrderLine.product_id)
    )
    return {product: int(units) for product, units in db.session.execute(query)}


def lead_days_by_supplier(clinic_id: UUID) -> dict[UUID, list[int]]:
    """Of each order its first receipt's days, oldest first."""
    query = (
        select(PurchaseOrder.supplier_id, func.min(OrderReceipt.lead_days))
        .join(OrderLine, OrderLine.order_id == PurchaseOrder.id)
        .join(OrderReceipt, OrderReceipt.line_id == OrderLine.id)
        .where(PurchaseOrder.clinic_id == clinic_id)
        .group_by(PurchaseOrder.supplier_id, PurchaseOrder.id)
        .order_by(PurchaseOrder.id)
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for supplier, days in db.session.execute(query):
        found[supplier].append(days)
    return found


def shelf_life_by_product(clinic_id: UUID, now: datetime) -> dict[UUID, int]:
    """Days a delivery was good for when it came: the shortest of the last two years, so that nothing is overbought."""
    query = select(Lot.product_id, Lot.created_at, Lot.expires_on).where(
        Lot.clinic_id == clinic_id, Lot.expires_on.is_not(None), Lot.created_at >= now - RECENT_LOTS
    )
    found: dict[UUID, int] = {}
    for product, created_at, expires_on in db.session.execute(query):
        days = (expires_on - created_at.date()).days if expires_on else 0
        found[product] = min(days, found.get(product, days))
    return found


def products_in_use(clinic_id: UUID) -> list[Product]:
    query = select(Product).where(Product.clinic_id == clinic_id, Product.active).order_by(Product.name)
    return list(db.session.scalars(query))


def usual_needles(clinic_id: UUID, since: datetime) -> dict[Technique, float]:
    """Needles a session took, by technique, of the sessions closed since."""
    query = (
        select(TreatmentSession.technique, func.count(NeedleUse.id), func.count(TreatmentSession.id.distinct()))
        .outerjoin(NeedleUse, NeedleUse.treatment_id == TreatmentSession.id)
        .where(
            TreatmentSession.clinic_id == clinic_id,
            TreatmentSession.state == TreatmentState.CLOSED,
            TreatmentSession.closed_at >= since,
        )
        .group_by(TreatmentSession.technique)
    )
    return {technique: needles / sessions for technique, needles, sessions in db.session.execute(query) if sessions}


def use_by_week(clinic_id: UUID, product_id: UUID | None, first: date, today: date) -> list[tuple[date, int, int]]:
    """(first day, used, wasted) of each seven days from `first`."""
    query = (
        select(DailyUse.day, func.sum(DailyUse.used), func.sum(DailyUse.wasted))
        .where(DailyUse.clinic_id == clinic_id, DailyUse.day >= first, DailyUse.day <= today)
        .group_by(DailyUse.day)
    )
    if product_id is not None:
        query = query.where(DailyUse.product_id == product_id)
    used, wasted = [[0] * ((today - first).days // 7 + 1) for _ in range(2)]
    for day, units, lost in db.session.execute(query):
        used[(day - first).days // 7] += int(units)
        wasted[(day - first).days // 7] += int(lost)
    return [(first + timedelta(days=7 * week), *pair) for week, pair in enumerate(zip(used, wasted, strict=True))]


def waste_by_product(clinic_id: UUID, since: date) -> dict[UUID, int]:
    """What was thrown away since that day; what went back to its supplier was not."""
    wasted = (
        select(DailyUse.product_id, cast(func.sum(DailyUse.wasted), Integer))
        .where(DailyUse.clinic_id == clinic_id, DailyUse.day >= since)
        .group_by(DailyUse.product_id)
    )
    returned = (
        select(Lot.product_id, cast(func.sum(SupplierReturn.quantity), Integer))
        .join(Lot, Lot.id == SupplierReturn.lot_id)
        .where(SupplierReturn.clinic_id == clinic_id, SupplierReturn.at >= start_of_day("UTC", since))
        .group_by(Lot.product_id)
    )
    back = {row[0]: row[1] for row in db.session.execute(returned)}
    found = {row[0]: row[1] - back.get(row[0], 0) for row in db.session.execute(wasted)}
    return {product_id: pieces for product_id, pieces in found.items() if pieces > 0}
