"""A trace as shapes of an SVG, from top to bottom: readable on a phone and on paper. Pure."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

DRAWN = 5
"""Things drawn of a stage; the others stand in one box with their number."""
WIDTH, COLUMNS, BOX_WIDTH, BOX_HEIGHT, GAP = 360, 2, 172, 44, 10
HEADING, BELOW = 22, 34
LETTERS = 21
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
    x: float
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
    width: int
    height: float
    boxes: Sequence[Box]
    headings: Sequence[Heading]
    lines: Sequence[str]
    """Paths, each from one box down to another."""
    summary: str


def graph(name: str, layers: Sequence[Layer], links: Collection[tuple[Hashable, Hashable]]) -> Graph:
    """Boxes in rows, a layer below the other, and a line for each link between two that are drawn."""
    boxes: list[Box] = []
    headings: list[Heading] = []
    places: dict[Hashable, tuple[float, float]] = {}
    y = 0.0
    for layer in layers:
        headings.append(Heading(y + 15, layer.title))
        y += HEADING
        for place, (key, box) in enumerate(_boxes(layer)):
            row, column = divmod(place, COLUMNS)
            x, top = column * (BOX_WIDTH + WIDTH - COLUMNS * BOX_WIDTH), y + row * (BOX_HEIGHT + GAP)
            boxes.append(Box(x, top, *box))
            places[key] = (x + BOX_WIDTH / 2, top)
        rows = -(-len(_boxes(layer)) // COLUMNS)
        y += rows * (BOX_HEIGHT + GAP) - GAP + BELOW
    lines = [
        _line(places[first], places[last]) for first, last in sorted(links, key=str) if {first, last} <= places.keys()
    ]
    return Graph(WIDTH, y - BELOW + 2, boxes, headings, lines, _summary(name, layers))


def _boxes(layer: Layer) -> list[tuple[Hashable, tuple[str, str, str, str, str]]]:
    found: list[tuple[Hashable, tuple[str, str, str, str, str]]] = [
        (
            entry.key,
            (
                shortened(entry.label),
                shortened(entry.detail),
                f"{entry.label}, {entry.detail}" if entry.detail else entry.label,
                entry.href,
                "subject" if entry.is_subject else "thing",
            ),
        )
        for entry in layer.entries[:DRAWN]
    ]
    more = layer.more + len(layer.entries[DRAWN:])
    if more:
        said = f"{more:,}".replace(",", "\u202f")
        found.append((layer.title, (f"and {said} more", "in the table", f"{said} more", layer.more_href, "group")))
    return found


def shortened(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1].rstrip()}\u2026"


def _line(first: tuple[float, float], last: tuple[float, float]) -> str:
    (from_x, from_top), (to_x, to_top) = first, last
    start, end = from_top + BOX_HEIGHT, to_top
    bend = max(14.0, (end - start) / 2)
    return f"M{from_x:g} {start:g}C{from_x:g} {start + bend:g} {to_x:g} {end - bend:g} {to_x:g} {end:g}"


def _summary(name: str, layers: Sequence[Layer]) -> str:
    counted = [
        f"{len(layer.entries) + layer.more:,} {layer.title[0].lower()}{layer.title[1:]}".replace(",", "\u202f")
        for layer in layers
        if not any(entry.is_subject for entry in layer.entries)
    ]
    return f"From top to bottom: what {name} came from, {name} itself, and where it went. {'; '.join(counted)}."
