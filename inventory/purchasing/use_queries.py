"""What is used, what there is and how long deliveries take: one statement each for a whole clinic."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, case, cast, func, select

from inventory.clock import start_of_day
from inventory.db import db
from inventory.purchasing.demand import History
from inventory.purchasing.lifecycle import ON_ITS_WAY
from inventory.purchasing.models import DailyUse, OrderLine, OrderReceipt, PurchaseOrder, SupplierOffer
from inventory.sessions.models import NeedleUse, Technique, TreatmentSession, TreatmentState
from inventory.stock.levels import usable_on
from inventory.stock.models import Balance, Lot, Product
from inventory.stock.shelf_models import SupplierReturn

WINDOW = 180
"""Days of history that tell the rate of use: half a year follows the seasons without chasing each week."""
RECENT_LOTS = timedelta(days=730)


def histories(clinic_id: UUID, today: date, window: int = WINDOW) -> dict[UUID, History]:
    """Use over the `window` days before `today`, or since the product first moved, of each product that moved.

    One row a product, its days in one text: a row a day would be a quarter of a million objects for 5,000 products.
    The days of a product are looked up from the product, so that years of other days are not walked through.
    """
    begin = today - timedelta(days=window)
    mine = (DailyUse.clinic_id == Product.clinic_id, DailyUse.product_id == Product.id)
    said = cast(DailyUse.day, String) + " " + cast(DailyUse.used, String)
    days = select(func.aggregate_strings(said, " ")).where(*mine, DailyUse.day >= begin, DailyUse.day < today)
    older = select(DailyUse.day).where(*mine, DailyUse.day < begin).exists()
    query = select(Product.id, days.scalar_subquery(), older).where(Product.clinic_id == clinic_id)
    numbers = {(begin + timedelta(days=place)).isoformat(): place + 1 for place in range(window)}
    rows = db.session.execute(query).all()
    return {product: _history(text, numbers, window, since_before=older) for product, text, older in rows if text}


def _history(text: str, numbers: Mapping[str, int], window: int, *, since_before: bool) -> History:
    """`text` is `day used day used ...`, in the order of days as a rule."""
    parts = text.split()
    days, used = [numbers[day] for day in parts[::2]], [int(units) for units in parts[1::2]]
    if days != sorted(days):
        days, used = (list(part) for part in zip(*sorted(zip(days, used, strict=True)), strict=True))
    first = 0 if since_before else days[0] - 1
    if min(used) > 0 and not first:
        return History(window, days, used)
    busy = [(day - first, units) for day, units in zip(days, used, strict=True) if units > 0]
    return History(window - first, [day for day, _ in busy], [units for _, units in busy])


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


class Offer(NamedTuple):
    """What a product's preferred offer says: `price` in minor units for a pack of `pack_units` base units."""

    product_id: UUID
    supplier_id: UUID
    reference: str
    pack_units: int
    minimum_packs: int
    price: int


def preferred_offers(clinic_id: UUID) -> dict[UUID, Offer]:
    """By product, as values: thousands are read for a page and none is changed."""
    columns = [getattr(SupplierOffer, name) for name in Offer._fields]
    query = select(*columns).where(SupplierOffer.clinic_id == clinic_id, SupplierOffer.preferred)
    return {row.product_id: Offer(*row) for row in db.session.execute(query)}


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
