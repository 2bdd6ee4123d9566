"""Body regions with their usual area. Pure.

Lund-Browder's shares of an adult's skin (Lund and Browder 1944), of 1.7 m2: 1 % is 170 cm2.
Head 7 (face 3.5, scalp 3.5), neck 1 + 1, trunk 13 in front and 13 behind, buttocks 2.5 each, upper arm 4, forearm 3,
hand 2.5, thigh 9.5, leg 7, foot 3.5 each; the genitals (1) are not treated and are left out, so the regions add up to
99 %, 16,830 cm2. Front and back of a limb are halves: thigh 9.5 % = 1,615 = 808 + 807; hand 425 = 213 + 212.

Cut finer by us, because the shares stop there; each part is an assumption, each sum is not:
* trunk in front, 2,210: abdomen 6.5 %, chest 4.5 %, decollete 2 %; trunk behind, 2,210: upper back 6 %, lower back
  4 %, flanks 1.5 % each;
* leg, 1,190: knee 1 %, lower leg in front 2.5 %, calf with the hollow of the knee 3.5 %;
* face, 595: forehead and temples 150, eye 40 and cheek 115 on each side, nose 35, mouth 50, chin 50;
* scalp, 595: halves, 298 in front and 297 behind.

The palm with fingers is 0.78 % of the skin (product figures of the clinic's catalogue, from the burn literature):
what one measures with, less than half a hand by Lund-Browder. A clinic types its own number where the field treated
is smaller.
"""

from collections.abc import Iterable, Mapping
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
    parts: tuple[str, ...] = ()
    """Of a sum: the regions it covers. A sum and its part are never both treated: the skin would count twice."""


_REGIONS = (
    Region("face", "Face, whole", 595, parts=("forehead", "eye", "cheek", "nose", "mouth", "chin")),
    Region("forehead", "Forehead and temples", 150),
    Region("eye", "Around the eye", 40, paired=True),
    Region("cheek", "Cheek and jaw", 115, paired=True),
    Region("nose", "Nose", 35),
    Region("mouth", "Around the mouth", 50),
    Region("chin", "Chin", 50),
    Region("scalp", "Scalp, whole", 595, parts=("scalp_front", "scalp_back")),
    Region("scalp_front", "Scalp, front and top", 298),
    Region("scalp_back", "Scalp, back", 297),
    Region("neck_front", "Neck, front", 170),
    Region("neck_back", "Neck, back", 170),
    Region("decollete", "Décolleté", 340),
    Region("chest", "Chest", 765),
    Region("abdomen", "Abdomen", 1105),
    Region("upper_back", "Upper back", 1020),
    Region("lower_back", "Lower back", 680),
    Region("flank", "Flank", 255, paired=True),
    Region("buttock", "Buttock", 425, paired=True),
    Region("upper_arm_front", "Upper arm, front", 340, paired=True),
    Region("upper_arm_back", "Upper arm, back", 340, paired=True),
    Region("forearm_front", "Forearm, front", 255, paired=True),
    Region("forearm_back", "Forearm, back", 255, paired=True),
    Region("hand", "Hand, whole", 425, paired=True, parts=("hand_back", "hand_palm")),
    Region("hand_back", "Back of the hand", 213, paired=True),
    Region("hand_palm", "Palm of the hand", 212, paired=True),
    Region("thigh", "Thigh, whole", 1615, paired=True, parts=("thigh_front", "thigh_back")),
    Region("thigh_front", "Thigh, front", 808, paired=True),
    Region("thigh_back", "Thigh, back", 807, paired=True),
    Region("knee", "Knee", 170, paired=True),
    Region("shin", "Lower leg, front", 425, paired=True),
    Region("calf", "Calf", 595, paired=True),
    Region("foot", "Foot", 595, paired=True),
    Region("other", "Other region", None),
)
REGIONS: Mapping[str, Region] = {region.key: region for region in _REGIONS}


def label_of(key: str) -> str:
    """`thigh_front:left` as 'Thigh, front (left)'."""
    region, _, side = key.partition(":")
    name = REGIONS[region].label if region in REGIONS else region.replace("_", " ")
    return f"{name} ({side})" if side in ("left", "right", "both") else name


def covered_twice(keys: Iterable[str]) -> tuple[str, str] | None:
    """The first of `keys` (region and side) that covers the skin of another one, with that other one."""
    listed = [key.partition(":") for key in dict.fromkeys(keys)]
    for whole, _, side in listed:
        for part, _, part_side in listed:
            if (whole, side) != (part, part_side) and _covers(whole, part) and _meet(side, part_side):
                return f"{whole}:{side}", f"{part}:{part_side}"
    return None


def _covers(whole: str, part: str) -> bool:
    return whole == part or (whole in REGIONS and part in REGIONS[whole].parts)


def _meet(side: str, other: str) -> bool:
    """Left meets right nowhere; a side that was not said may be either."""
    return side == other or not {side, other} <= {"left", "right"}
