"""The drawings of compliance: what stands where. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from inventory.oversight.control import Chart
from inventory.oversight.measures import Bar, BundleWeek, Group
from inventory.web.plots import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Dot,
    Drawing,
    Label,
    Line,
    Rect,
    across,
    grid,
    line,
    nice_top,
    spread,
    upright,
)

ROW = 30
"""Height of one group's row."""


def control(chart: Chart) -> Drawing:
    """Shares of weeks with their mean and the band of chance; a signal is a square."""
    points = chart.points
    top = min(100, max(10, -(-round(100 * max(max(p.week.share, p.upper) for p in points)) // 10) * 10))
    y, x = upright(top), across(0, max(1, len(points) - 1))
    lines, labels = grid(y, [0, top // 2, top], "%")
    places = [x.at(index) for index in range(len(points))]
    shares = [y.at(100 * point.week.share) for point in points]
    lines += [
        line([(place, y.at(100 * point.upper)) for place, point in zip(places, points, strict=True)], "limit"),
        line([(place, y.at(100 * point.lower)) for place, point in zip(places, points, strict=True)], "limit"),
        Line(f"{LEFT},{y.at(100 * chart.mean)} {RIGHT},{y.at(100 * chart.mean)}", "mean"),
        line(list(zip(places, shares, strict=True)), "course"),
    ]
    dots = [
        Dot(place, share, 6 if point.signal else 4, "stop" if point.signal else "accent", square=bool(point.signal))
        for place, share, point in zip(places, shares, points, strict=True)
    ]
    return Drawing(
        "Control chart of the share of sessions outside clinic policy by week",
        "share of sessions outside policy",
        "week from Monday",
        lines=lines,
        dots=dots,
        labels=[*labels, *_weeks(places, [point.week.begins for point in points])],
        key=(
            ("accent", "a week"),
            ("stop", "a week that is more than chance (square)"),
            ("mean", "mean"),
            ("limit", "limits of chance (dashed)"),
        ),
    )


def shares(groups: Sequence[Group]) -> Drawing:
    """A row a group: its name above its bar of sessions within policy."""
    x = across(0, 100)
    labels, rects = [], []
    for index, group in enumerate(groups):
        y = TOP + index * ROW
        labels.append(Label(LEFT, y + 9, group.name, "start"))
        labels.append(Label(RIGHT, y + 9, f"{group.percent}% of {group.sessions}", "end"))
        rects.append(Rect(LEFT, y + 13, RIGHT - LEFT, 9, "ground"))
        rects.append(Rect(LEFT, y + 13, x.at(group.percent) - LEFT, 9, "accent"))
    return Drawing(
        "Share of sessions within clinic policy by group",
        "",
        "share of sessions within policy",
        height=TOP + len(groups) * ROW + 4,
        rects=rects,
        labels=labels,
    )


def needles(counts: Mapping[tuple[int, int], int]) -> Drawing:
    """Used over required; what lies below the line of as many as required is a square."""
    top = nice_top(max(max(pair) for pair in counts))
    x, y = across(0, top), upright(top)
    steps = [0, top // 2, top] if top > 1 else [0, top]
    lines, labels = grid(y, steps)
    lines.append(line([(x.at(0), y.at(0)), (x.at(top), y.at(top))], "mean"))
    labels += [Label(x.at(step), BOTTOM + 16, str(step)) for step in steps]
    most = max(counts.values())
    dots = [
        Dot(
            x.at(required),
            y.at(used),
            4 + 8 * count // most,
            "stop" if used < required else "accent",
            square=used < required,
        )
        for (required, used), count in counts.items()
    ]
    return Drawing(
        "Needles used against needles required in sessions of a large area",
        "needles used",
        "needles required",
        lines=lines,
        dots=dots,
        labels=labels,
        key=(("accent", "enough"), ("stop", "too few (square)"), ("mean", "as many as required")),
    )


def punctures(bars: Sequence[Bar], limits: Sequence[int]) -> Drawing:
    """Needles by punctures, those past their own limit on top, and each limit as an upright line."""
    top, high = nice_top(max(bar.needles for bar in bars)), max(bars[-1].high, *limits) if limits else bars[-1].high
    x, y = across(0, high), upright(top)
    lines, labels = grid(y, [0, top // 2, top] if top > 1 else [0, top])
    rects = []
    for bar in bars:
        left, right = x.at(max(0, bar.low - 1)), x.at(bar.high)
        within = y.at(bar.needles - bar.past)
        rects.append(Rect(left, within, max(1, right - left - 1), BOTTOM - within, "accent"))
        if bar.past:
            above = y.at(bar.needles)
            rects.append(Rect(left, above, max(1, right - left - 1), within - above, "stop"))
    for limit in limits:
        lines.append(Line(f"{x.at(limit)},{BOTTOM} {x.at(limit)},{TOP}", "limit"))
    shown = [0, *limits, high] if high - max(limits, default=0) > high // 10 else [0, *limits]
    labels += [Label(x.at(value), BOTTOM + 16, str(value)) for value in _apart(shown, high)]
    return Drawing(
        "Distribution of punctures per needle",
        "needles",
        "punctures of one needle",
        rects=rects,
        lines=lines,
        labels=labels,
        key=(("accent", "within its limit"), ("stop", "past its limit (on top)"), ("limit", "limits (dashed)")),
    )


def bundles(weeks: Sequence[BundleWeek]) -> Drawing:
    """The share of whole bundles by week."""
    x, y = across(0, max(1, len(weeks) - 1)), upright(100)
    lines, labels = grid(y, [0, 50, 100], "%")
    places = [(x.at(index), y.at(100 * week.whole / week.sessions)) for index, week in enumerate(weeks)]
    return Drawing(
        "Share of whole sterility bundles by week",
        "share of sessions with all five parts",
        "week from Monday",
        lines=[*lines, line(places, "course")],
        dots=[Dot(place, share, 4, "accent") for place, share in places],
        labels=[*labels, *_weeks([place for place, _ in places], [week.begins for week in weeks])],
    )


def _weeks(places: Sequence[int], mondays: Sequence[date]) -> list[Label]:
    return [
        Label(
            places[index],
            BOTTOM + 16,
            f"{mondays[index].day} {mondays[index]:%b}",
            "end" if places[index] > RIGHT - 15 else "middle",
        )
        for index in spread(len(places))
    ]


def _apart(values: Sequence[int], high: int) -> list[int]:
    """Those far enough from the one before to be read."""
    kept: list[int] = []
    for value in values:
        if not kept or value - kept[-1] > high // 12:
            kept.append(value)
    return kept
