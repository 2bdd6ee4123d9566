"""What to order, of everything the clinic keeps: reads once for all products, then decides by the pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.purchasing import queries, use_queries
from inventory.purchasing.demand import UNKNOWN, Demand, Sums, demand_of, is_intermittent
from inventory.purchasing.models import PurchasingTerms, Supplier, SupplierOffer
from inventory.purchasing.reordering import (
    Advice,
    LeadTime,
    Shelf,
    Terms,
    Wanted,
    advise,
    lead_time,
    most_packs,
    raised_to_minimum,
)
from inventory.purchasing.wording import why
from inventory.stock.models import Product, ProductKind

BOOKED_DAYS = 28
"""How far ahead booked sessions are looked at."""
USUAL_LEAD = 7


@dataclass(frozen=True)
class Suggestion:
    """`packs` is what to put on the order now; `terms.pack_units` is 1 where nobody offers the product."""

    product: Product
    offer: SupplierOffer | None
    supplier: Supplier | None
    demand: Demand
    lead: LeadTime
    shelf: Shelf
    terms: Terms
    advice: Advice
    packs: int
    why: str
    shelf_life: int | None

    @property
    def low(self) -> bool:
        return self.packs > 0

    @property
    def value(self) -> int:
        return self.packs * self.terms.price


@dataclass(frozen=True)
class Group:
    """A supplier and what is to be ordered there; None for what nobody offers."""

    supplier: Supplier | None
    lines: Sequence[Suggestion]

    @property
    def total(self) -> int:
        return sum(line.value for line in self.lines)

    @property
    def to_order(self) -> int:
        return sum(line.low for line in self.lines)

    @property
    def below_minimum(self) -> bool:
        return self.supplier is not None and 0 < self.total < self.supplier.minimum_order


@dataclass(frozen=True)
class _Known:
    sums: Mapping[UUID, Sums]
    uses: Mapping[UUID, list[tuple[date, int]]]
    lots: Mapping[UUID, list[tuple[date | None, int]]]
    on_order: Mapping[UUID, int]
    life: Mapping[UUID, int]
    lead_days: Mapping[UUID, list[int]]
    offers: Mapping[UUID, SupplierOffer]
    suppliers: Mapping[UUID, Supplier]
    booked: Mapping[UUID, float]
    terms: PurchasingTerms


def suggestions(clinic_id: UUID, now: datetime, today: date) -> list[Suggestion]:
    """Every product in use, by name, raised to its supplier's minimum order."""
    products = use_queries.products_in_use(clinic_id)
    known = _read(clinic_id, products, now, today)
    return _raised([_suggestion(product, known, today) for product in products])


def by_supplier(lines: Sequence[Suggestion]) -> list[Group]:
    """Suppliers by name, what nobody offers last."""
    grouped: dict[UUID | None, list[Suggestion]] = {}
    for line in lines:
        grouped.setdefault(line.supplier.id if line.supplier else None, []).append(line)
    groups = [Group(group[0].supplier, group) for group in grouped.values()]
    return sorted(groups, key=lambda group: (group.supplier is None, group.supplier.name if group.supplier else ""))


def booked_needles(clinic_id: UUID, now: datetime, today: date, days: int = BOOKED_DAYS) -> float:
    """Needles that the sessions booked for the next `days` will take, by what sessions of their technique took."""
    planned = queries.planned_from(clinic_id, today, today + timedelta(days=days - 1))
    if not planned:
        return 0.0
    usual = use_queries.usual_needles(clinic_id, now - timedelta(days=use_queries.WINDOW))
    overall = sum(usual.values()) / len(usual) if usual else 1.0
    return sum(row.sessions * (row.needles_each or usual.get(row.technique, overall)) for row in planned)


