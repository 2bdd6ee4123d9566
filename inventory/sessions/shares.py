"""How a region's area is shared among the needles that worked on it where nobody said. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Worked(NamedTuple):
    """One needle: the regions it was used on, and its own area in cm2 where it was entered."""

    sequence: int
    regions: tuple[str, ...]
    area_cm2: int | None


def area_shares(needles: Sequence[Worked], areas: Mapping[str, int]) -> dict[int, int | None]:
    """Area in cm2 by needle sequence: as entered, else an equal share of what is left of each of its regions.

    None for a needle that worked on no region with an area. The shares of a region never exceed it.
    """
    shares = {needle.sequence: needle.area_cm2 for needle in needles}
    for region, area in areas.items():
        left, sharing = area, []
        for needle in needles:
            if region not in needle.regions:
                continue
            if needle.area_cm2 is None:
                sharing.append(needle.sequence)
            else:
                left -= needle.area_cm2 // len(needle.regions)
        for place, sequence in enumerate(sharing):
            share, more = divmod(max(0, left), len(sharing))
            shares[sequence] = (shares[sequence] or 0) + share + (place < more)
    return shares
