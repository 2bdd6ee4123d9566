"""The columns of the sterility log: on the screen and in every export, one list for each of its shapes.

As events one row is one needle from fitted to removed; as sessions one row is a session that was begun.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from inventory.compliance.models import Policy
from inventory.disinfection.models import Container, Disinfection
from inventory.guns.models import Gun
from inventory.oversight.models import FlagStep
from inventory.packs.models import Pack
from inventory.sessions.models import (
    Flag,
    NeedleUse,
    SessionContainer,
    SessionSubject,
    TreatedArea,
    TreatmentSession,
)
from inventory.sterilising.models import Load, LoadDecision, LoadState, SignedWith
from inventory.sterility.filters import Shape
from inventory.sterility.sql_text import iso, isodate, minutes
from inventory.stock.models import Location, Lot, Product, ProductKind

GunDisinfection = aliased(Disinfection)
Disinfectant = aliased(Product)
DisinfectantLot = aliased(Lot)
DisinfectantContainer = aliased(Container)


LOAD_SIGNED = or_(
    Load.state == LoadState.RELEASED,
    select(LoadDecision.id)
    .where(
        LoadDecision.clinic_id == Load.clinic_id,
        LoadDecision.load_id == Load.id,
        LoadDecision.at == Load.decided_at,
        LoadDecision.signed_with != SignedWith.RULE,
    )
    .correlate(Load)
    .exists(),
)
"""A person signed the load's newest decision; a rule may quarantine or reject one, never release it."""


@dataclass(frozen=True)
class Column:
    """`header` is the export's; `text` marks cells that could hold what a spreadsheet would run as a formula.

    `private` ones are seen by those only who may see whom a session treated.
    """

    header: str
    value: ColumnElement[Any]
    text: bool = False
    private: bool = False


def columns_of(shape: Shape, *, with_references: bool) -> tuple[Column, ...]:
    return tuple(column for column in COLUMNS[shape] if with_references or not column.private)


def _words(column: Any) -> ColumnElement[Any]:
    return type_coerce(column, String)


def _after(word: str, value: Any) -> ColumnElement[str]:
    """`word` and the value as text; nothing where there is none."""
    return func.coalesce(word + cast(value, String), "")


def _before(value: Any, word: str) -> ColumnElement[str]:
    return func.coalesce(", " + cast(value, String) + word, "")


LAST_GUN_DISINFECTION = (
    select(Disinfection.id)
    .where(
        Disinfection.clinic_id == TreatmentSession.clinic_id,
        Disinfection.gun_id == TreatmentSession.gun_id,
        Disinfection.finished_at <= TreatmentSession.started_at,
    )
    .order_by(Disinfection.finished_at.desc())
    .limit(1)
    .correlate(TreatmentSession)
    .scalar_subquery()
)

_LIVE = (
    Flag.clinic_id == TreatmentSession.clinic_id,
    Flag.treatment_id == TreatmentSession.id,
    Flag.cleared_at.is_(None),
)
_RAISED = select(Flag.code).where(*_LIVE).distinct().order_by(Flag.code).correlate(TreatmentSession).subquery()
FLAGS = select(func.aggregate_strings(_RAISED.c.code, " ")).correlate(TreatmentSession).scalar_subquery()
"""Each code once and in order: the same log must give the same bytes."""

_STANDS_AT = (
    select(_words(FlagStep.state))
    .where(FlagStep.clinic_id == Flag.clinic_id, FlagStep.flag_id == Flag.id)
    .order_by(FlagStep.sequence.desc())
    .limit(1)
    .correlate(Flag)
    .scalar_subquery()
)
_REVIEWED = (
    select(
        (Flag.code + " policy " + cast(Flag.policy_number, String) + " " + func.coalesce(_STANDS_AT, "open")).label(
            "said"
        )
    )
    .where(*_LIVE)
    .distinct()
    .order_by("said")
    .correlate(TreatmentSession)
    .subquery()
)
REVIEWS = select(func.aggregate_strings(_REVIEWED.c.said, "; ")).correlate(TreatmentSession).scalar_subquery()
"""Of each flag the policy version that judged it and where its review stands."""

_SCANNED = (
    select((Product.name + ", lot " + Lot.number + ", container " + Container.code).label("said"))
    .select_from(SessionContainer)
    .join(Container, Container.id == SessionContainer.container_id)
    .join(Lot, Lot.id == Container.lot_id)
    .join(Product, Product.id == Lot.product_id)
    .where(
        SessionContainer.clinic_id == TreatmentSession.clinic_id,
        SessionContainer.treatment_id == TreatmentSession.id,
        Product.kind == ProductKind.ANTISEPTIC,
    )
    .order_by("said")
    .correlate(TreatmentSession)
    .subquery()
)
ANTISEPTIC = select(func.aggregate_strings(_SCANNED.c.said, "; ")).correlate(TreatmentSession).scalar_subquery()