def _read(clinic_id: UUID, products: Sequence[Product], now: datetime, today: date) -> _Known:
    sums = use_queries.sums_by_product(clinic_id, today)
    sporadic = [product for product, found in sums.items() if is_intermittent(found)]
    offers = {
        offer.product_id: offer
        for offer in db.session.scalars(
            select(SupplierOffer).where(SupplierOffer.clinic_id == clinic_id, SupplierOffer.preferred)
        )
    }
    return _Known(
        sums,
        use_queries.days_of_use(clinic_id, sporadic, today) if sporadic else {},
        use_queries.shelf_by_product(clinic_id, today),
        use_queries.on_order_by_product(clinic_id),
        use_queries.shelf_life_by_product(clinic_id, now),
        use_queries.lead_days_by_supplier(clinic_id),
        offers,
        {supplier.id: supplier for supplier in queries.suppliers_in(clinic_id)},
        _booked_by_product(clinic_id, products, sums, now, today),
        queries.terms_of(clinic_id),
    )


def _booked_by_product(
    clinic_id: UUID, products: Sequence[Product], sums: Mapping[UUID, Sums], now: datetime, today: date
) -> dict[UUID, float]:
    """Booked needles a day, shared among the needle products as they shared the use so far."""
    needles = booked_needles(clinic_id, now, today)
    used = {
        product.id: sums[product.id].used
        for product in products
        if product.kind is ProductKind.NEEDLE and product.id in sums
    }
    total = sum(used.values())
    if not needles or not total:
        return {}
    return {product: needles * units / total / BOOKED_DAYS for product, units in used.items()}


def _suggestion(product: Product, known: _Known, today: date) -> Suggestion:
    offer = known.offers.get(product.id)
    supplier = known.suppliers[offer.supplier_id] if offer else None
    lead = lead_time(
        supplier.lead_days if supplier else USUAL_LEAD, known.lead_days.get(supplier.id, ()) if supplier else ()
    )
    demand = _demand(product.id, known, today)
    booked = known.booked.get(product.id, 0.0)
    if demand.known and booked > demand.rate:
        demand = replace(demand, rate=booked)
    shelf = Shelf(known.lots.get(product.id, ()), known.on_order.get(product.id, 0))
    terms = Terms(
        offer.pack_units if offer else 1,
        offer.minimum_packs if offer else 1,
        offer.price if offer else 0,
        known.terms.review_days,
        known.terms.service,
    )
    life = known.life.get(product.id)
    advice = advise(demand, lead, shelf, terms, today, typed_level=product.reorder_point, shelf_life=life)
    said = why(demand, lead, shelf, terms, advice, known.terms.writing, booked)
    return Suggestion(product, offer, supplier, demand, lead, shelf, terms, advice, advice.packs, said, life)


def _demand(product_id: UUID, known: _Known, today: date) -> Demand:
    sums = known.sums.get(product_id)
    if sums is None:
        return UNKNOWN
    return demand_of(sums, known.uses.get(product_id, ()), today - timedelta(days=sums.days))


def _raised(lines: list[Suggestion]) -> list[Suggestion]:
    """Each supplier's lines brought up to its minimum order, where something is ordered there at all."""
    raised: dict[UUID, int] = {}
    for group in by_supplier(lines):
        if not group.below_minimum or group.supplier is None:
            continue
        wanted = [_wanted(line) for line in group.lines if line.low]
        more = raised_to_minimum(wanted, group.supplier.minimum_order)
        raised |= {UUID(after.key): after.packs for after, before in zip(more, wanted, strict=True) if after != before}
    return [
        replace(
            line,
            packs=raised[line.product.id],
            why=f"{line.why} {raised[line.product.id]} packs reach the minimum order.",
        )
        if line.product.id in raised
        else line
        for line in lines
    ]


def _wanted(line: Suggestion) -> Wanted:
    position = line.shelf.on_hand - line.advice.will_expire + line.shelf.on_order
    most = most_packs(position, line.demand, line.terms.pack_units, line.shelf_life)
    return Wanted(
        str(line.product.id),
        line.packs,
        line.terms.price,
        line.terms.pack_units,
        line.demand.rate,
        position,
        None if most is None else max(most, line.packs),
    )
