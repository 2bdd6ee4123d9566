"""How a region's area is shared among the needles that worked on it where nobody said. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Worked:
    """One needle: the regions it was used on, and its own area in cm2 where it was entered."""

    sequence: int
    regions: tuple[str, ...]
    area_cm2: int | None


def area_shares(needles: Sequence[Worked], areas: Mapping[str, int]) -> dict[int, int | None]:
    """Area in cm2 by needle sequence: as entered, else an equal share of what is left of each of its regions.

    None for a needle that worked on no region with an area. The shares of a region never exceed it.
    """
    shares: dict[int, int | None] = {
        needle.sequence: needle.area_cm2 if needle.area_cm2 is not None else None for needle in needles
    }
    for region, area in areas.items():
        entered = sum(
            (needle.area_cm2 or 0) // max(1, len(needle.regions))
            for needle in needles
            if needle.area_cm2 is not None and region in needle.regions
        )
        sharing = [needle for needle in needles if needle.area_cm2 is None and region in needle.regions]
        left = max(0, area - entered)
        for place, needle in enumerate(sharing):
            share = left // len(sharing) + (1 if place < left % len(sharing) else 0)
            shares[needle.sequence] = (shares[needle.sequence] or 0) + share
    return shares
