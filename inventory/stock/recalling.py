"""A recall notice, entered once: every lot it names is blocked, and so is each that would come later."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock import lot_numbers
from inventory.stock.checks import same_clinic
from inventory.stock.lot_states import put
from inventory.stock.models import Lot, LotStatus, Product
from inventory.stock.queries import lots_of
from inventory.stock.shelf_models import LotDecision, RecallNotice, RecallNoticeLot, RecallReach
from inventory.stock.signed_content import content_of_notice_with


class NoticeKnown(DomainError):
    def __init__(self, product: Product, reference: str) -> None:
        super().__init__(
            f"The notice {reference} for {product.name} was entered before. Open it in the list of notices.",
            field="reference",
        )
        self.reference = reference


class LotOfNotice(DomainError):
    """A delivery of a lot that a notice speaks of."""

    code = "RECALLED"

    def __init__(self, product: Product, number: str, notice: RecallNotice) -> None:
        super().__init__(
            f"Lot {number} of {product.name} is recalled by the notice {notice.reference}. Put the delivery aside and "
            "return it; it is not booked.",
            field="lot",
        )
        self.notice = notice


def enter_notice(
    product: Product,
    reference: str,
    issued_on: date,
    text: str,
    reach: RecallReach,
    by: Signer,
    now: datetime,
    *,
    lots: Sequence[Lot] = (),
    first_number: str = "",
    last_number: str = "",
) -> tuple[RecallNotice, Sequence[Lot]]:
    """Keep the notice, signed, and recall each of its lots that the clinic ever had; gives the notice and those lots.

    `lots` for a reach of single lots, the two numbers for a range. Raises `NoticeKnown`, `Invalid`.
    """
    same_clinic(by, product, *lots)
    _check(product, reference, text, reach, lots, first_number, last_number)
    ranged = reach is RecallReach.RANGE
    notice = RecallNotice(
        clinic_id=by.clinic_id,
        product=product,
        reference=reference.strip(),
        issued_on=issued_on,
        text=text.strip(),
        reach=reach,
        first_number=first_number.strip() if ranged else None,
        last_number=last_number.strip() if ranged else None,
        entered_at=now,
        by_id=by.id,
        by_name=by.name,
    )
    # Held, so that a release from quarantine at this moment is not mistaken for what is written here.
    known = db.session.scalars(select(Lot).where(Lot.id.in_([lot.id for lot in lots_of(product)])).with_for_update())
    reached = [lot for lot in known if (lot in lots if reach is RecallReach.LOTS else reaches(notice, lot.number))]
    named = [RecallNoticeLot(clinic_id=by.clinic_id, notice=notice, lot=lot) for lot in reached]
    decided: list[LotDecision] = []
    try:
        with db.session.begin_nested():
            db.session.add_all([notice, *named])
            for lot in reached:
                if lot.status is not LotStatus.RECALLED:
                    reason = f"Notice {notice.reference}: {notice.text}"
                    decided.append(put(lot, LotStatus.RECALLED, reason, by, now, notice=notice))
            under = sign(Meaning.RECALL, [notice], lambda each: content_of_notice_with(each, reached), by, now)
            record(by, "recall_notice.entered", notice, now=now, also=[*named, *reached, *decided, *under])
    except IntegrityError:
        raise NoticeKnown(product, reference.strip()) from None
    return notice, reached


def reaches(notice: RecallNotice, number: str) -> bool:
    """Whether a notice of a range or of all lots speaks of the lot `number`."""
    if notice.reach is RecallReach.ALL:
        return True
    return notice.reach is RecallReach.RANGE and lot_numbers.in_range(
        number, notice.first_number or "", notice.last_number or ""
    )


def check_notices(product: Product, number: str) -> None:
    """Whether a lot that is new to the clinic may come in. Raises `LotOfNotice`."""
    for notice in db.session.scalars(
        select(RecallNotice).where(RecallNotice.clinic_id == product.clinic_id, RecallNotice.product_id == product.id)
    ):
        if reaches(notice, number.strip()):
            raise LotOfNotice(product, number.strip(), notice)


def _check(
    product: Product,
    reference: str,
    text: str,
    reach: RecallReach,
    lots: Sequence[Lot],
    first_number: str,
    last_number: str,
) -> None:
    for field, value in (("reference", reference), ("text", text)):
        if not value.strip():
            raise Invalid("Type what the notice says.", field=field)
    if reach is RecallReach.LOTS and (not lots or any(lot.product_id != product.id for lot in lots)):
        raise Invalid("Choose at least one lot of this product.", field="lots")
    if reach is RecallReach.RANGE and not (first_number.strip() and lot_numbers.is_range(first_number, last_number)):
        raise Invalid(
            "Type the first and the last lot number of the range, both written alike, such as A0100 and A0250.",
            field="first_number",
        )
