"""Which policy is in force, and its numbers."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, select

from inventory.compliance.facts import Thresholds
from inventory.compliance.models import Policy, PolicyDraft
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import db
from inventory.errors import NotHere

_IN_FORCE = (
    select(Policy)
    .where(Policy.clinic_id == bindparam("in_clinic"), Policy.in_force_from <= bindparam("moment"))
    .order_by(Policy.number.desc())
    .limit(1)
)
BEFORE_IT_WAS_ASKED = {"daily_test_required": False, "rules_version": 1}
"""What a policy says that was published when the question did not exist yet."""


def policy_on(clinic_id: UUID, moment: datetime) -> Policy:
    """The version in force at a moment. Raises `NotHere` for a clinic that has none yet."""
    found = db.session.scalar(_IN_FORCE, {"in_clinic": clinic_id, "moment": moment})
    if found is None:
        raise NotHere("This clinic has no policy yet. Ask an administrator to publish one.")
    return found


def thresholds_of(policy: Policy, technique: str = "") -> Thresholds:
    """The numbers of a version for a technique; without one the clinic-wide ones."""
    return numbers_of(policy.thresholds).of(technique)


def policies_of(clinic_id: UUID) -> Sequence[Policy]:
    """Every version, newest first."""
    return db.session.scalars(select(Policy).where(Policy.clinic_id == clinic_id).order_by(Policy.number.desc())).all()


def policy_numbered(clinic_id: UUID, number: int) -> Policy:
    found = db.session.scalar(select(Policy).where(Policy.clinic_id == clinic_id, Policy.number == number))
    if found is None:
        raise NotHere("There is no such policy version in this clinic.")
    return found


@lru_cache(maxsize=64)
def numbers_of(stored: str) -> PolicyNumbers:
    """A version, or a draft, whole, from its stored text."""
    return PolicyNumbers.from_mapping({**BEFORE_IT_WAS_ASKED, **json.loads(stored)})


def drafts_of(clinic_id: UUID) -> Sequence[PolicyDraft]:
    """Every draft, newest first."""
    return db.session.scalars(
        select(PolicyDraft)
        .where(PolicyDraft.clinic_id == clinic_id)
        .order_by(PolicyDraft.drafted_at.desc(), PolicyDraft.id.desc())
    ).all()


def draft_of(clinic_id: UUID, draft_id: UUID) -> PolicyDraft:
    found = db.session.scalar(select(PolicyDraft).where(PolicyDraft.clinic_id == clinic_id, PolicyDraft.id == draft_id))
    if found is None:
        raise NotHere("There is no such draft in this clinic.")
    return found


def draft_behind(policy: Policy) -> PolicyDraft | None:
    """The draft that became this version; None for one that a program published."""
    return db.session.scalar(
        select(PolicyDraft).where(PolicyDraft.clinic_id == policy.clinic_id, PolicyDraft.policy_id == policy.id)
    )


def policy_of(draft: PolicyDraft) -> Policy | None:
    """The version that a draft became."""
    return None if draft.policy_id is None else db.session.get(Policy, draft.policy_id)
