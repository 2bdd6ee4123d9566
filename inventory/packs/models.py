"""Sterile packs, what is in them, and their one use."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of
from inventory.packs.lifecycle import PackState, ShelfMode, Spoilt
from inventory.sterilising.models import Load
from inventory.stock.models import Lot

__all__ = ["Pack", "PackContent", "PackOrigin", "PackPart", "PackState", "PackUse", "Part", "ShelfMode", "Spoilt"]


class Pack(Owned, Model, kw_only=True):
    """One sealed unit with its own code. Made up; available once labelled and, where it needs one, load released."""

    __tablename__ = "pack"
    __table_args__ = in_clinic(
        "pack",
        UniqueConstraint("code"),
        CheckConstraint("length(code) = 17", name="code_is_ours"),
        CheckConstraint("label_copies >= 0", name="label_copies_are_counted"),
        Index("ix_pack_clinic_id_state", "clinic_id", "state"),
        Index("ix_pack_clinic_id_load_id", "clinic_id", "load_id"),
        load_id="load",
    )

    code: Mapped[str]
    state: Mapped[PackState] = mapped_column(one_of(PackState), default=PackState.MADE_UP)
    needs_load: Mapped[bool]
    """True where its contents were not bought sterile: it must pass through a released load."""
    load_id: Mapped[UUID | None] = mapped_column(init=False)
    load: Mapped[Load | None] = relationship(foreign_keys=[load_id], default=None)
    use_by: Mapped[date]
    """`lifecycle.NO_DATE` for an event-related pack that nothing bounds."""
    shelf_mode: Mapped[ShelfMode] = mapped_column(one_of(ShelfMode), default=ShelfMode.TIME)
    made_up_at: Mapped[datetime]
    made_up_by_id: Mapped[UUID | None]
    made_up_by_name: Mapped[str]
    label_copies: Mapped[int] = mapped_column(default=0)
    labelled_at: Mapped[datetime | None] = mapped_column(default=None)
    discard_reason: Mapped[str | None] = mapped_column(default=None)
    spoilt: Mapped[Spoilt | None] = mapped_column(one_of(Spoilt), default=None)
    held_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it waits for a manager: a session's use of it was taken back."""
    contents: Mapped[list["PackContent"]] = relationship(
        init=False, back_populates="pack", foreign_keys="PackContent.pack_id", default_factory=list
    )
    parts: Mapped[list["PackPart"]] = relationship(
        init=False, back_populates="pack", foreign_keys="PackPart.pack_id", default_factory=list
    )


class PackContent(Owned, Model, kw_only=True):
    """How many of a lot a pack holds."""

    __tablename__ = "pack_content"
    __table_args__ = in_clinic(
        "pack_content",
        UniqueConstraint("clinic_id", "pack_id", "lot_id"),
        CheckConstraint("quantity BETWEEN 1 AND 1000", name="quantity_is_positive"),
        Index("ix_pack_content_clinic_id_lot_id_pack_id", "clinic_id", "lot_id", "pack_id"),
        # Read by the pack alone at every scan; with the clinic before it the index would not be used.
        Index("ix_pack_content_pack_id", "pack_id"),
        pack_id="pack",
        lot_id="lot",
    )

    pack_id: Mapped[UUID] = mapped_column(init=False)
    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id], back_populates="contents")
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    quantity: Mapped[int]


class PackUse(Owned, Model, kw_only=True):
    """A pack opened for a session. One live use a pack at most, by unique index; only `voided_*` may change."""

    __tablename__ = "pack_use"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "pack_use",
        Index(
            "uq_pack_use_live",
            "clinic_id",
            "pack_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        CheckConstraint(
            "voided_at IS NULL OR "
            "(void_reason IS NOT NULL AND voided_by_id IS NOT NULL AND voided_by_id <> used_by_id)",
            name="voided_by_a_second_person",
        ),
        Index("ix_pack_use_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        Index("ix_pack_use_person", "clinic_id", "used_by_id", "used_at", "treatment_id"),
        pack_id="pack",
        treatment_id="treatment_session",
    )

    pack_id: Mapped[UUID] = mapped_column(init=False)
    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id])
    treatment_id: Mapped[UUID]
    used_at: Mapped[datetime]
    used_by_id: Mapped[UUID | None]
    used_by_name: Mapped[str]
    voided_at: Mapped[datetime | None] = mapped_column(default=None)
    voided_by_id: Mapped[UUID | None] = mapped_column(default=None)
    void_reason: Mapped[str | None] = mapped_column(default=None)


class Part(Owned, Model, kw_only=True):
    """A reusable thing with an identity of its own: a holder, a spacer, a tip. Sterilised again and again."""

    __tablename__ = "part"
    __table_args__ = in_clinic(
        "part",
        UniqueConstraint("code"),
        UniqueConstraint("clinic_id", "serial_number"),
        CheckConstraint("length(code) = 17", name="code_is_ours"),
        CheckConstraint("cycles >= 0 AND (most_cycles IS NULL OR most_cycles > 0)", name="cycles_are_counted"),
        CheckConstraint("(retired_at IS NULL) = (retired_reason IS NULL)", name="a_retired_part_says_why"),
    )

    code: Mapped[str]
    name: Mapped[str]
    serial_number: Mapped[str]
    most_cycles: Mapped[int | None] = mapped_column(default=None)
    """The maker's limit of sterilisations; None where it states none."""
    cycles: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    retired_reason: Mapped[str | None] = mapped_column(default=None)


class PackPart(Owned, Model, kw_only=True):
    """A part in a pack. In one pack at a time, by unique index; `freed_at` when the pack was used or taken apart."""

    __tablename__ = "pack_part"
    __table_args__ = in_clinic(
        "pack_part",
        Index(
            "uq_pack_part_live",
            "clinic_id",
            "part_id",
            unique=True,
            sqlite_where=text("freed_at IS NULL"),
            postgresql_where=text("freed_at IS NULL"),
        ),
        Index("ix_pack_part_pack_id", "pack_id"),
        pack_id="pack",
        part_id="part",
    )

    pack_id: Mapped[UUID] = mapped_column(init=False)
    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id], back_populates="parts")
    part_id: Mapped[UUID] = mapped_column(init=False)
    part: Mapped[Part] = relationship(foreign_keys=[part_id])
    freed_at: Mapped[datetime | None] = mapped_column(default=None)


class PackOrigin(Owned, Model, kw_only=True):
    """A pack made of another one's contents: split, or made up anew. Append-only."""

    __tablename__ = "pack_origin"
    __table_args__ = in_clinic(
        "pack_origin",
        UniqueConstraint("clinic_id", "pack_id"),
        CheckConstraint("pack_id <> source_id", name="no_pack_is_its_own_source"),
        Index("ix_pack_origin_clinic_id_source_id", "clinic_id", "source_id"),
        pack_id="pack",
        source_id="pack",
    )

    pack_id: Mapped[UUID] = mapped_column(init=False)
    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id])
    source_id: Mapped[UUID] = mapped_column(init=False)
    source: Mapped[Pack] = relationship(foreign_keys=[source_id])
