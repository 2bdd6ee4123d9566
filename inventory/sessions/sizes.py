"""How large a treated area is, where the number comes from, and that no skin is in it twice. Pure."""

from collections.abc import Iterable

from inventory.sessions.errors import BadArea, CoveredTwice
from inventory.sessions.models import AreaSource, Side
from inventory.sessions.regions import PALM_CM2, REGIONS, covered_twice, label_of


def size_of(region: str, side: Side, area_cm2: int | None, palms: int | None) -> tuple[AreaSource, int]:
    """In cm2: as typed, else counted in palms, else the region's preset. Raises `BadArea`."""
    if region not in REGIONS:
        raise BadArea("Choose a region from the list.")
    if area_cm2 is not None:
        source, area = AreaSource.TYPED, area_cm2
    elif palms is not None:
        source, area = AreaSource.PALMS, palms * PALM_CM2
    else:
        preset = REGIONS[region].area_cm2
        if preset is None:
            raise BadArea("Type the area in cm2 or in palms: this region has no usual size.")
        source, area = AreaSource.PRESET, preset * (2 if side is Side.BOTH and REGIONS[region].paired else 1)
    if not 1 <= area <= 20_000:
        raise BadArea("An area is between 1 and 20,000 cm2. Correct the number.")
    return source, area


def check_once(keys: Iterable[str]) -> None:
    """Raises `CoveredTwice` where two of the regions, each with its side, lie on the same skin."""
    twice = covered_twice(keys)
    if twice is not None:
        raise CoveredTwice(label_of(twice[0]), label_of(twice[1]))
