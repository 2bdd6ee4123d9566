"""What a draft would have said of sessions that are over. Pure: facts and numbers in, a tally out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.needles import punctures_in, wear_of
from inventory.compliance.rules import Finding, FindingCode, judge, large_area, needles_required

LISTED = 200
"""Most sessions the list of changed verdicts shows; it counts them all."""
DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Changed:
    """A session whose flags differ: codes it would lose and gain, with how many of each."""

    treatment_id: UUID
    number: int
    then: Mapping[FindingCode, int]
    now: Mapping[FindingCode, int]


@dataclass
class Tally:
    """What was replayed so far. `then` is each session's own policy, `now` the draft."""

    flagged: frozenset[FindingCode]
    """Findings that become flags; advice while a session runs is not counted."""
    sessions: int = 0
    needle_uses: int = 0
    then: Counter[FindingCode] = field(default_factory=Counter)
    now: Counter[FindingCode] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)
    changed_count: int = 0
    needles_then: int = 0
    needles_now: int = 0
    first_day: date | None = None
    last_day: date | None = None

    def add(self, treatment_id: UUID, number: int, day: date, judged: "Judged") -> None:
        self.sessions += 1
        self.needle_uses += judged.used
        self.first_day = day if self.first_day is None else min(self.first_day, day)
        self.last_day = day if self.last_day is None else max(self.last_day, day)
        self.needles_then += judged.needles_then
        self.needles_now += judged.needles_now
        then, now = self._codes(judged.then), self._codes(judged.now)
        self.then.update(then)
        self.now.update(now)
        if then != now:
            self.changed_count += 1
            if len(self.changed) < LISTED:
                self.changed.append(Changed(treatment_id, number, then, now))

    @property
    def days(self) -> int:
        """Days from the first session's to the last one's, both counted."""
        if self.first_day is None or self.last_day is None:
            return 0
        return (self.last_day - self.first_day).days + 1

    @property
    def extra_needles(self) -> int:
        """Needles over the whole time that keeping the draft asks for beyond keeping the policies of then."""
        return self.needles_now - self.needles_then

    @property
    def extra_a_month(self) -> int:
        """The same for 30 days, rounded half away from zero."""
        if not self.days:
            return 0
        extra = abs(self.extra_needles) * DAYS_A_MONTH
        rounded = (2 * extra + self.days) // (2 * self.days)
        return rounded if self.extra_needles >= 0 else -rounded

    def _codes(self, findings: tuple[Finding, ...]) -> Counter[FindingCode]:
        return Counter(finding.code for finding in findings if finding.code in self.flagged)


@dataclass(frozen=True)
class Judged:
    """One session by both."""

    then: tuple[Finding, ...]
    now: tuple[Finding, ...]
    used: int
    needles_then: int
    needles_now: int


def judged(then: tuple[SessionFacts, Thresholds], now: tuple[SessionFacts, Thresholds]) -> Judged:
    """Facts come twice: the distance between punctures is the policy's. What both say alike is judged once."""
    findings, needles = judge(*then), needles_to_keep(*then)
    used = len(then[0].needle_uses)
    if then == now:
        return Judged(findings, findings, used, needles, needles)
    return Judged(findings, judge(*now), used, needles, needles_to_keep(*now))


def needles_to_keep(facts: SessionFacts, thresholds: Thresholds) -> int:
    """Needles with which this session would have kept the policy: as many as were used, or more where one did too
    much or a large area asks for more. Each needle is replaced by as many as its limits make of it.
    """
    pieces = sum(_pieces(use, facts, thresholds) for use in facts.needle_uses)
    required = needles_required(facts, thresholds) if large_area(facts, thresholds) else 1
    return max(pieces, required)


def _pieces(use: NeedleUseFacts, facts: SessionFacts, thresholds: Thresholds) -> int:
    punctures, _ = punctures_in(use, facts, thresholds)
    regions = len(set(use.regions)) if thresholds.new_needle_per_region else 1
    return max(1, regions, *(-(-wear.used // wear.limit) for wear in wear_of(use, punctures, thresholds)))
