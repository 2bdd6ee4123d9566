"""A policy version on its way: one person drafts it, another approves it. Nothing is ever edited."""

from datetime import date, datetime
from uuid import UUID

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.clock import day_in, start_of_day
from inventory.compliance import queries
from inventory.compliance.models import DraftState, Policy, PolicyDraft
from inventory.compliance.operations import publish_policy
from inventory.compliance.signed_content import content_of_draft
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer


class DraftDecided(DomainError):
    def __init__(self, draft: PolicyDraft) -> None:
        super().__init__(f"This draft was already {draft.state.value} by {draft.decided_by_name}. Draft a new version.")


class SamePerson(DomainError):
    """INV-15: two people stand behind every version."""

    def __init__(self) -> None:
        super().__init__("You drafted this version. Ask a second person to approve it.")


class DraftOutdated(DomainError):
    def __init__(self, draft: PolicyDraft, newest: int) -> None:
        super().__init__(
            f"Version {newest} was published after this draft was made from version {draft.based_on}. "
            "Withdraw it and draft again from the newest."
        )


class DayPassed(Invalid):
    def __init__(self) -> None:
        super().__init__("Choose today or a later day, or leave it empty.", field="in_force_on")


def draft_policy(
    numbers: PolicyNumbers, reason: str, by: Actor, now: datetime, *, in_force_on: date | None = None
) -> PolicyDraft:
    """A draft made from the newest version. Raises `DayPassed`."""
    if in_force_on is not None and in_force_on < day_in(by.time_zone, now):
        raise DayPassed
    draft = PolicyDraft(
        clinic_id=by.clinic_id,
        based_on=_newest(by.clinic_id),
        in_force_on=in_force_on,
        thresholds=canonical(numbers.as_mapping()).decode(),
        reason=reason,
        drafted_by_id=_person(by),
        drafted_by_name=by.name,
        drafted_at=now,
    )
    db.session.add(draft)
    record(by, "policy.drafted", draft, now=now)
    return draft


def approve_draft(draft: PolicyDraft, by: Signer, now: datetime) -> Policy:
    """Publish it, signed, in force from its day or now, whichever is later. Raises `DraftDecided`, `SamePerson`,
    `DraftOutdated`, and `PolicyNotLater` where a version already waits for a later day.
    """
    newest = _newest(by.clinic_id)
    if draft.state is not DraftState.WAITING:
        raise DraftDecided(draft)
    if _person(by) == draft.drafted_by_id:
        raise SamePerson
    if newest != draft.based_on:
        raise DraftOutdated(draft, newest)
    begins = max(now, start_of_day(by.time_zone, draft.in_force_on)) if draft.in_force_on else now
    policy = publish_policy(queries.numbers_of(draft.thresholds), draft.reason, by, now, begins)
    _decide(draft, DraftState.APPROVED, by, now, policy_id=policy.id)
    under = sign(Meaning.APPROVAL, [policy], lambda each: content_of_draft(each, draft), by, now)
    record(by, "policy.approved", draft, now=now, also=under)
    return policy


def withdraw_draft(draft: PolicyDraft, reason: str, by: Actor, now: datetime) -> None:
    """Set it aside, by its author or anyone else who may draft; it stays in the list. Raises `DraftDecided`."""
    if draft.state is not DraftState.WAITING:
        raise DraftDecided(draft)
    _decide(draft, DraftState.WITHDRAWN, by, now, reason=reason)
    record(by, "policy.draft_withdrawn", draft, now=now)


def _decide(
    draft: PolicyDraft,
    state: DraftState,
    by: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    policy_id: UUID | None = None,
) -> None:
    # One flush, in `record`: the checks of the table tie these fields to one another.
    with db.session.no_autoflush:
        draft.state = state
        draft.decided_by_id = by.id
        draft.decided_by_name = by.name
        draft.decided_at = now
        draft.decision_reason = reason
        draft.policy_id = policy_id


def _newest(clinic_id: UUID) -> int:
    versions = queries.policies_of(clinic_id)
    return versions[0].number if versions else 0


def _person(by: Actor) -> UUID:
    if by.id is None:
        raise Invalid("Only a person drafts and approves a policy.")
    return by.id
