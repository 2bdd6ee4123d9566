"""Closed sessions read many at a time, as plain rows: what rules and charts need, and no more.

Each part is a reading transaction of its own: a long replay must not keep anyone from writing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select, type_coerce

from inventory.compliance.models import Policy
from inventory.db import IdText, db
from inventory.disinfection.models import Disinfection
from inventory.guns.models import Gun
from inventory.sessions.models import (
    NeedleUse,
    RemovalReason,
    Side,
    Technique,
    TreatedArea,
    TreatmentSession,
    TreatmentState,
)
from inventory.stock.models import Location

Numbered: TypeAlias = "Select[int, *tuple[Any, ...]]"
"""Rows that begin with the number of their session."""
Chosen = TypeVar("Chosen", bound="Select[*tuple[Any, ...]]")
PART = 400
"""Sessions a transaction."""


class ReadUse(NamedTuple):
    id: str
    sequence: int
    pins: int
    shots: int | None
    estimated: bool
    fitted_at: datetime
    removed_at: datetime | None
    regions: str
    area_cm2: int | None
    must_change: RemovalReason | None


class ReadArea(NamedTuple):
    region: str
    side: Side
    area_cm2: int


class ReadSkin(NamedTuple):
    finished_at: datetime
    contact_seconds: int


class ReadGun(NamedTuple):
    model: str
    serial_number: str
    high_speed: bool
    fastest_shots_per_minute: int | None


@dataclass(frozen=True, slots=True)
class ReadSession:
    """One closed session and its course, in the shape that `sessions.facts.facts_in` takes."""

    id: UUID
    number: int
    started_at: datetime | None
    closed_at: datetime
    technique: Technique
    planned_punctures: int | None
    syringes: int
    body_protocol: bool
    practitioner: str
    room: str
    policy_number: int
    gun: ReadGun | None = None
    needle_uses: list[ReadUse] = field(default_factory=list)
    areas: list[ReadArea] = field(default_factory=list)
    skin: list[ReadSkin] = field(default_factory=list)
    state: TreatmentState = TreatmentState.CLOSED


def last_numbers(clinic_id: UUID, count: int) -> Sequence[int]:
    """The numbers of the newest `count` closed sessions, ascending."""
    query = _closed(clinic_id, select(TreatmentSession.number)).order_by(TreatmentSession.number.desc())
    return list(reversed(db.session.scalars(query.limit(count)).all()))


def numbers_between(clinic_id: UUID, begin: datetime, end: datetime) -> Sequence[int]:
    """The numbers of the sessions closed from `begin` on and before `end`, ascending."""
    query = _closed(clinic_id, select(TreatmentSession.number)).where(
        TreatmentSession.closed_at >= begin, TreatmentSession.closed_at < end
    )
    return db.session.scalars(query.order_by(TreatmentSession.number)).all()


def in_parts(clinic_id: UUID, numbers: Sequence[int], size: int = PART) -> Iterator[Sequence[ReadSession]]:
    """The sessions of `numbers` (ascending), `size` at a time."""
    for start in range(0, len(numbers), size):
        part = numbers[start : start + size]
        yield _read(clinic_id, part)
        # Where the database keeps readers and writers apart by locks, a writer waits no longer than a part takes.
        db.session.rollback()


def _closed(clinic_id: UUID, query: Chosen) -> Chosen:
    return query.where(TreatmentSession.clinic_id == clinic_id, TreatmentSession.state == TreatmentState.CLOSED)


_PART = (
    TreatmentSession.clinic_id == bindparam("in_clinic"),
    TreatmentSession.state == TreatmentState.CLOSED,
    TreatmentSession.number.between(bindparam("first"), bindparam("last")),
)
_SESSIONS = (
    select(
        TreatmentSession.id,
        TreatmentSession.number,
        TreatmentSession.started_at,
        TreatmentSession.closed_at,
        TreatmentSession.technique,
        TreatmentSession.planned_punctures,
        TreatmentSession.syringes,
        TreatmentSession.body_protocol,
        TreatmentSession.practitioner_name,
        Location.name,
        Policy.number,
        type_coerce(TreatmentSession.gun_id, IdText()),
        Gun.model,
        Gun.serial_number,
        Gun.high_speed,
        Gun.fastest_shots_per_minute,
    )
    .join(Location, Location.id == TreatmentSession.room_id)
    .join(Policy, Policy.id == TreatmentSession.policy_id)
    .outerjoin(Gun, Gun.id == TreatmentSession.gun_id)
    .where(*_PART)
    .order_by(TreatmentSession.number)
)


def _within(of: type[NeedleUse | TreatedArea | Disinfection], *columns: Any) -> Numbered:
    """Rows of the part's sessions. Joined on the clinic too: only so is the index that begins with it of use."""
    its = and_(of.clinic_id == TreatmentSession.clinic_id, of.treatment_id == TreatmentSession.id)
    return select(TreatmentSession.number, *columns).join_from(TreatmentSession, of, its).where(*_PART)


_USES = (
    _within(
        NeedleUse,
        type_coerce(NeedleUse.id, IdText()),
        *(getattr(NeedleUse, name) for name in ReadUse._fields[1:]),
    )
    .where(NeedleUse.undone_at.is_(None))
    .order_by(TreatmentSession.number, NeedleUse.sequence)
)
_AREAS = (
    _within(TreatedArea, TreatedArea.region, TreatedArea.side, TreatedArea.area_cm2)
    .where(TreatedArea.withdrawn_at.is_(None))
    .order_by(TreatmentSession.number, TreatedArea.added_at, TreatedArea.id)
)
_SKIN = _within(Disinfection, Disinfection.finished_at, Disinfection.contact_seconds).order_by(
    TreatmentSession.number, Disinfection.finished_at
)


def _read(clinic_id: UUID, numbers: Sequence[int]) -> Sequence[ReadSession]:
    wanted = set(numbers)
    # On the connection: these are columns, and the session would look for entities in each row.
    read = db.session.connection().execute
    part = {"in_clinic": clinic_id, "first": numbers[0], "last": numbers[-1]}
    guns: dict[str, ReadGun] = {}
    found: dict[int, ReadSession] = {}
    for row in read(_SESSIONS, part).all():
        its, (gun_id, *gun) = tuple[Any, ...](row[:11]), tuple[Any, ...](row[11:])
        if gun_id is not None and gun_id not in guns:
            guns[gun_id] = ReadGun(*gun)
        session = ReadSession(*(*its, guns.get(gun_id)))
        if session.number in wanted:
            found[session.number] = session
    for number, *values in read(_USES, part).all():
        if number in found:
            found[number].needle_uses.append(ReadUse(*values))
    for number, *values in read(_AREAS, part).all():
        if number in found:
            found[number].areas.append(ReadArea(*values))
    for number, *values in read(_SKIN, part).all():
        if number in found:
            found[number].skin.append(ReadSkin(*values))
    return list(found.values())
