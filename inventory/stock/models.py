"""What the clinic keeps, where, and every quantity that came or went."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, Uuid
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, Prefixed, in_clinic, one_of

LARGEST_QUANTITY = 100_000


class ProductKind(StrEnum):
    NEEDLE = "needle"
    GUN_PART = "gun_part"
    DISINFECTANT = "disinfectant"
    ANTISEPTIC = "antiseptic"
    INJECTABLE = "injectable"
    OTHER = "other"


class LifeUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


class LocationKind(StrEnum):
    STORE = "store"
    ROOM = "room"
    TROLLEY = "trolley"


class LotStatus(StrEnum):
    USABLE = "usable"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


class MovementKind(StrEnum):
    RECEIPT = "receipt"
    CONSUMPTION = "consumption"
    TRANSFER = "transfer"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"


class CodeScheme(StrEnum):
    GTIN = "gtin"
    HIBC = "hibc"


class PackageLevel(StrEnum):
    EACH = "each"
    BOX = "box"
    CARTON = "carton"


class ContactTarget(StrEnum):
    """What a disinfectant or antiseptic acts on."""

    SKIN = "skin"
    GUN = "gun"
    SURFACE = "surface"


class Product(Owned, Model, kw_only=True):
    """A catalogue item. `opened_life` counts from the opening of a container, in `opened_life_unit`."""

    __tablename__ = "product"
    __table_args__ = in_clinic(
        "product",
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("(opened_life IS NULL) = (opened_life_unit IS NULL)", name="opened_life_has_a_unit"),
        CheckConstraint("opened_life > 0", name="opened_life_is_positive"),
        CheckConstraint("reorder_point BETWEEN 0 AND 100000", name="reorder_point_is_a_quantity"),
        CheckConstraint("pins BETWEEN 1 AND 100", name="pins_are_few"),
        CheckConstraint("contact_seconds BETWEEN 0 AND 86400", name="contact_time_is_within_a_day"),
        CheckConstraint("skin_contact_seconds BETWEEN 0 AND 86400", name="skin_contact_time_is_within_a_day"),
        CheckConstraint("gun_contact_seconds BETWEEN 0 AND 86400", name="gun_contact_time_is_within_a_day"),
        CheckConstraint("surface_contact_seconds BETWEEN 0 AND 86400", name="surface_contact_time_is_within_a_day"),
    )

    name: Mapped[str]
    kind: Mapped[ProductKind] = mapped_column(one_of(ProductKind))
    base_unit: Mapped[str]
    """The single thing stock is counted in: needle, bottle, vial."""
    reference: Mapped[str | None] = mapped_column(default=None)
    """The manufacturer's catalogue number (REF)."""
    manufacturer: Mapped[str | None] = mapped_column(default=None)
    storage: Mapped[str | None] = mapped_column(default=None)
    """How it is to be kept, as its label says: 15 to 25 C, away from light."""
    reorder_point: Mapped[int] = mapped_column(default=0)
    needle_gauge: Mapped[int | None] = mapped_column(default=None)
    needle_length_mm: Mapped[int | None] = mapped_column(default=None)
    pins: Mapped[int] = mapped_column(default=1)
    contact_seconds: Mapped[int | None] = mapped_column(default=None)
    """How long a disinfectant or antiseptic must act, by its manufacturer, where no time for the target is given."""
    skin_contact_seconds: Mapped[int | None] = mapped_column(default=None)
    gun_contact_seconds: Mapped[int | None] = mapped_column(default=None)
    surface_contact_seconds: Mapped[int | None] = mapped_column(default=None)
    agent: Mapped[str | None] = mapped_column(default=None)
    """The active substance: chlorhexidine digluconate."""
    concentration: Mapped[str | None] = mapped_column(default=None)
    """As the label writes it: 2 % in 70 % isopropanol."""
    opened_life: Mapped[int | None] = mapped_column(default=None)
    opened_life_unit: Mapped[LifeUnit | None] = mapped_column(one_of(LifeUnit), default=None)
    needs_test_strip: Mapped[bool] = mapped_column(default=False)
    """True where the solution's strength is to be tested before each use (OPA 0.55 %)."""
    active: Mapped[bool] = mapped_column(default=True)

    def contact_on(self, target: ContactTarget) -> int | None:
        """Seconds it must act on `target`: the time given for it, else the one for all, else the longest given."""
        own = {
            ContactTarget.SKIN: self.skin_contact_seconds,
            ContactTarget.GUN: self.gun_contact_seconds,
            ContactTarget.SURFACE: self.surface_contact_seconds,
        }[target]
        usual = self.longest_contact if self.contact_seconds is None else self.contact_seconds
        return usual if own is None else own

    @property
    def longest_contact(self) -> int | None:
        """Seconds after which it has acted on whatever it is meant for."""
        given = (
            self.contact_seconds,
            self.skin_contact_seconds,
            self.gun_contact_seconds,
            self.surface_contact_seconds,
        )
        return max((seconds for seconds in given if seconds is not None), default=None)


class TradeItem(Owned, Model, kw_only=True):
    """One scannable package of a product: each, box or carton, and how many base units it holds."""

    __tablename__ = "trade_item"
    __table_args__ = in_clinic(
        "trade_item",
        UniqueConstraint("clinic_id", "scheme", "code"),
        CheckConstraint("base_units BETWEEN 1 AND 100000", name="base_units_are_positive"),
        product_id="product",
    )

    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    scheme: Mapped[CodeScheme] = mapped_column(one_of(CodeScheme))
    code: Mapped[str]
    """A GTIN in 14 digits, or LIC, PCN and unit of measure of a HIBC."""
    base_units: Mapped[int]
    level: Mapped[PackageLevel] = mapped_column(one_of(PackageLevel))


