"""Policies, published through the operation."""

from datetime import datetime

from inventory.audit.actors import Actor
from inventory.compliance.facts import Thresholds
from inventory.compliance.models import Policy
from inventory.compliance.operations import publish_policy


def make_policy(
    by: Actor,
    now: datetime,
    *,
    thresholds: Thresholds | None = None,
    reason: str = "The default policy",
    in_force_from: datetime | None = None,
) -> Policy:
    return publish_policy(thresholds or Thresholds(), reason, by, now, in_force_from)
