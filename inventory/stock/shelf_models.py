"""What is wanted where, what went back to a supplier, which lots a notice recalls, and what was decided on a lot."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.stock.models import Location, Lot, LotStatus, Product


class RecallReach(StrEnum):
    """Which lots of a product a notice speaks of."""

    LOTS = "lots"
    RANGE = "range"
    ALL = "all"


class ParLevel(Owned, Model, kw_only=True):
    """How many base units of a product a location is filled up to; 0 where it is no longer filled."""

    __tablename__ = "par_level"
    __table_args__ = in_clinic(
        "par_level",
        UniqueConstraint("clinic_id", "location_id", "product_id"),
        CheckConstraint("quantity BETWEEN 0 AND 100000", name="quantity_is_a_quantity"),
        location_id="location",
        product_id="product",
    )

    location_id: Mapped[UUID] = mapped_column(init=False)
    location: Mapped[Location] = relationship(foreign_keys=[location_id])
    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    quantity: Mapped[int]


class SupplierReturn(Owned, Model, kw_only=True):
    """Base units sent back under the supplier's `reference`; the write-off movement names it as its source."""

    __tablename__ = "supplier_return"
    __table_args__ = in_clinic(
        "supplier_return",
        CheckConstraint("quantity BETWEEN 1 AND 100000", name="quantity_is_positive"),
        CheckConstraint("reference <> ''", name="has_a_reference"),
        lot_id="lot",
        location_id="location",
    )

    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    location_id: Mapped[UUID] = mapped_column(init=False)
    location: Mapped[Location] = relationship(foreign_keys=[location_id])
    quantity: Mapped[int]
    reference: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class RecallNotice(Owned, Model, kw_only=True):
    """A manufacturer's or authority's notice, entered once. It also keeps later deliveries of its lots out."""

    __tablename__ = "recall_notice"
    __table_args__ = in_clinic(
        "recall_notice",
        UniqueConstraint("clinic_id", "product_id", "reference"),
        CheckConstraint(
            "(reach = 'range') = (first_number IS NOT NULL AND last_number IS NOT NULL)", name="a_range_has_its_ends"
        ),
        product_id="product",
    )

    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    reference: Mapped[str]
    issued_on: Mapped[date]
    text: Mapped[str]
    reach: Mapped[RecallReach] = mapped_column(one_of(RecallReach))
    first_number: Mapped[str | None] = mapped_column(default=None)
    last_number: Mapped[str | None] = mapped_column(default=None)
    entered_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class RecallNoticeLot(Owned, Model, kw_only=True):
    """A lot that the clinic held, or had held, when the notice was entered."""

    __tablename__ = "recall_notice_lot"
    __table_args__ = in_clinic(
        "recall_notice_lot",
        UniqueConstraint("clinic_id", "notice_id", "lot_id"),
        notice_id="recall_notice",
        lot_id="lot",
    )

    notice_id: Mapped[UUID] = mapped_column(init=False)
    notice: Mapped[RecallNotice] = relationship(foreign_keys=[notice_id])
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])


class LotDecision(Owned, Model, kw_only=True):
    """A lot put into quarantine, released or recalled: from what, to what, and why. Append-only."""

    __tablename__ = "lot_decision"
    __table_args__ = in_clinic(
        "lot_decision",
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index("ix_lot_decision_clinic_id_lot_id", "clinic_id", "lot_id"),
        lot_id="lot",
        notice_id="recall_notice",
    )

    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    before: Mapped[LotStatus] = mapped_column(one_of(LotStatus, constraint_of="before"))
    status: Mapped[LotStatus] = mapped_column(one_of(LotStatus))
    reason: Mapped[str]
    notice_id: Mapped[UUID | None] = mapped_column(init=False)
    notice: Mapped[RecallNotice | None] = relationship(foreign_keys=[notice_id], default=None)
    """The notice that recalled it, whose signature stands for this too."""
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
