"""What is measured of one closed session, and how sessions add up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from inventory.compliance.facts import SessionFacts, Thresholds
from inventory.compliance.needles import puncture_limit
from inventory.compliance.punctures import made_in
from inventory.compliance.rules import FindingCode, Severity, judge, large_area, needles_required
from inventory.oversight.control import Week

BIN = 10
"""Punctures a bar of the distribution."""


class By(StrEnum):
    """What sessions are compared by."""

    TECHNIQUE = "technique"
    ROOM = "room"
    GUN = "gun"
    REGION = "region"
    PRACTITIONER = "practitioner"


class Needle(NamedTuple):
    punctures: int
    limit: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One session. `outside` are the codes of its major findings: what was done, not what was typed in."""

    id: UUID
    number: int
    day: date
    places: Mapping[By, Sequence[str]]
    outside: frozenset[FindingCode]
    used: int
    required: int
    large: bool
    needles: Sequence[Needle]
    bundle: int | None = None
    """Elements of the sterility bundle that were kept, of five."""

    @property
    def kept(self) -> bool:
        return not self.outside


@dataclass(frozen=True)
class Group:
    """Sessions that share a gun, a room, ...: how many, and how many kept the policy."""

    name: str
    sessions: int
    kept: int

    @property
    def percent(self) -> int:
        return (200 * self.kept + self.sessions) // (2 * self.sessions)


@dataclass(frozen=True)
class Bar:
    """Needles with `low` to `high` punctures, both counted; `past` of them past their own limit."""

    low: int
    high: int
    needles: int
    past: int


@dataclass(frozen=True)
class BundleWeek:
    begins: date
    sessions: int
    whole: int
    mean_tenths: int
    """Mean score in tenths of an element."""


def measured(
    facts: SessionFacts,
    thresholds: Thresholds,
    *,
    treatment_id: UUID,
    number: int,
    day: date,
    places: Mapping[By, Sequence[str]],
    bundle: int | None,
) -> Measured:
    found = judge(facts, thresholds)
    needles = [
        Needle(punctures, puncture_limit(use, thresholds), estimated)
        for use, punctures, estimated in made_in(facts, thresholds).needles
    ]
    return Measured(
        treatment_id,
        number,
        day,
        places,
        frozenset([finding.code for finding in found if finding.severity is Severity.MAJOR]),
        len(facts.needle_uses),
        needles_required(facts, thresholds),
        large_area(facts, thresholds),
        needles,
        bundle,
    )


def grouped(sessions: Iterable[Measured], by: By) -> Sequence[Group]:
    """By name. A session of two regions counts in both."""
    counts: dict[str, list[int]] = {}
    for session in sessions:
        for name in session.places[by]:
            count = counts.setdefault(name, [0, 0])
            count[0] += 1
            count[1] += session.kept
    return [Group(name, total, kept) for name, (total, kept) in sorted(counts.items())]


def weekly(sessions: Iterable[Measured]) -> Sequence[Week]:
    """From the first week with a session to the last, in order."""
    weeks = _by_week(sessions)
    return [
        Week(monday, len(there), sum(1 for session in there if not session.kept)) for monday, there in weeks.items()
    ]


def bundles_weekly(sessions: Iterable[Measured], elements: int) -> Sequence[BundleWeek]:
    """Of the sessions with a bundle; whole where all `elements` were kept."""
    found = []
    for monday, there in _by_week(session for session in sessions if session.bundle is not None).items():
        scores = [session.bundle or 0 for session in there]
        whole = sum(1 for score in scores if score == elements)
        found.append(BundleWeek(monday, len(scores), whole, (20 * sum(scores) + len(scores)) // (2 * len(scores))))
    return found


def distribution(sessions: Iterable[Measured], size: int = BIN) -> Sequence[Bar]:
    """Needles by their punctures in bars of `size` from 1 on (0 with the first), without gaps."""
    needles = [needle for session in sessions for needle in session.needles]
    if not needles:
        return []
    bars: dict[int, list[Needle]] = {}
    for needle in needles:
        bars.setdefault(max(0, needle.punctures - 1) // size, []).append(needle)
    return [
        Bar(
            index * size + 1 if index else 0,
            (index + 1) * size,
            len(bars.get(index, ())),
            sum(1 for needle in bars.get(index, ()) if needle.punctures > needle.limit),
        )
        for index in range(max(bars) + 1)
    ]


def scattered(sessions: Iterable[Measured]) -> Mapping[tuple[int, int], int]:
    """How many sessions of a large area required and used so many needles: by (required, used)."""
    counts: dict[tuple[int, int], int] = {}
    for session in sessions:
        if session.large:
            counts[session.required, session.used] = counts.get((session.required, session.used), 0) + 1
    return dict(sorted(counts.items()))


def _by_week(sessions: Iterable[Measured]) -> Mapping[date, Sequence[Measured]]:
    weeks: dict[date, list[Measured]] = {}
    for session in sessions:
        weeks.setdefault(session.day - timedelta(days=session.day.weekday()), []).append(session)
    return dict(sorted(weeks.items()))