Use = aliased(NeedleUse)
UsedLot, UsedProduct = aliased(Lot), aliased(Product)
UsedPack, UsedLoad = aliased(Pack), aliased(Load)
_OF_SESSION = (
    Use.clinic_id == TreatmentSession.clinic_id,
    Use.treatment_id == TreatmentSession.id,
    Use.undone_at.is_(None),
)
_FITTED = (
    select(
        (
            cast(Use.sequence, String)
            + ": "
            + UsedProduct.name
            + _after(", lot ", UsedLot.number)
            + _after(", pack ", UsedPack.code)
            + _after(", load ", UsedLoad.number)
            + _before(Use.shots * Use.pins, " punctures")
            + case((Use.estimated, " (estimated)"), else_="")
            + _before(minutes(Use.fitted_at, Use.removed_at), " min")
            + _before(Use.area_cm2, " cm2")
            + func.coalesce(", " + func.replace(_words(Use.removal_reason), "_", " "), ", on the gun")
        ).label("said")
    )
    .select_from(Use)
    .join(UsedLot, UsedLot.id == Use.lot_id)
    .join(UsedProduct, UsedProduct.id == UsedLot.product_id)
    .join(UsedPack, UsedPack.id == Use.pack_id)
    .outerjoin(UsedLoad, UsedLoad.id == UsedPack.load_id)
    .where(*_OF_SESSION)
    .order_by(Use.sequence)
    .correlate(TreatmentSession)
    .subquery()
)
NEEDLES = select(func.aggregate_strings(_FITTED.c.said, "; ")).correlate(TreatmentSession).scalar_subquery()


def _total(value: Any) -> ColumnElement[Any]:
    return select(value).where(*_OF_SESSION).correlate(TreatmentSession).scalar_subquery()


TREATED_CM2 = (
    select(func.sum(TreatedArea.area_cm2))
    .where(
        TreatedArea.clinic_id == TreatmentSession.clinic_id,
        TreatedArea.treatment_id == TreatmentSession.id,
        TreatedArea.withdrawn_at.is_(None),
    )
    .correlate(TreatmentSession)
    .scalar_subquery()
)

_SITTING = (
    Column("session", TreatmentSession.number.expression),
    Column("started_at", iso(TreatmentSession.started_at)),
    Column("closed_at", iso(TreatmentSession.closed_at)),
    Column("room", Location.name.expression, text=True),
    Column("practitioner", TreatmentSession.practitioner_name.expression, text=True),
    Column("technique", _words(TreatmentSession.technique)),
    Column("patient_reference", SessionSubject.patient_reference.expression, text=True, private=True),
    Column("gun_model", Gun.model.expression, text=True),
    Column("gun_serial_number", Gun.serial_number.expression, text=True),
    Column("gun_disinfected_at", iso(GunDisinfection.finished_at)),
    Column("gun_disinfectant", Disinfectant.name.expression, text=True),
    Column("gun_disinfection_agent", Disinfectant.agent.expression, text=True),
    Column("gun_contact_seconds", GunDisinfection.contact_seconds.expression),
    Column("gun_rinse_water", _words(GunDisinfection.rinse_water)),
    Column("antiseptic", ANTISEPTIC, text=True),
)
_JUDGED = (
    Column("policy", Policy.number.expression),
    Column("flags", FLAGS, text=True),
    Column("flag_reviews", REVIEWS, text=True),
)
COLUMNS = {
    Shape.EVENTS: (
        *_SITTING,
        Column("needle", NeedleUse.sequence.expression),
        Column("product", Product.name.expression, text=True),
        Column("lot", Lot.number.expression, text=True),
        Column("lot_expires_on", isodate(Lot.expires_on)),
        Column("pack", Pack.code.expression, text=True),
        Column("load", Load.number.expression, text=True),
        Column("load_signed_by", case((LOAD_SIGNED, Load.decided_by_name)), text=True),
        Column("load_signed_at", case((LOAD_SIGNED, iso(Load.decided_at)))),
        Column("load_meaning", case((LOAD_SIGNED, Load.meaning)), text=True),
        Column("fitted_at", iso(NeedleUse.fitted_at)),
        Column("removed_at", iso(NeedleUse.removed_at)),
        Column("minutes", minutes(NeedleUse.fitted_at, NeedleUse.removed_at)),
        Column("removal_reason", _words(NeedleUse.removal_reason)),
        Column("regions", NeedleUse.regions.expression, text=True),
        Column("area_cm2", NeedleUse.area_cm2.expression),
        Column("shots", NeedleUse.shots.expression),
        Column("pins", NeedleUse.pins.expression),
        Column("punctures", NeedleUse.shots * NeedleUse.pins),
        Column("shots_counted", case((or_(NeedleUse.estimated, NeedleUse.shots.is_(None)), "no"), else_="yes")),
        *_JUDGED,
    ),
    Shape.SESSIONS: (
        *_SITTING,
        Column("minutes", minutes(TreatmentSession.started_at, TreatmentSession.closed_at)),
        Column("area_cm2", TREATED_CM2),
        Column("needle_count", _total(func.count())),
        Column("punctures", _total(func.sum(Use.shots * Use.pins))),
        Column("needles", NEEDLES, text=True),
        *_JUDGED,
    ),
}
