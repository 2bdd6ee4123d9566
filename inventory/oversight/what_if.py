"""What a draft would have said of sessions that are over. Pure: facts and numbers in, a tally out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from inventory.compliance.facts import SessionFacts, Thresholds
from inventory.compliance.needles import is_past, wear_of
from inventory.compliance.punctures import Needle, made_in
from inventory.compliance.rules import Finding, FindingCode, judge, large_area, needles_required
from inventory.compliance.techniques import PolicyNumbers

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
        for code in then:
            self.then[code] += 1
        for code in now:
            self.now[code] += 1
        if then != now and sorted(then) != sorted(now):
            self.changed_count += 1
            if len(self.changed) < LISTED:
                self.changed.append(Changed(treatment_id, number, Counter(then), Counter(now)))

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

    def _codes(self, findings: tuple[Finding, ...]) -> Sequence[FindingCode]:
        return [finding.code for finding in findings if finding.code in self.flagged]


@dataclass(frozen=True)
class Judged:
    """One session by both."""

    then: tuple[Finding, ...]
    now: tuple[Finding, ...]
    used: int
    needles_then: int
    needles_now: int


@dataclass(frozen=True)
class Both:
    """The policy that sessions of one technique began under, and the draft, with each one's usual distance."""

    then: Thresholds
    now: Thresholds
    spacing_then_mm: int | None
    spacing_now_mm: int | None

    @cached_property
    def alike(self) -> bool:
        return (self.then, self.spacing_then_mm) == (self.now, self.spacing_now_mm)


def both_of(own: PolicyNumbers, draft: PolicyNumbers, technique: str) -> Both:
    then, now = own.of(technique), draft.of(technique)
    return Both(then, now, then.spacing_mm.get(technique), now.spacing_mm.get(technique))


def judged(facts: SessionFacts, both: Both) -> Judged:
    """By both, of facts with the distance of then. What both say alike is judged once."""
    findings, needles = judge(facts, both.then), needles_to_keep(facts, both.then)
    used = len(facts.needle_uses)
    if both.alike:
        return Judged(findings, findings, used, needles, needles)
    same_distance = both.spacing_now_mm == facts.spacing_mm
    drafted = facts if same_distance else replace(facts, spacing_mm=both.spacing_now_mm)
    return Judged(findings, judge(drafted, both.now), used, needles, needles_to_keep(drafted, both.now))


def needles_to_keep(facts: SessionFacts, thresholds: Thresholds) -> int:
    """Needles with which this session would have kept the policy: as many as were used, or more where one did too
    much or a large area asks for more. Each needle is replaced by as many as its limits make of it.
    """
    pieces = sum([_pieces(needle, thresholds) for needle in made_in(facts, thresholds).needles])
    required = needles_required(facts, thresholds) if large_area(facts, thresholds) else 1
    return max(pieces, required)


def _pieces(needle: Needle, thresholds: Thresholds) -> int:
    use, punctures, _ = needle
    regions = len(set(use.regions)) if thresholds.new_needle_per_region else 1
    if not is_past(use, punctures, thresholds):
        return max(1, regions)
    return max(1, regions, *(-(-wear.used // wear.limit) for wear in wear_of(use, punctures, thresholds)))
