"""Plots of points, lines and bars: shapes on one small canvas, for `components/plot.html` to write as SVG. Pure.

The drawing is for the eye; the table that stands behind it says the same, so screen readers are given its title alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 40, 390, 12, 222
"""The edges of the plot inside the drawing; ticks are written left of it and below."""


@dataclass(frozen=True)
class Rect:
    x: int
    y: int
    width: int
    height: int
    kind: str


@dataclass(frozen=True)
class Line:
    """`points` as SVG writes them: `x,y x,y`. `kind` names its stroke in the style sheet."""

    points: str
    kind: str


@dataclass(frozen=True)
class Dot:
    """A circle, or where `square` a square: what needs a look differs by more than its colour."""

    x: int
    y: int
    radius: int
    kind: str
    square: bool = False


@dataclass(frozen=True)
class Label:
    """Text at a point; `anchor` is start, middle or end."""

    x: int
    y: int
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    """`key` says in words what each kind of shape is: (kind, words)."""

    title: str
    upright: str
    across: str
    height: int = HEIGHT
    rects: Sequence[Rect] = ()
    lines: Sequence[Line] = ()
    dots: Sequence[Dot] = ()
    labels: Sequence[Label] = ()
    key: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on units from `start` to `end`."""

    low: float
    high: float
    start: int
    end: int

    def at(self, value: float) -> int:
        span = self.high - self.low or 1
        return round(self.start + (value - self.low) * (self.end - self.start) / span)


def across(low: float, high: float) -> Scale:
    return Scale(low, high, LEFT, RIGHT)


def upright(high: float, low: float = 0) -> Scale:
    return Scale(low, high, BOTTOM, TOP)


def nice_top(value: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50, ... not below `value`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= value:
                return step * factor
        step *= 10


def grid(scale: Scale, values: Sequence[int], unit: str = "") -> tuple[list[Line], list[Label]]:
    """Level lines across the plot with their numbers at the left."""
    lines = [Line(f"{LEFT},{scale.at(value)} {RIGHT},{scale.at(value)}", "grid") for value in values]
    labels = [Label(LEFT - 5, scale.at(value) + 4, f"{value}{unit}", "end") for value in values]
    return lines, labels


def spread(count: int, most: int = 6) -> list[int]:
    """Indexes at which to write a tick where there are `count` places and room for `most`."""
    step = -(-count // most)
    return list(range(0, count, step or 1))


def line(points: Sequence[tuple[int, int]], kind: str) -> Line:
    return Line(" ".join(f"{x},{y}" for x, y in points), kind)
