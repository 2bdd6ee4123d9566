"""What happens in a session of the demo clinic: as the policy asks, or in one of ten ways against it. Pure.

A careful nurse changes the needle every 160 cm2 and well before 100 punctures or 15 minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from inventory.sessions.models import Side, Technique

MID, LEFT, RIGHT = Side.MIDLINE, Side.LEFT, Side.RIGHT
Area = tuple[str, Side, int]


@dataclass(frozen=True)
class Work:
    """What one needle did: on the region of that number, and where `goes_on` in the next one too."""

    seconds: int
    shots: int | None
    area_cm2: int | None
    region: int = 0
    goes_on: bool = False


@dataclass(frozen=True)
class Sitting:
    areas: tuple[Area, ...]
    needles: tuple[Work, ...]
    technique: Technique = Technique.NAPPAGE
    skin_seconds: int = 45
    """How long the antiseptic acts; it asks for 30."""
    syringes: int = 0
    used_pack_first: bool = False
    """A pack of an earlier session is scanned before the right one."""


USUAL: tuple[tuple[int, tuple[Area, ...]], ...] = (
    (9, (("neck_front", MID, 150),)),
    (8, (("face", MID, 300),)),
    (4, (("scalp", MID, 310),)),
    (3, (("face", MID, 300), ("neck_front", MID, 140))),
    (2, (("buttock", LEFT, 155), ("buttock", RIGHT, 155))),
    (2, (("abdomen", MID, 560),)),
    (1, (("thigh_front", LEFT, 310), ("thigh_front", RIGHT, 310))),
)
"""How often of 29, and where."""


def usual(random: Random) -> Sitting:
    """One session in ten is not counted shot by shot; it goes point by point, so that the estimate stays low."""
    areas = random.choices([areas for _, areas in USUAL], [often for often, _ in USUAL])[0]
    counted = random.random() > 0.1
    works = []
    for region, (_, _, area) in enumerate(areas):
        parts = -(-area // 160)
        for _ in range(parts):
            shots = random.randrange(45, 95) if counted else None
            works.append(Work(random.randrange(4 * 60, 8 * 60), shots, area // parts, region))
    technique = random.choice((Technique.NAPPAGE, Technique.PAPULE)) if counted else Technique.POINT_BY_POINT
    return Sitting(areas, tuple(works), technique)


def one_needle_for_all(random: Random) -> Sitting:
    shots = random.randrange(220, 380)
    areas = (("thigh_front", LEFT, 390), ("thigh_front", RIGHT, 390))
    return Sitting(areas, (Work(32 * 60, shots, 780, goes_on=True),))


def too_few_for_its_syringes(random: Random) -> Sitting:
    works = tuple(Work(8 * 60, random.randrange(60, 95), 140) for _ in range(3))
    return Sitting((("abdomen", MID, 420),), works, syringes=5)


def too_many_punctures(random: Random) -> Sitting:
    return Sitting((("face", MID, 150),), (Work(9 * 60, random.randrange(115, 180), 150),))


def too_long(random: Random) -> Sitting:
    return Sitting((("neck_front", MID, 130),), (Work(random.randrange(18, 26) * 60, 70, 130),))


def too_large_an_area(random: Random) -> Sitting:
    works = (Work(9 * 60, random.randrange(70, 95), 250), Work(6 * 60, random.randrange(50, 80), 140))
    return Sitting((("abdomen", MID, 390),), works)


def carried_over(random: Random) -> Sitting:
    areas = (("face", MID, 140), ("neck_front", MID, 100))
    works = (Work(9 * 60, random.randrange(60, 95), 160, goes_on=True), Work(5 * 60, 55, 80, region=1))
    return Sitting(areas, works)


def hurried(random: Random) -> Sitting:
    return Sitting((("face", MID, 140),), (Work(6 * 60, 70, 140),), skin_seconds=random.randrange(4, 12))


def no_area(random: Random) -> Sitting:
    return Sitting((), (Work(6 * 60, random.randrange(50, 90), None),))


def faster_than_the_gun(random: Random) -> Sitting:
    """The fastest gun makes 72 shots in eight seconds."""
    works = (Work(7 * 60, random.randrange(60, 90), 150), Work(8, random.randrange(80, 99), 20))
    return Sitting((("face", MID, 170),), works)


def used_pack(random: Random) -> Sitting:
    return Sitting((("face", MID, 145),), (Work(6 * 60, random.randrange(50, 90), 145),), used_pack_first=True)


AGAINST_POLICY: tuple[Callable[[Random], Sitting], ...] = (
    one_needle_for_all,
    too_many_punctures,
    carried_over,
    hurried,
    no_area,
    faster_than_the_gun,
    used_pack,
    too_few_for_its_syringes,
    too_long,
    too_large_an_area,
)


def sitting(number: int, random: Random) -> Sitting:
    """Of session `number`, counted from 0: eight in a hundred go against the policy, each way in its turn."""
    earlier, until = number * 8 // 100, (number + 1) * 8 // 100
    return AGAINST_POLICY[earlier % len(AGAINST_POLICY)](random) if until > earlier else usual(random)
