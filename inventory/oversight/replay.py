"""Replaying a draft over the clinic's last sessions, part by part, telling how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from inventory.clock import day_in
from inventory.compliance.queries import numbers_of, policies_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.oversight import reading
from inventory.oversight.reading import ReadSession
from inventory.oversight.what_if import Judged, Tally, judged
from inventory.sessions.facts import facts_in
from inventory.sessions.judging import STORED


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
        for part in reading.in_parts(self._clinic_id, numbers):
            for session in part:
                day = day_in(self._time_zone, session.closed_at)
                self.tally.add(
                    session.id, session.number, day, by_both(session, policies[session.policy_number], self._draft)
                )
            yield Progress(self.tally.sessions, len(numbers))


def by_both(session: ReadSession, own: PolicyNumbers, draft: PolicyNumbers) -> Judged:
    """One session by the policy it began under and by the draft."""
    technique = session.technique.value
    then, now = own.of(technique), draft.of(technique)
    facts = facts_in(session, session, then.spacing_mm.get(technique), session.closed_at)
    spacing_mm = now.spacing_mm.get(technique)
    drafted = facts if spacing_mm == facts.spacing_mm else replace(facts, spacing_mm=spacing_mm)
    return judged((facts, then), (drafted, now))
