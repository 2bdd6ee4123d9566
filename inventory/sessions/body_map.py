"""The body map: what can be chosen on it, and where it stands. Pure.

Every region of `regions.REGIONS` that has a place of its own is drawn exactly once a side; sums and the region without
a place are in the list only, but for the whole face, which is the head of the figure in front.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.sessions.body_shapes import FIGURES, Figure
from inventory.sessions.regions import REGIONS, Region, label_of

LIST_ONLY = ("scalp", "hand", "thigh", "other")
"""Sums whose parts are drawn on two figures, and what has no place."""


@dataclass(frozen=True)
class Spot:
    """A region on one side."""

    region: Region
    side: str

    @property
    def key(self) -> str:
        """As needle uses name it: `thigh_front:left`."""
        return f"{self.region.key}:{self.side}"

    @property
    def name(self) -> str:
        """As form fields and ids are named."""
        return f"{self.region.key}_{self.side}"

    @property
    def label(self) -> str:
        return label_of(self.key)


@dataclass(frozen=True)
class Drawn:
    """A spot's outline and where its tick stands. Shapes given for one side are mirrored on the other."""

    spot: Spot
    path: str
    mirrored: bool
    x: int
    y: int


def drawn_on(figure: Figure) -> list[Drawn]:
    """The shapes of a figure, from head to foot, the viewer's left first."""
    shown = []
    left = "left" if figure.viewers_right == "right" else "right"
    for shape in figure.shapes:
        region, (x, y) = REGIONS[shape.region], shape.mark
        if region.paired:
            shown.append(Drawn(Spot(region, left), shape.path, True, -x, y))
            shown.append(Drawn(Spot(region, figure.viewers_right), shape.path, False, x, y))
        else:
            shown.append(Drawn(Spot(region, "midline"), shape.path, False, x, y))
    return shown


def _listed_only() -> list[Spot]:
    sides = {True: ("right", "left"), False: ("midline",)}
    return [Spot(REGIONS[key], side) for key in LIST_ONLY for side in sides[REGIONS[key].paired]]


LISTED: Mapping[str, list[Spot]] = {
    **{figure.title: [drawn.spot for drawn in drawn_on(figure)] for figure in FIGURES},
    "Sums and others": _listed_only(),
}
"""Everything that can be chosen, in the groups of the list."""
SPOTS: Mapping[str, Spot] = {spot.key: spot for spots in LISTED.values() for spot in spots}
