"""Taking back a swap that was a slip: for ten seconds, and both stay in the record."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError
from inventory.sessions import needles, queries
from inventory.sessions.errors import NotRunning
from inventory.sessions.judging import reassess
from inventory.sessions.models import NeedleUse, TreatmentSession, TreatmentState

SECONDS = 10
"""How long the button stands on the screen. A product decision: longer, and the needle may have been used."""
GRACE = timedelta(seconds=5)
"""For the way of the answer there and of the click back."""


class TooLateToUndo(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "This swap can no longer be taken back. Go on with the needle on the gun, or scan a pack to change it."
        )


def swap_to_undo(
    treatment: TreatmentSession, uses: Sequence[NeedleUse], now: datetime
) -> tuple[NeedleUse, NeedleUse] | None:
    """Of the session's needles in order: the one before the last swap and the one after, while it may be taken back."""
    if treatment.state is not TreatmentState.RUNNING or len(uses) < 2:
        return None
    before, last = uses[-2:]
    fresh = timedelta(0) <= now - last.fitted_at <= timedelta(seconds=SECONDS) + GRACE
    untouched = last.removed_at is None and last.shots is None and last.must_change is None
    return (before, last) if fresh and untouched and before.removed_at == last.fitted_at else None


def undo_swap(treatment: TreatmentSession, by: Actor, now: datetime) -> NeedleUse:
    """Put the needle before the swap back on the gun, as it was. Raises `TooLateToUndo`, and what
    `needles.check_good` raises where it was recalled meanwhile.

    The pack of the needle taken back stays with this session: only here can it still be used.
    """
    if treatment.state is not TreatmentState.RUNNING:
        raise NotRunning(treatment)
    found = swap_to_undo(treatment, queries.needle_uses_of(treatment), now)
    if found is None:
        raise TooLateToUndo
    before, last = found
    needles.check_good(treatment, before.pack, by, now)
    last.removed_at = last.undone_at = now
    last.removal_reason = before.removal_reason
    record(by, "needle.swap_undone", treatment, now=now, also=[last])
    if before.estimated:
        before.shots, before.estimated = None, False
    before.removed_at = before.removal_reason = None
    record(by, "needle.put_back", treatment, now=now, also=[before])
    db.session.flush()
    reassess(treatment, by, now)
    return before
