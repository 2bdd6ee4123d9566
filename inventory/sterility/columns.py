"""The columns of the sterility log: on the screen and in every export, one list.

One row is one needle from fitted to removed; a session without a needle has no row.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, or_, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from inventory.compliance.models import Policy
from inventory.disinfection.models import Disinfection
from inventory.guns.models import Gun
from inventory.packs.models import Pack
from inventory.sessions.models import Flag, NeedleUse, TreatmentSession
from inventory.sterilising.models import Load, LoadDecision, LoadState, SignedWith
from inventory.stock.models import Location, Lot, Product


class iso(GenericFunction[str]):  # noqa: N801 - an SQL function is written like one
    """A moment as text in UTC, made by the database: a Python datetime a cell would double an export's time."""

    inherit_cache = True
    type = String()


@compiles(iso, "sqlite")
def _iso_sqlite(element: iso, compiler: SQLCompiler, **keywords: Any) -> str:
    return compiler.process(element.clauses, **keywords)


@compiles(iso, "postgresql")
def _iso_postgresql(element: iso, compiler: SQLCompiler, **keywords: Any) -> str:
    moment = compiler.process(element.clauses, **keywords)
    return f"to_char(timezone('UTC', {moment}), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


class isodate(GenericFunction[str]):  # noqa: N801
    """A date as text."""

    inherit_cache = True
    type = String()


@compiles(isodate, "sqlite")
def _isodate_sqlite(element: isodate, compiler: SQLCompiler, **keywords: Any) -> str:
    return compiler.process(element.clauses, **keywords)


@compiles(isodate, "postgresql")
def _isodate_postgresql(element: isodate, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **keywords)}, 'YYYY-MM-DD')"


GunDisinfection = aliased(Disinfection)

RAISED = (
    select(Flag.code)
    .where(
        Flag.clinic_id == TreatmentSession.clinic_id,
        Flag.treatment_id == TreatmentSession.id,
        Flag.cleared_at.is_(None),
    )
    .distinct()
    .order_by(Flag.code)
    .correlate(TreatmentSession)
    .subquery()
)
FLAGS = select(func.aggregate_strings(RAISED.c.code, " ")).correlate(TreatmentSession).scalar_subquery()
"""Each code once and in order: the same log must give the same bytes."""
LAST_GUN_DISINFECTION = (
    select(func.max(GunDisinfection.finished_at))
    .where(
        GunDisinfection.clinic_id == TreatmentSession.clinic_id,
        GunDisinfection.gun_id == TreatmentSession.gun_id,
        GunDisinfection.finished_at <= TreatmentSession.started_at,
    )
    .correlate(TreatmentSession)
    .scalar_subquery()
)


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
    """`header` is the export's; `text` marks cells that could hold what a spreadsheet would run as a formula."""

    header: str
    value: ColumnElement[Any]
    text: bool = False


def _words(column: Any) -> ColumnElement[Any]:
    return type_coerce(column, String)


COLUMNS = (
    Column("session", TreatmentSession.number.expression),
    Column("started_at", iso(TreatmentSession.started_at)),
    Column("closed_at", iso(TreatmentSession.closed_at)),
    Column("room", Location.name.expression, text=True),
    Column("practitioner", TreatmentSession.practitioner_name.expression, text=True),
    Column("technique", _words(TreatmentSession.technique)),
    Column("gun_model", Gun.model.expression, text=True),
    Column("gun_serial_number", Gun.serial_number.expression, text=True),
    Column("gun_disinfected_at", iso(LAST_GUN_DISINFECTION)),
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
    Column("removal_reason", _words(NeedleUse.removal_reason)),
    Column("regions", NeedleUse.regions.expression, text=True),
    Column("shots", NeedleUse.shots.expression),
    Column("pins", NeedleUse.pins.expression),
    Column("shots_counted", case((or_(NeedleUse.estimated, NeedleUse.shots.is_(None)), "no"), else_="yes")),
    Column("policy", Policy.number.expression),
    Column("flags", FLAGS, text=True),
)
