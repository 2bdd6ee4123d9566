"""What to order, of everything the clinic keeps: reads once for all products, then decides by the pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from inventory.purchasing import queries, use_queries
from inventory.purchasing.amounts import Writing
from inventory.purchasing.demand import UNKNOWN, Demand, History, demand_of
from inventory.purchasing.models import PurchasingTerms, Supplier
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
from inventory.purchasing.use_queries import Offer
from inventory.purchasing.wording import why
from inventory.stock.models import Product, ProductKind

BOOKED_DAYS = 28
"""How far ahead booked sessions are looked at."""
_USUAL = lead_time(7, ())


@dataclass(frozen=True)
class Suggestion:
    """`packs` is what to put on the order now; `terms.pack_units` is 1 where nobody offers the product."""

    product: Product
    offer: Offer | None
    supplier: Supplier | None
    demand: Demand
    lead: LeadTime
    shelf: Shelf
    terms: Terms
    advice: Advice
    packs: int
    shelf_life: int | None
    booked: float
    """A day, from booked sessions."""
    writing: Writing
    raised: bool = False
    """More packs than the product itself needs, to reach the minimum order."""

    @property
    def why(self) -> str:
        said = why(self.demand, self.lead, self.shelf, self.terms, self.advice, self.writing, self.booked)
        return f"{said} {self.packs} packs reach the minimum order." if self.raised else said

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
    demand: Mapping[UUID, Demand]
    lots: Mapping[UUID, list[tuple[date | None, int]]]
    on_order: Mapping[UUID, int]
    life: Mapping[UUID, int]
    leads: Mapping[UUID, LeadTime]
    offers: Mapping[UUID, Offer]
    suppliers: Mapping[UUID, Supplier]
    booked: Mapping[UUID, float]
    terms: PurchasingTerms

    def lead(self, supplier_id: UUID | None) -> LeadTime:
        return self.leads[supplier_id] if supplier_id else _USUAL


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
    histories = use_queries.histories(clinic_id, today)
    suppliers, seen = queries.suppliers_in(clinic_id), use_queries.lead_days_by_supplier(clinic_id)
    return _Known(
        {product: demand_of(history) for product, history in histories.items()},
        use_queries.shelf_by_product(clinic_id, today),
        use_queries.on_order_by_product(clinic_id),
        use_queries.shelf_life_by_product(clinic_id, now),
        {supplier.id: lead_time(supplier.lead_days, seen.get(supplier.id, ())) for supplier in suppliers},
        use_queries.preferred_offers(clinic_id),
        {supplier.id: supplier for supplier in suppliers},
        _booked_by_product(clinic_id, products, histories, now, today),
        queries.terms_of(clinic_id),
    )


def _booked_by_product(
    clinic_id: UUID, products: Sequence[Product], histories: Mapping[UUID, History], now: datetime, today: date
) -> dict[UUID, float]:
    """Booked needles a day, shared among the needle products as they shared the use so far."""
    needles = booked_needles(clinic_id, now, today)
    if not needles:
        return {}
    used = {
        product.id: sum(histories[product.id].used)
        for product in products
        if product.kind is ProductKind.NEEDLE and product.id in histories
    }
    total = sum(used.values())
    if not total:
        return {}
    return {product: needles * units / total / BOOKED_DAYS for product, units in used.items()}


def _suggestion(product: Product, known: _Known, today: date) -> Suggestion:
    key = product.id
    offer = known.offers.get(key)
    supplier = known.suppliers[offer.supplier_id] if offer else None
    lead = known.lead(offer.supplier_id if offer else None)
    demand = known.demand.get(key, UNKNOWN)
    booked = known.booked.get(key, 0.0)
    if demand.known and booked > demand.rate:
        demand = replace(demand, rate=booked, lately=False)
    shelf = Shelf(known.lots.get(key, ()), known.on_order.get(key, 0))
    terms = Terms(
        offer.pack_units if offer else 1,
        offer.minimum_packs if offer else 1,
        offer.price if offer else 0,
        known.terms.review_days,
        known.terms.service,
    )
    life = known.life.get(key)
    advice = advise(demand, lead, shelf, terms, today, typed_level=product.reorder_point, shelf_life=life)
    return Suggestion(
        product,
        offer,
        supplier,
        demand,
        lead,
        shelf,
        terms,
        advice,
        advice.packs,
        life,
        booked,
        known.terms.writing,
    )


def _raised(lines: list[Suggestion]) -> list[Suggestion]:
    """Each supplier's lines brought up to its minimum order, where something is ordered there at all."""
    raised: dict[UUID, int] = {}
    for group in by_supplier(lines):
        if not group.below_minimum or group.supplier is None:
            continue
        wanted = [_wanted(line) for line in group.lines if line.low]
        more = raised_to_minimum(wanted, group.supplier.minimum_order)
        raised |= {UUID(after.key): after.packs for after, before in zip(more, wanted, strict=True) if after != before}
    if not raised:
        return lines
    return [
        replace(line, packs=raised[line.product.id], raised=True) if line.product.id in raised else line
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
