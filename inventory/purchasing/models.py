"""Suppliers and what they offer, orders and what came of them, booked sessions, and use rolled up per day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.purchasing.amounts import Currency, Writing
from inventory.purchasing.lifecycle import OrderState
from inventory.sessions.models import Technique
from inventory.stock.models import Lot, Product


class PurchasingTerms(Owned, Model, kw_only=True):
    """How a clinic orders. Amounts in minor units of `currency`; `service` in thousandths."""

    __tablename__ = "purchasing_terms"
    __table_args__ = in_clinic(
        "purchasing_terms",
        UniqueConstraint("clinic_id"),
        CheckConstraint("service BETWEEN 500 AND 999", name="service_is_a_chance"),
        CheckConstraint("review_days BETWEEN 1 AND 90", name="review_is_within_a_quarter"),
        CheckConstraint("manager_limit >= 0", name="limit_is_an_amount"),
    )

    writing: Mapped[Writing] = mapped_column(one_of(Writing), default=Writing.EUROPEAN)
    currency: Mapped[Currency] = mapped_column(one_of(Currency), default=Currency.EUR)
    service: Mapped[int] = mapped_column(default=950)
    review_days: Mapped[int] = mapped_column(default=7)
    manager_limit: Mapped[int] = mapped_column(default=500_000)
    """Orders above this are approved by an administrator."""


class Supplier(Owned, Model, kw_only=True):
    __tablename__ = "supplier"
    __table_args__ = in_clinic(
        "supplier",
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("minimum_order >= 0", name="minimum_is_an_amount"),
        CheckConstraint("lead_days BETWEEN 0 AND 365", name="lead_time_is_within_a_year"),
    )

    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    customer_number: Mapped[str | None] = mapped_column(default=None)
    currency: Mapped[Currency] = mapped_column(one_of(Currency))
    minimum_order: Mapped[int] = mapped_column(default=0)
    lead_days: Mapped[int] = mapped_column(default=7)
    """As typed; three receipts or more tell better."""
    active: Mapped[bool] = mapped_column(default=True)


class SupplierOffer(Owned, Model, kw_only=True):
    """A product as a supplier sells it: `price` in minor units for a pack of `pack_units` base units."""

    __tablename__ = "supplier_offer"
    __table_args__ = in_clinic(
        "supplier_offer",
        UniqueConstraint("clinic_id", "supplier_id", "product_id"),
        Index(
            "uq_supplier_offer_preferred",
            "clinic_id",
            "product_id",
            unique=True,
            sqlite_where=text("preferred"),
            postgresql_where=text("preferred"),
        ),
        CheckConstraint("pack_units BETWEEN 1 AND 100000", name="a_pack_holds_something"),
        CheckConstraint("minimum_packs BETWEEN 1 AND 10000", name="minimum_is_a_pack"),
        CheckConstraint("price BETWEEN 0 AND 99999999", name="price_is_an_amount"),
        supplier_id="supplier",
        product_id="product",
    )

    supplier_id: Mapped[UUID] = mapped_column(init=False)
    supplier: Mapped[Supplier] = relationship(foreign_keys=[supplier_id])
    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    reference: Mapped[str]
    pack_units: Mapped[int]
    price: Mapped[int]
    minimum_packs: Mapped[int] = mapped_column(default=1)
    preferred: Mapped[bool] = mapped_column(default=False)


class PurchaseOrder(Owned, Model, kw_only=True):
    """`version` grows with every change: an edit says which one it saw."""

    __tablename__ = "purchase_order"
    __table_args__ = in_clinic(
        "purchase_order",
        UniqueConstraint("clinic_id", "number"),
        Index(
            "uq_purchase_order_draft",
            "clinic_id",
            "supplier_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint(
            "state NOT IN ('sent', 'partly_received') OR sent_at IS NOT NULL", name="what_was_sent_has_a_time"
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'sent', 'partly_received') OR approved_at IS NOT NULL",
            name="what_is_sent_was_approved",
        ),
        supplier_id="supplier",
    )

    number: Mapped[int]
    supplier_id: Mapped[UUID] = mapped_column(init=False)
    supplier: Mapped[Supplier] = relationship(foreign_keys=[supplier_id])
    state: Mapped[OrderState] = mapped_column(one_of(OrderState), default=OrderState.DRAFT)
    currency: Mapped[Currency] = mapped_column(one_of(Currency))
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    made_by_name: Mapped[str]
    changed_by_name: Mapped[str]
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by_name: Mapped[str | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    expected_on: Mapped[date | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str | None] = mapped_column(default=None)
    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", default_factory=list, order_by="OrderLine.id"
    )

    @property
    def total(self) -> int:
        return sum(line.packs * line.price for line in self.lines)

    @property
    def outstanding(self) -> int:
        """Base units still to come."""
        return sum(line.outstanding for line in self.lines)


class OrderLine(Owned, Model, kw_only=True):
    """A product on an order, with pack and price as they were when it was put there."""

    __tablename__ = "order_line"
    __table_args__ = in_clinic(
        "order_line",
        UniqueConstraint("clinic_id", "order_id", "product_id"),
        CheckConstraint("packs BETWEEN 0 AND 10000", name="packs_are_counted"),
        CheckConstraint("pack_units BETWEEN 1 AND 100000", name="a_pack_holds_something"),
        CheckConstraint("price BETWEEN 0 AND 99999999", name="price_is_an_amount"),
        CheckConstraint("received_units >= 0", name="received_is_counted"),
        Index("ix_order_line_clinic_id_product_id", "clinic_id", "product_id"),
        order_id="purchase_order",
        product_id="product",
    )

    order_id: Mapped[UUID] = mapped_column(init=False)
    order: Mapped[PurchaseOrder] = relationship(back_populates="lines", foreign_keys=[order_id])
    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    reference: Mapped[str]
    pack_units: Mapped[int]
    packs: Mapped[int]
    price: Mapped[int]
    received_units: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")

    @property
    def ordered_units(self) -> int:
        return self.packs * self.pack_units

    @property
    def outstanding(self) -> int:
        return max(0, self.ordered_units - self.received_units)


class OrderReceipt(Owned, Model, kw_only=True):
    """What came of a line, on which day, at which price for a pack. Prices and lead times are learned from these."""

    __tablename__ = "order_receipt"
    __table_args__ = in_clinic(
        "order_receipt",
        CheckConstraint("units BETWEEN 1 AND 100000", name="something_came"),
        CheckConstraint("lead_days >= 0", name="it_came_after_it_was_sent"),
        Index("ix_order_receipt_clinic_id_line_id", "clinic_id", "line_id"),
        line_id="order_line",
        lot_id="lot",
    )

    line_id: Mapped[UUID] = mapped_column(init=False)
    line: Mapped[OrderLine] = relationship(foreign_keys=[line_id])
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    units: Mapped[int]
    price: Mapped[int]
    lead_days: Mapped[int]
    """From the day the order was sent to the day this came, in the clinic's days."""
    at: Mapped[datetime]
    by_name: Mapped[str]


class PlannedSessions(Owned, Model, kw_only=True):
    """Sessions of a technique booked for a day; `needles_each` where somebody knows better than history."""

    __tablename__ = "planned_sessions"
    __table_args__ = in_clinic(
        "planned_sessions",
        UniqueConstraint("clinic_id", "day", "technique"),
        CheckConstraint("sessions BETWEEN 0 AND 1000", name="sessions_are_counted"),
        CheckConstraint("needles_each BETWEEN 1 AND 100", name="needles_are_few"),
    )

    day: Mapped[date]
    technique: Mapped[Technique] = mapped_column(one_of(Technique))
    sessions: Mapped[int]
    needles_each: Mapped[int | None] = mapped_column(default=None)


class DailyUse(Model, kw_only=True):
    """What became of a product on a day (of UTC), in base units. Written by the trigger on `movement` only."""

    __tablename__ = "daily_use"
    __audited__ = False
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "product_id"], ["product.clinic_id", "product.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]
    wasted: Mapped[int]
    received: Mapped[int]
    corrected: Mapped[int]
    """Signed: what counting added or took away."""