class ProductDocument(Owned, Model, kw_only=True):
    """One version of instructions for use or another document of a product. Append-only: a newer version is a row."""

    __tablename__ = "product_document"
    __table_args__ = in_clinic(
        "product_document",
        UniqueConstraint("clinic_id", "product_id", "title", "version"),
        product_id="product",
    )

    product_id: Mapped[UUID]
    title: Mapped[str]
    version: Mapped[str]
    issued_on: Mapped[date]
    reference: Mapped[str]
    """Where it is: a web address, or the folder and page."""
    added_at: Mapped[datetime]
    by_name: Mapped[str]


class CatalogueImport(Owned, Model, kw_only=True):
    """A file that was handed in to be checked and then applied, at most once."""

    __tablename__ = "catalogue_import"
    __table_args__ = in_clinic(
        "catalogue_import",
        CheckConstraint("(applied_at IS NULL) = (created IS NULL)", name="applied_with_its_counts"),
        CheckConstraint("(created IS NULL) = (changed IS NULL)", name="counts_come_together"),
    )

    name: Mapped[str]
    sha256: Mapped[str]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary, info={"audited": False})
    """The file until it is applied or another one is handed in."""
    handed_in_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    applied_at: Mapped[datetime | None] = mapped_column(default=None)
    created: Mapped[int | None] = mapped_column(default=None)
    changed: Mapped[int | None] = mapped_column(default=None)
    """Products, their packages counted with them."""


class Location(Owned, Model, kw_only=True):
    """Where stock is kept; a treatment room is one too."""

    __tablename__ = "location"
    __table_args__ = in_clinic("location", UniqueConstraint("clinic_id", "name"))

    name: Mapped[str]
    kind: Mapped[LocationKind] = mapped_column(one_of(LocationKind))
    active: Mapped[bool] = mapped_column(default=True)


def search_key_of(number: str) -> str:
    return number.casefold()


def _key_of_number(context: DefaultExecutionContext) -> str:
    return search_key_of((context.current_parameters or {})["number"])


class Lot(Owned, Model, kw_only=True):
    """What one delivery of a product carries. The lot number is kept exactly as scanned."""

    __tablename__ = "lot"
    __table_args__ = in_clinic(
        "lot",
        UniqueConstraint("clinic_id", "product_id", "number"),
        Index("ix_lot_clinic_id_expires_on", "clinic_id", "expires_on"),
        Index("ix_lot_clinic_id_search_key", "clinic_id", "search_key"),
        product_id="product",
    )

    product_id: Mapped[UUID] = mapped_column(init=False)
    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    number: Mapped[str]
    expires_on: Mapped[date | None] = mapped_column(default=None)
    status: Mapped[LotStatus] = mapped_column(one_of(LotStatus), default=LotStatus.USABLE)
    status_reason: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    search_key: Mapped[str] = mapped_column(Prefixed, init=False, insert_default=_key_of_number, server_default="")
    """Its number as it is looked for, whatever the case it was printed in."""

    def expired_on(self, day: date) -> bool:
        """A lot is good through the day printed on it."""
        return self.expires_on is not None and self.expires_on < day


class Movement(Owned, Model, kw_only=True):
    """One signed quantity of a lot at a location. Append-only; a trigger keeps `Balance` in step."""

    __tablename__ = "movement"
    __happened__ = "at"
    __table_args__ = in_clinic(
        "movement",
        UniqueConstraint("clinic_id", "source_id", "lot_id", "location_id", "kind"),
        CheckConstraint(
            "quantity <> 0 AND quantity BETWEEN -100000 AND 100000 AND quantity = CAST(quantity AS INTEGER)",
            name="quantity_is_whole_and_not_zero",
        ),
        CheckConstraint("kind <> 'receipt' OR quantity > 0", name="a_receipt_adds"),
        CheckConstraint("kind NOT IN ('consumption', 'write_off') OR quantity < 0", name="a_use_takes_away"),
        CheckConstraint(
            "kind NOT IN ('adjustment', 'write_off') OR (reason IS NOT NULL AND reason <> '')",
            name="a_correction_has_a_reason",
        ),
        Index("ix_movement_clinic_id_lot_id_at", "clinic_id", "lot_id", "at"),
        lot_id="lot",
        location_id="location",
    )

    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    location_id: Mapped[UUID] = mapped_column(init=False)
    location: Mapped[Location] = relationship(foreign_keys=[location_id])
    kind: Mapped[MovementKind] = mapped_column(one_of(MovementKind))
    quantity: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    reason: Mapped[str | None] = mapped_column(default=None)
    source_id: Mapped[UUID | None] = mapped_column(default=None)
    """What caused it (a pack, a container, a transfer): one cause moves one lot at one place once."""
    on_hand_before: Mapped[int | None] = mapped_column(default=None)
    """What the books said of the lot there, where a person corrected them; None for every other movement."""


class Balance(Model, kw_only=True):
    """On-hand of a lot at a location. Written by the trigger on `movement` only, never below zero."""

    __tablename__ = "balance"
    __audited__ = False
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_is_never_negative"),
        ForeignKeyConstraint(["clinic_id", "lot_id"], ["lot.clinic_id", "lot.id"]),
        ForeignKeyConstraint(["clinic_id", "location_id"], ["location.clinic_id", "location.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(primary_key=True)
    on_hand: Mapped[int]
