"""A trace as shapes of an SVG: one thing below the other, and what leads to what as arcs at their right. Pure.

A single column, so that it is as wide as a phone and a sheet of paper, and no line crosses a word.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

DRAWN = 5
"""Things drawn of a stage; the others stand in one box with their number."""
WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP = 360, 240, 42, 6
HEADING, BELOW = 22, 20
WIDEST, NARROWEST = 150, 40
"""Pixels a line is pulled aside: the further it goes, the more."""
LETTERS = 30
"""Of a label that fit into a box."""


@dataclass(frozen=True)
class Entry:
    """One thing to be drawn: where it leads, and whether it is what was asked for."""

    key: Hashable
    label: str
    detail: str
    href: str
    is_subject: bool = False


@dataclass(frozen=True)
class Layer:
    """`more` are not drawn one by one; `more_href` leads to where they are listed."""

    title: str
    entries: Sequence[Entry]
    more: int = 0
    more_href: str = ""


@dataclass(frozen=True)
class Box:
    y: float
    label: str
    detail: str
    said: str
    href: str
    kind: str
    """`subject`, `thing` or `group`."""


@dataclass(frozen=True)
class Heading:
    y: float
    text: str


@dataclass(frozen=True)
class Graph:
    """`lines` are paths from a box to another, `heads` the arrow at each one's end."""

    width: int
    height: float
    box_width: int
    box_height: int
    boxes: Sequence[Box]
    headings: Sequence[Heading]
    lines: Sequence[str]
    heads: Sequence[str]
    summary: str


def graph(name: str, layers: Sequence[Layer], links: Collection[tuple[Hashable, Hashable]]) -> Graph:
    """Layers in the order in which one becomes part of the next; a link between two that are drawn is a line."""
    boxes: list[Box] = []
    headings: list[Heading] = []
    places: dict[Hashable, float] = {}
    y = 0.0
    for layer in layers:
        headings.append(Heading(y + 14, layer.title))
        y += HEADING
        for entry in layer.entries[:DRAWN]:
            boxes.append(_box(entry, y))
            places[entry.key] = y + BOX_HEIGHT / 2
            y += BOX_HEIGHT + GAP
        more = layer.more + len(layer.entries[DRAWN:])
        if more:
            said = _number(more)
            boxes.append(Box(y, f"and {said} more", "listed in the table", f"{said} more", layer.more_href, "group"))
            y += BOX_HEIGHT + GAP
        y += BELOW - GAP
    drawn = sorted((places[first], places[last]) for first, last in links if {first, last} <= places.keys())
    return Graph(
        WIDTH,
        y - BELOW + 2,
        BOX_WIDTH,
        BOX_HEIGHT,
        boxes,
        headings,
        [_line(*ends) for ends in drawn],
        [f"M{BOX_WIDTH + 1} {end:g}l9 -4.5v9z" for end in sorted({last for _, last in drawn})],
        _summary(name, layers),
    )


def shortened(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1].rstrip()}\u2026"


def _box(entry: Entry, y: float) -> Box:
    said = f"{entry.label}, {entry.detail}" if entry.detail else entry.label
    kind = "subject" if entry.is_subject else "thing"
    return Box(y, shortened(entry.label), shortened(entry.detail), said, entry.href, kind)


def _line(start: float, end: float) -> str:
    aside = BOX_WIDTH + min(WIDEST, NARROWEST + abs(end - start) / 6)
    return f"M{BOX_WIDTH} {start:g}C{aside:g} {start:g} {aside:g} {end:g} {BOX_WIDTH + 8} {end:g}"


def _summary(name: str, layers: Sequence[Layer]) -> str:
    counted = [
        f"{_number(len(layer.entries) + layer.more)} {layer.title[0].lower()}{layer.title[1:]}"
        for layer in layers
        if not any(entry.is_subject for entry in layer.entries)
    ]
    told = f"From top to bottom: what {name} came from, {name} itself, and where it went."
    return f"{told} Listed below: {'; '.join(counted)}." if counted else told


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
