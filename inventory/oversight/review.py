"""Reviewing flags: acknowledged, an action agreed, closed, reopened; each step an entry, none ever taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.oversight import queries
from inventory.oversight.lifecycle import LIFECYCLE, FlagState, Step
from inventory.oversight.models import FlagStep
from inventory.people.models import Membership
from inventory.sessions.models import Flag, TreatmentSession
from inventory.sessions.review_queries import who_worked_in

WORDS = {
    FlagState.OPEN: "open",
    FlagState.ACKNOWLEDGED: "acknowledged",
    FlagState.ACTION_AGREED: "being acted on",
    FlagState.CLOSED: "closed",
}


class FlagNotReviewable(DomainError):
    pass


@dataclass(frozen=True)
class Agreed:
    """What is done about it, by whom and by when."""

    action: str
    owner: Membership
    due_on: date


@dataclass(frozen=True)
class Reviewed:
    """One line of a review of many flags at once."""

    flag: Flag
    treatment: TreatmentSession
    reason: str


def take_step(
    flag: Flag,
    treatment: TreatmentSession,
    step: Step,
    reason: str,
    by: Actor,
    now: datetime,
    *,
    agreed: Agreed | None = None,
) -> FlagStep:
    """One step, by somebody who had no hand in the session. Raises `FlagNotReviewable`
    where the step does not follow, and `Invalid` for an action without who or in the past.
    """
    if flag.cleared_at is not None:
        raise FlagNotReviewable("This flag was cleared meanwhile; there is nothing left to review.")
    if by.id is None or by.id in who_worked_in(treatment):
        raise FlagNotReviewable("You worked in this session. Ask somebody else who reviews flags.")
    before = queries.steps_of(flag)
    state = before[-1].state if before else FlagState.OPEN
    if (state, step) not in LIFECYCLE:
        raise FlagNotReviewable(f"This flag is {WORDS[state]}. Open its page to see what can be done with it.")
    if (step is Step.AGREE_ACTION) is not (agreed is not None):
        raise Invalid("Say what is done, who does it and by when.", field="action")
    if agreed is not None and agreed.due_on < day_in(by.time_zone, now):
        raise Invalid("Choose today or a later day.", field="due_on")
    taken = FlagStep(
        clinic_id=by.clinic_id,
        flag=flag,
        sequence=len(before) + 1,
        step=step,
        state=LIFECYCLE[state, step],
        reason=reason,
        action=agreed.action if agreed else None,
        owner_membership_id=agreed.owner.id if agreed else None,
        owner_name=agreed.owner.person.name if agreed else None,
        due_on=agreed.due_on if agreed else None,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(taken)
            record(by, f"flag.{step.value}", treatment, now=now, also=[taken])
    except IntegrityError:
        raise FlagNotReviewable("Somebody else reviewed this flag at the same moment. Open its page again.") from None
    return taken


def take_steps(step: Step, lines: Sequence[Reviewed], by: Actor, now: datetime) -> int:
    """The same step on many flags, each with its own reason: all of them or none. How many there were."""
    if not lines:
        raise Invalid("Type a reason beside each flag you reviewed.")
    for line in lines:
        try:
            take_step(line.flag, line.treatment, step, line.reason, by, now)
        except DomainError as refused:
            sentence = f"Session {line.treatment.number}: {refused.sentence} Nothing was saved."
            raise FlagNotReviewable(sentence) from refused
    return len(lines)
