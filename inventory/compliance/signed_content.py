"""What is signed with the approval of a policy version: every number of it, why, and who drafted it."""

import json

from inventory.compliance.models import Policy, PolicyDraft
from inventory.compliance.queries import draft_behind


def content_of(policy: Policy) -> dict[str, object] | None:
    """None for a version without a draft: a program published the first one."""
    draft = draft_behind(policy)
    return None if draft is None else content_of_draft(policy, draft)


def content_of_draft(policy: Policy, draft: PolicyDraft) -> dict[str, object]:
    """As it is being approved: the draft does not name its version yet."""
    return {
        "version": policy.number,
        "in_force_from": policy.in_force_from,
        "numbers": json.loads(policy.thresholds),
        "reason": policy.reason,
        "made_from_version": draft.based_on,
        "drafted_by": draft.drafted_by_name,
        "drafted_at": draft.drafted_at,
    }
