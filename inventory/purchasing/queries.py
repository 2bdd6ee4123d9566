"""Reading suppliers, orders and booked sessions of one clinic. What is used: `use_queries`."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from inventory.db import db
from inventory.errors import NotHere
from inventory.purchasing.lifecycle import RECEIVABLE, OrderState
from inventory.purchasing.models import (
    OrderLine,
    OrderReceipt,
    PlannedSessions,
    PurchaseOrder,
    PurchasingTerms,
    Supplier,
    SupplierOffer,
)
from inventory.stock.models import Product

Row = TypeVar("Row", Supplier, SupplierOffer, PurchaseOrder)


def terms_of(clinic_id: UUID) -> PurchasingTerms:
    """The clinic's own, or a row of the defaults that is not stored."""
    query = select(PurchasingTerms).where(PurchasingTerms.clinic_id == clinic_id)
    return db.session.scalars(query).one_or_none() or PurchasingTerms(clinic_id=clinic_id)


def supplier_of(clinic_id: UUID, supplier_id: UUID) -> Supplier:
    """Raises `NotHere`."""
    return _one(Supplier, clinic_id, supplier_id, "There is no such supplier in your clinic. Open the list.")


def order_of(clinic_id: UUID, order_id: UUID) -> PurchaseOrder:
    """The order with supplier, lines and their products. Raises `NotHere`."""
    query = (
        select(PurchaseOrder)
        .where(PurchaseOrder.clinic_id == clinic_id, PurchaseOrder.id == order_id)
        .options(joinedload(PurchaseOrder.supplier), selectinload(PurchaseOrder.lines).joinedload(OrderLine.product))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotHere("There is no such order in your clinic. Open the list of orders.")
    return found


def suppliers_in(clinic_id: UUID) -> Sequence[Supplier]:
    query = select(Supplier).where(Supplier.clinic_id == clinic_id)
    return db.session.scalars(query.order_by(Supplier.active.desc(), Supplier.name)).all()


def offers_of(supplier: Supplier) -> Sequence[SupplierOffer]:
    query = (
        select(SupplierOffer)
        .join(SupplierOffer.product)
        .options(joinedload(SupplierOffer.product))
        .where(SupplierOffer.clinic_id == supplier.clinic_id, SupplierOffer.supplier_id == supplier.id)
        .order_by(Product.name)
    )
    return db.session.scalars(query).all()


def preferred_offer(clinic_id: UUID, product_id: UUID) -> SupplierOffer | None:
    query = select(SupplierOffer).where(
        SupplierOffer.clinic_id == clinic_id, SupplierOffer.product_id == product_id, SupplierOffer.preferred
    )
    return db.session.scalars(query.options(joinedload(SupplierOffer.supplier))).one_or_none()


def draft_to(supplier: Supplier) -> PurchaseOrder | None:
    query = select(PurchaseOrder).where(
        PurchaseOrder.clinic_id == supplier.clinic_id,
        PurchaseOrder.supplier_id == supplier.id,
        PurchaseOrder.state == OrderState.DRAFT,
    )
    return db.session.scalars(query).one_or_none()


def next_number(clinic_id: UUID) -> int:
    return (
        db.session.scalar(select(func.max(PurchaseOrder.number)).where(PurchaseOrder.clinic_id == clinic_id)) or 0
    ) + 1


def orders_in(clinic_id: UUID, limit: int = 100) -> Sequence[PurchaseOrder]:
    """Those that are not over first, then the newest."""
    over = PurchaseOrder.state.in_((OrderState.CLOSED, OrderState.CANCELLED))
    query = (
        select(PurchaseOrder)
        .where(PurchaseOrder.clinic_id == clinic_id)
        .options(joinedload(PurchaseOrder.supplier), selectinload(PurchaseOrder.lines))
        .order_by(over, PurchaseOrder.number.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def overdue(clinic_id: UUID, today: date) -> Sequence[PurchaseOrder]:
    """Sent orders that should have come before `today`, the longest overdue first."""
    query = (
        select(PurchaseOrder)
        .where(
            PurchaseOrder.clinic_id == clinic_id,
            PurchaseOrder.state.in_(RECEIVABLE),
            PurchaseOrder.expected_on < today,
        )
        .options(joinedload(PurchaseOrder.supplier))
        .order_by(PurchaseOrder.expected_on)
    )
    return db.session.scalars(query).all()


def receipts_of(order: PurchaseOrder) -> Sequence[OrderReceipt]:
    query = (
        select(OrderReceipt)
        .join(OrderReceipt.line)
        .where(OrderReceipt.clinic_id == order.clinic_id, OrderLine.order_id == order.id)
        .options(joinedload(OrderReceipt.lot), joinedload(OrderReceipt.line).joinedload(OrderLine.product))
        .order_by(OrderReceipt.at, OrderReceipt.id)
    )
    return db.session.scalars(query).all()


def receipts_from(supplier: Supplier, limit: int = 50) -> Sequence[OrderReceipt]:
    """What the supplier delivered, newest first: the history of prices and lead times."""
    query = (
        select(OrderReceipt)
        .join(OrderReceipt.line)
        .join(OrderLine.order)
        .where(OrderReceipt.clinic_id == supplier.clinic_id, PurchaseOrder.supplier_id == supplier.id)
        .options(joinedload(OrderReceipt.line).joinedload(OrderLine.product))
        .order_by(OrderReceipt.at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def planned_from(clinic_id: UUID, first: date, last: date | None = None) -> Sequence[PlannedSessions]:
    query = select(PlannedSessions).where(
        PlannedSessions.clinic_id == clinic_id, PlannedSessions.day >= first, PlannedSessions.sessions > 0
    )
    if last is not None:
        query = query.where(PlannedSessions.day <= last)
    return db.session.scalars(query.order_by(PlannedSessions.day, PlannedSessions.technique)).all()


def _one(model: type[Row], clinic_id: UUID, row_id: UUID, sentence: str) -> Row:
    found = db.session.get(model, row_id)
    if found is None or found.clinic_id != clinic_id:
        raise NotHere(sentence)
    return found
