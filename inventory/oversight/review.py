"""Reviewing flags: acknowledged, an action agreed, closed, reopened; each step an entry, none ever taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.operations import Act, record_all
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.oversight import queries
from inventory.oversight.lifecycle import LIFECYCLE, FlagState, Step
from inventory.oversight.models import FlagStep
from inventory.oversight.signed_content import content_of
from inventory.people.models import Membership
from inventory.sessions.models import Flag, TreatmentSession
from inventory.sessions.review_queries import who_worked_in
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer

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
    by: Signer,
    now: datetime,
    *,
    agreed: Agreed | None = None,
) -> FlagStep:
    """One step, signed, by somebody who had no hand in the session. Raises `FlagNotReviewable`
    where the step does not follow, and `Invalid` for an action without who or in the past.
    """
    taken = _taken(flag, treatment, step, reason, by, now, agreed)
    _record([taken], [treatment], by, now)
    return taken


def take_steps(step: Step, lines: Sequence[Reviewed], by: Signer, now: datetime) -> int:
    """The same step on many flags, each with its own reason, under one signature: all of them or none. How many."""
    if not lines:
        raise Invalid("Type a reason beside each flag you reviewed.")
    taken = []
    for line in lines:
        try:
            taken.append(_taken(line.flag, line.treatment, step, line.reason, by, now))
        except DomainError as refused:
            sentence = f"Session {line.treatment.number}: {refused.sentence} Nothing was saved."
            raise FlagNotReviewable(sentence) from refused
    _record(taken, [line.treatment for line in lines], by, now)
    return len(lines)


def _taken(
    flag: Flag,
    treatment: TreatmentSession,
    step: Step,
    reason: str,
    by: Signer,
    now: datetime,
    agreed: Agreed | None = None,
) -> FlagStep:
    if flag.cleared_at is not None:
        raise FlagNotReviewable("This flag was cleared meanwhile; there is nothing left to review.")
    if by.id in who_worked_in(treatment):
        raise FlagNotReviewable("You worked in this session. Ask somebody else who reviews flags.")
    before = queries.steps_of(flag)
    state = before[-1].state if before else FlagState.OPEN
    if (state, step) not in LIFECYCLE:
        raise FlagNotReviewable(f"This flag is {WORDS[state]}. Open its page to see what can be done with it.")
    if (step is Step.AGREE_ACTION) is not (agreed is not None):
        raise Invalid("Say what is done, who does it and by when.", field="action")
    if agreed is not None and agreed.due_on < day_in(by.time_zone, now):
        raise Invalid("Choose today or a later day.", field="due_on")
    return FlagStep(
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


def _record(steps: Sequence[FlagStep], treatments: Sequence[TreatmentSession], by: Signer, now: datetime) -> None:
    """An entry for each; the signature under all of them stands in the first."""
    try:
        with db.session.begin_nested():
            db.session.add_all(steps)
            subjects: list[FlagStep | Flag] = [*steps, *(taken.flag for taken in steps)]
            under = sign(Meaning.REVIEW, subjects, content_of, by, now)
            acts = [
                Act(f"flag.{taken.step.value}", treatment, (taken, *(under if taken is steps[0] else ())))
                for taken, treatment in zip(steps, treatments, strict=True)
            ]
            record_all(by, acts, now=now)
    except IntegrityError:
        raise FlagNotReviewable("Somebody else reviewed this flag at the same moment. Open its page again.") from None
