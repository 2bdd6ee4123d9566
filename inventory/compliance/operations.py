"""Publishing a policy version. Nothing is ever edited."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.compliance import queries
from inventory.compliance.facts import BadThresholds, Thresholds
from inventory.compliance.models import Policy
from inventory.compliance.techniques import PolicyNumbers
from inventory.compliance.wording import in_words
from inventory.db import db
from inventory.errors import DomainError, Invalid


class PolicyNotLater(DomainError):
    def __init__(self) -> None:
        super().__init__("A policy comes into force after the one before it. Choose a later moment.")


class PolicyUnusable(Invalid):
    """Numbers that no clinic could mean together."""


def read_numbers(numbers: Mapping[str, object]) -> PolicyNumbers:
    """Raises `PolicyUnusable`."""
    try:
        return PolicyNumbers.from_mapping(numbers)
    except BadThresholds as bad:
        raise PolicyUnusable(in_words(str(bad))) from None


def publish_policy(
    numbers: Thresholds | PolicyNumbers, reason: str, by: Actor, now: datetime, in_force_from: datetime | None = None
) -> Policy:
    """The next version, in force from `in_force_from` (now). Raises `PolicyNotLater`.

    For a clinic's first version, which a program publishes, and for a draft that `drafting` saw approved.
    """
    earlier = queries.policies_of(by.clinic_id)
    begins = in_force_from or now
    if earlier and begins <= earlier[0].in_force_from:
        raise PolicyNotLater
    policy = Policy(
        clinic_id=by.clinic_id,
        number=earlier[0].number + 1 if earlier else 1,
        in_force_from=begins,
        thresholds=canonical(numbers.as_mapping()).decode(),
        reason=reason,
        published_by=by.id,
        published_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(policy)
            record(by, "policy.published", policy, now=now)
    except IntegrityError:
        raise PolicyNotLater from None
    return policy
