"""Numbers in, shapes of an SVG out: what `components/chart.html` draws. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 12, 28
SHORT = 22
"""Pixels of a row of a lying bar chart."""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    x: float
    y: float
    width: float
    height: float
    said: str
    tone: str = ""


@dataclass(frozen=True)
class Tick:
    """A line of the scale at `at`, with what stands beside it."""

    at: float
    said: str


@dataclass(frozen=True)
class Chart:
    """`said` of each bar stands in the table behind it. `lying`: bars from left to right, a row each."""

    title: str
    unit: str
    width: float
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lying: bool
    summary: str

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM

    @property
    def empty(self) -> bool:
        return not any(bar.value for bar in self.bars)


@dataclass(frozen=True)
class Value:
    label: str
    value: float
    said: str
    tone: str = ""


def columns(title: str, unit: str, values: Sequence[Value], summary: str) -> Chart:
    """Standing bars in order of time."""
    top = round_top(max((value.value for value in values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    room = HEIGHT - TOP - BOTTOM
    bars = []
    for place, value in enumerate(values):
        height = room * value.value / top
        bars.append(
            Bar(
                value.label,
                value.value,
                round(LEFT + place * step + step * 0.12, 2),
                round(TOP + room - height, 2),
                round(step * 0.76, 2),
                round(height, 2),
                value.said,
                value.tone,
            )
        )
    ticks = tuple(Tick(round(TOP + room * (1 - part), 2), _tick(top * part)) for part in (0, 0.5, 1))
    return Chart(title, unit, WIDTH, HEIGHT, tuple(bars), ticks, False, summary)


def rows(title: str, unit: str, values: Sequence[Value], summary: str) -> Chart:
    """Lying bars, each with its name above and its value beside."""
    top = round_top(max((value.value for value in values), default=0))
    bars = tuple(
        Bar(
            value.label,
            value.value,
            0,
            place * 2 * SHORT + SHORT - 4,
            round(max(2.0, (WIDTH - 120) * value.value / top) if value.value else 0, 2),
            SHORT - 6,
            value.said,
            value.tone,
        )
        for place, value in enumerate(values)
    )
    return Chart(title, unit, WIDTH, max(1, len(values)) * 2 * SHORT, bars, (), True, summary)


def round_top(largest: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50, ... that is not below `largest`; at least 1."""
    if largest <= 1:
        return 1
    decade = 10 ** (ceil(log10(largest)) - 1)
    return float(next(step * decade for step in (1, 2, 5, 10) if step * decade >= largest))


def _tick(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 10 or value == int(value) else f"{value:.1f}"
