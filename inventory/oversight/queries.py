"""Reading flags with where their review stands, what recurs, and what is overdue."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from inventory.audit.models import AuditEntry
from inventory.db import db
from inventory.oversight.lifecycle import FlagState
from inventory.oversight.models import FlagStep
from inventory.people.models import Membership
from inventory.sessions.models import Flag, Scan, TreatmentSession
from inventory.sessions.review_queries import is_work

RECURRENCE_DAYS = 90
_NEWEST = (
    select(func.max(FlagStep.sequence))
    .where(FlagStep.clinic_id == Flag.clinic_id, FlagStep.flag_id == Flag.id)
    .correlate(Flag)
    .scalar_subquery()
)


@dataclass(frozen=True)
class ReviewedFlag:
    """A live flag, its session, and the last step of its review."""

    flag: Flag
    treatment: TreatmentSession
    last: FlagStep | None

    @property
    def state(self) -> FlagState:
        return self.last.state if self.last else FlagState.OPEN


@dataclass(frozen=True)
class OverdueAction:
    """An action agreed on a flag whose day has passed, for a reminder."""

    flag_id: UUID
    treatment_id: UUID
    treatment_number: int
    code: str
    action: str
    owner_membership_id: UUID
    owner_name: str
    due_on: date


@dataclass(frozen=True)
class Recurrence:
    """How often the same rule was broken in the 90 days up to a flag, this one included."""

    with_gun: int
    with_practitioner: int


def flags_in(
    clinic_id: UUID, states: Sequence[FlagState] = tuple(FlagState), *, limit: int = 100
) -> Sequence[ReviewedFlag]:
    """Live flags whose review stands at one of `states`, newest first."""
    query = _live(clinic_id).order_by(Flag.raised_at.desc(), Flag.id).limit(limit)
    wanted = [FlagStep.state.in_(states)]
    if FlagState.OPEN in states:
        wanted.append(FlagStep.id.is_(None))
    rows = db.session.execute(query.where(or_(*wanted)))
    return [ReviewedFlag(flag, treatment, last) for flag, treatment, last in rows]


def counts_of(clinic_id: UUID) -> Mapping[FlagState, int]:
    """Live flags by where their review stands."""
    query = _live(clinic_id).with_only_columns(FlagStep.state, func.count(Flag.id)).group_by(FlagStep.state)
    counts: dict[FlagState, int] = dict.fromkeys(FlagState, 0)
    for state, count in db.session.execute(query):
        counts[state or FlagState.OPEN] += count
    return counts


def steps_of(flag: Flag) -> Sequence[FlagStep]:
    """Its review, oldest first."""
    return db.session.scalars(
        select(FlagStep)
        .where(FlagStep.clinic_id == flag.clinic_id, FlagStep.flag_id == flag.id)
        .order_by(FlagStep.sequence)
    ).all()


def overdue_actions(clinic_id: UUID, today: date) -> Sequence[OverdueAction]:
    """Actions agreed on live flags that were due before `today` and are not closed or agreed anew, oldest first."""
    query = (
        _live(clinic_id)
        .where(FlagStep.state == FlagState.ACTION_AGREED, FlagStep.due_on < today)
        .order_by(FlagStep.due_on, Flag.id)
    )
    return [
        OverdueAction(
            flag.id,
            treatment.id,
            treatment.number,
            flag.code,
            last.action or "",
            last.owner_membership_id,
            last.owner_name or "",
            last.due_on,
        )
        for flag, treatment, last in db.session.execute(query)
        if last.owner_membership_id is not None and last.due_on is not None
    ]


def worked_in(clinic_id: UUID, person_id: UUID) -> frozenset[UUID]:
    """The sessions with live flags that this person had a hand in, as `who_worked_in` says it of one."""
    scanned = select(Scan.id).where(
        Scan.clinic_id == clinic_id, Scan.treatment_id == TreatmentSession.id, Scan.by_id == person_id
    )
    recorded = select(AuditEntry.seq).where(
        AuditEntry.chain == clinic_id,
        AuditEntry.subject_id == TreatmentSession.id,
        AuditEntry.actor_id == person_id,
        is_work(),
    )
    own = select(Membership.id).where(Membership.clinic_id == clinic_id, Membership.person_id == person_id)
    query = _live(clinic_id).with_only_columns(TreatmentSession.id)
    return frozenset(
        db.session.scalars(
            query.where(
                or_(
                    TreatmentSession.opened_by_id == person_id,
                    TreatmentSession.practitioner_membership_id.in_(own),
                    scanned.exists(),
                    recorded.exists(),
                )
            )
        )
    )


def recurrences(clinic_id: UUID, flags: Sequence[ReviewedFlag]) -> Mapping[UUID, Recurrence]:
    """By flag id. Read once for the whole list."""
    if not flags:
        return {}
    moments = [reviewed.flag.raised_at for reviewed in flags]
    rows = db.session.execute(
        select(Flag.code, Flag.raised_at, TreatmentSession.gun_id, TreatmentSession.practitioner_membership_id)
        .join(TreatmentSession, TreatmentSession.id == Flag.treatment_id)
        .where(
            Flag.clinic_id == clinic_id,
            Flag.cleared_at.is_(None),
            Flag.code.in_({reviewed.flag.code for reviewed in flags}),
            Flag.raised_at.between(min(moments) - timedelta(days=RECURRENCE_DAYS), max(moments)),
        )
        .order_by(Flag.raised_at)
    )
    raised: dict[tuple[str, UUID | None], list[datetime]] = defaultdict(list)
    for code, at, gun_id, practitioner_id in rows:
        raised[code, gun_id].append(at)
        raised[code, practitioner_id].append(at)
    return {
        reviewed.flag.id: Recurrence(
            _within(raised[reviewed.flag.code, reviewed.treatment.gun_id], reviewed.flag.raised_at),
            _within(raised[reviewed.flag.code, reviewed.treatment.practitioner_membership_id], reviewed.flag.raised_at),
        )
        for reviewed in flags
    }


def _live(clinic_id: UUID) -> "Select[Flag, TreatmentSession, FlagStep]":
    last = and_(FlagStep.clinic_id == Flag.clinic_id, FlagStep.flag_id == Flag.id, FlagStep.sequence == _NEWEST)
    return (
        select(Flag, TreatmentSession, FlagStep)
        .join(TreatmentSession, TreatmentSession.id == Flag.treatment_id)
        .outerjoin(FlagStep, last)
        .where(Flag.clinic_id == clinic_id, Flag.cleared_at.is_(None))
    )


def _within(moments: Sequence[datetime], until: datetime) -> int:
    return bisect_right(moments, until) - bisect_left(moments, until - timedelta(days=RECURRENCE_DAYS))
