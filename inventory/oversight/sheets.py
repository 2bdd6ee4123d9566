"""What each view of compliance shows: sentences, the table behind the drawing, and the drawing. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inventory.oversight import drawings
from inventory.oversight.control import LEAST_WEEKS, Chart, p_chart
from inventory.oversight.measures import (
    By,
    Measured,
    bundles_weekly,
    distribution,
    grouped,
    scattered,
    weekly,
)
from inventory.web.plots import Drawing

BUNDLE_ELEMENTS = 5


class View(StrEnum):
    TIME = "time"
    GROUPS = "groups"
    NEEDLES = "needles"
    PUNCTURES = "punctures"
    BUNDLE = "bundle"


@dataclass(frozen=True)
class Sheet:
    """One view: its title, what it says in words, its table, and its drawing where there is something to draw."""

    title: str
    said: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Sequence[int | str]]
    drawing: Drawing | None


def sheet_of(view: View, sessions: Sequence[Measured], by: By) -> Sheet:
    return _SHEETS[view](sessions, by)


def _time(sessions: Sequence[Measured], _by: By) -> Sheet:
    chart = p_chart(weekly(sessions))
    rows = [
        (
            point.week.begins.isoformat(),
            point.week.sessions,
            point.week.outside,
            _percent(point.week.share),
            _percent(point.lower),
            _percent(point.upper),
            point.signal or "within the limits",
        )
        for point in (chart.points if chart else ())
    ]
    return Sheet(
        "Sessions outside clinic policy, week by week",
        _about_time(chart),
        ("week from", "sessions", "outside policy", "share %", "lower limit %", "upper limit %", "signal"),
        rows,
        drawings.control(chart) if chart else None,
    )


def _about_time(chart: Chart | None) -> Sequence[str]:
    if chart is None:
        return []
    said = [
        f"On average {_percent(chart.mean)} % of sessions were outside clinic policy. The band is what chance alone "
        "makes of that: three standard deviations of a share, wider in a week with fewer sessions (a p-chart, "
        "Shewhart 1931).",
    ]
    if not chart.enough:
        said.append(f"There are fewer than {LEAST_WEEKS} weeks: too few to tell noise from change. Widen the dates.")
    elif chart.signals:
        weeks = "; ".join(f"week from {point.week.begins.isoformat()}: {point.signal}" for point in chart.signals)
        said.append(f"More than chance: {weeks}. Look for what was different there.")
    else:
        said.append("No week is more than chance: what differs from week to week is noise, not a change.")
    said.append(
        "Signals are one week outside the band, or eight in a row on one side of the mean (Western Electric 1956)."
    )
    return said


def _groups(sessions: Sequence[Measured], by: By) -> Sheet:
    groups = grouped(sessions, by)
    said = ["The share of sessions within clinic policy. Few sessions make a share that says little: see their number."]
    if by is By.REGION:
        said.append("A session of two regions counts in both.")
    return Sheet(
        f"Sessions within clinic policy by {by.value}",
        said,
        (by.value, "sessions", "within policy", "share %"),
        [(group.name, group.sessions, group.kept, group.percent) for group in groups],
        drawings.shares(groups) if groups else None,
    )


def _needles(sessions: Sequence[Measured], _by: By) -> Sheet:
    counts = scattered(sessions)
    fewer = sum(count for (required, used), count in counts.items() if used < required)
    total = sum(counts.values())
    said = [f"Of {total} sessions of a large area {fewer} used fewer needles than clinic policy asks for."]
    said.append("Each circle is one or more sessions, the larger the more. Below the line too few needles were used.")
    return Sheet(
        "Needles used against needles required, large areas",
        said if total else [],
        ("needles required", "needles used", "sessions", "verdict"),
        [(*pair, count, "too few" if pair[1] < pair[0] else "enough") for pair, count in counts.items()],
        drawings.needles(counts) if counts else None,
    )


def _punctures(sessions: Sequence[Measured], _by: By) -> Sheet:
    bars = distribution(sessions)
    needles = [needle for session in sessions for needle in session.needles]
    past = sum(bar.past for bar in bars)
    estimated = sum(1 for needle in needles if needle.estimated)
    limits = sorted({needle.limit for needle in needles})
    said = [
        f"{past} of {len(needles)} needles made more punctures than their limit; {estimated} counts are estimated.",
        f"Limits that were in force: {', '.join(map(str, limits))} punctures, by policy version, technique and preset.",
    ]
    return Sheet(
        "Punctures per needle",
        said if needles else [],
        ("punctures from", "to", "needles", "past their limit"),
        [(bar.low, bar.high, bar.needles, bar.past) for bar in bars],
        drawings.punctures(bars, limits) if bars else None,
    )


def _bundle(sessions: Sequence[Measured], _by: By) -> Sheet:
    weeks = bundles_weekly(sessions, BUNDLE_ELEMENTS)
    said = [
        "A bundle is whole where all five were kept: disinfected gun, in-date antiseptic, contact time, released "
        "packs, needles in time. One missed, and it is not whole.",
    ]
    return Sheet(
        "Whole sterility bundles, week by week",
        said if weeks else [],
        ("week from", "sessions", "whole bundles", "share %", "mean score of 5"),
        [
            (
                week.begins.isoformat(),
                week.sessions,
                week.whole,
                _percent(week.whole / week.sessions),
                f"{week.mean_tenths // 10}.{week.mean_tenths % 10}",
            )
            for week in weeks
        ],
        drawings.bundles(weeks) if weeks else None,
    )


def _percent(share: float) -> int:
    return round(100 * share)


_SHEETS: Mapping[View, Callable[[Sequence[Measured], By], Sheet]] = {
    View.TIME: _time,
    View.GROUPS: _groups,
    View.NEEDLES: _needles,
    View.PUNCTURES: _punctures,
    View.BUNDLE: _bundle,
}
