"""Replaying a draft over the clinic's last sessions, part by part, telling how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from inventory.clock import day_in
from inventory.compliance.queries import numbers_of, policies_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.oversight import reading
from inventory.oversight.reading import ReadSession
from inventory.oversight.what_if import Both, Judged, Tally, both_of, judged
from inventory.sessions.facts import facts_in
from inventory.sessions.judging import STORED
from inventory.sessions.models import Technique


@dataclass(frozen=True)
class Progress:
    """`done` of `total` sessions."""

    done: int
    total: int


class Replay:
    """Iterate over it to run it; `tally` is whole once it has ended. It only reads."""

    def __init__(self, clinic_id: UUID, time_zone: str, draft: PolicyNumbers, sessions: int) -> None:
        self.tally = Tally(frozenset(STORED))
        self._clinic_id, self._time_zone, self._draft, self._sessions = clinic_id, time_zone, draft, sessions

    def __iter__(self) -> Iterator[Progress]:
        policies = {policy.number: numbers_of(policy.thresholds) for policy in policies_of(self._clinic_id)}
        numbers = reading.last_numbers(self._clinic_id, self._sessions)
        resolved: dict[tuple[int, Technique], Both] = {}
        for part in reading.in_parts(self._clinic_id, numbers):
            for session in part:
                asked = session.policy_number, session.technique
                if asked not in resolved:
                    own = policies[session.policy_number]
                    resolved[asked] = both_of(own, self._draft, session.technique.value)
                day = day_in(self._time_zone, session.closed_at)
                self.tally.add(session.id, session.number, day, by_both(session, resolved[asked]))
            yield Progress(self.tally.sessions, len(numbers))


def by_both(session: ReadSession, both: Both) -> Judged:
    """One session by the policy it began under and by the draft."""
    return judged(facts_in(session, session, both.spacing_then_mm, session.closed_at), both)
