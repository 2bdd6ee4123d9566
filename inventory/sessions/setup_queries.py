"""Reading what a session has before its first puncture."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, func, select

from inventory.db import db
from inventory.disinfection.models import Disinfection
from inventory.packs.models import PackContent, PackUse
from inventory.sessions.models import TreatedArea, TreatmentSession
from inventory.stock.models import Lot, Product, ProductKind


def _here(kind: type[PackUse | Disinfection | TreatedArea]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return kind.clinic_id == bindparam("in_clinic"), kind.treatment_id == bindparam("wanted")


_PREPARED = select(
    select(func.coalesce(func.sum(PackContent.quantity), 0))
    .join(PackUse, PackUse.pack_id == PackContent.pack_id)
    .join(Lot, Lot.id == PackContent.lot_id)
    .join(Product, Product.id == Lot.product_id)
    .where(*_here(PackUse), PackUse.voided_at.is_(None), Product.kind == ProductKind.NEEDLE)
    .scalar_subquery(),
    select(func.count()).select_from(Disinfection).where(*_here(Disinfection)).scalar_subquery(),
    select(Disinfection.finished_at)
    .where(*_here(Disinfection))
    .order_by(Disinfection.finished_at.desc())
    .limit(1)
    .scalar_subquery(),
    select(Disinfection.contact_seconds)
    .where(*_here(Disinfection))
    .order_by(Disinfection.finished_at.desc())
    .limit(1)
    .scalar_subquery(),
    select(func.count())
    .select_from(TreatedArea)
    .where(*_here(TreatedArea), TreatedArea.withdrawn_at.is_(None))
    .scalar_subquery(),
    select(func.coalesce(func.sum(TreatedArea.area_cm2), 0))
    .where(*_here(TreatedArea), TreatedArea.withdrawn_at.is_(None))
    .scalar_subquery(),
)


@dataclass(frozen=True)
class Prepared:
    """What is there before the first puncture. `needles` are those in the packs opened for the session."""

    needles: int
    skin_disinfections: int
    disinfected_at: datetime | None
    contact_seconds: int | None
    regions: int
    area_cm2: int

    @property
    def act_until(self) -> datetime | None:
        """When the contact time of the last antiseptic is over (C1)."""
        if self.disinfected_at is None or self.contact_seconds is None:
            return None
        return self.disinfected_at + timedelta(seconds=self.contact_seconds)


def prepared(treatment: TreatmentSession) -> Prepared:
    """Counted in one statement."""
    return Prepared(*db.session.execute(_PREPARED, {"in_clinic": treatment.clinic_id, "wanted": treatment.id}).one())
