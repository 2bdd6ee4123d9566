"""Body regions with their usual area. Pure.

Lund-Browder shares of 1.7 m2 of skin; the palm with fingers is 0.78 % of it (product figures of the clinic's
catalogue, from the burn literature). A clinic types its own number where the field treated is smaller.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PALM_CM2 = 133
"""One palm with fingers: 0.78 % of 17,000 cm2."""


@dataclass(frozen=True)
class Region:
    key: str
    label: str
    area_cm2: int | None
    """The preset for one side, or for the whole where `paired` is false; None where only typing makes sense."""
    paired: bool = False


_REGIONS = (
    Region("face", "Face", 595),
    Region("scalp", "Scalp", 595),
    Region("neck_front", "Neck, front", 170),
    Region("abdomen", "Abdomen", 1105),
    Region("buttock", "Buttock", 425, paired=True),
    Region("thigh_front", "Thigh, front", 808, paired=True),
    Region("thigh", "Thigh, whole", 1615, paired=True),
    Region("hand", "Hand", 425, paired=True),
    Region("other", "Other region", None),
)
REGIONS: Mapping[str, Region] = {region.key: region for region in _REGIONS}


def label_of(key: str) -> str:
    """`thigh_front:left` as 'Thigh, front (left)'."""
    region, _, side = key.partition(":")
    name = REGIONS[region].label if region in REGIONS else region.replace("_", " ")
    return f"{name} ({side})" if side in ("left", "right", "both") else name
