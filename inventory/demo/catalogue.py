"""What the demo clinic keeps. Kinds and figures are real, names and GTINs are not (GS1 demonstration prefix 952).

Opened lives: 28 days for a multi-dose vial (US Pharmacopeia usage), 24 h for a vial of one patient, 1 month for aqueous
povidone-iodine and 6 months for alcoholic ones (CHRISP, Queensland), 14 days for OPA 0.55 % in use (CDC 2008).
"""

from dataclasses import dataclass

from biip.checksums import gs1_standard_check_digit

from inventory.stock.models import LifeUnit, LocationKind, ProductKind


@dataclass(frozen=True)
class Item:
    """A product, its box, and about how many base units 90 days need."""

    name: str
    kind: ProductKind
    base_unit: str
    box: int
    boxes: int
    reorder_point: int = 0
    reference: str | None = None
    gauge: int | None = None
    length_mm: int | None = None
    pins: int = 1
    contact_seconds: int | None = None
    life: tuple[int, LifeUnit] | None = None
    strip: bool = False


def gtin(number: int, level: int = 0) -> str:
    """GTIN-14 of the demo's product `number`; `level` 0 is the single item, 1 its box."""
    body = f"{level}952{number:09d}"
    return body + str(gs1_standard_check_digit(body))


_N, _A, _D, _I, _P, _O = (
    ProductKind.NEEDLE,
    ProductKind.ANTISEPTIC,
    ProductKind.DISINFECTANT,
    ProductKind.INJECTABLE,
    ProductKind.GUN_PART,
    ProductKind.OTHER,
)
ITEMS = (
    Item("Needle 30G x 4 mm", _N, "needle", 100, 12, 300, "M30-04", 30, 4),
    Item("Needle 27G x 4 mm", _N, "needle", 100, 4, 100, "M27-04", 27, 4),
    Item("Needle 30G x 13 mm", _N, "needle", 100, 5, 150, "M30-13", 30, 13),
    Item("5-pin head 32G", _N, "head", 20, 2, 10, "MP-05", 32, 2, pins=5),
    Item(
        "Chlorhexidine 2 % in 70 % alcohol, 250 ml",
        _A,
        "bottle",
        12,
        3,
        6,
        contact_seconds=30,
        life=(6, LifeUnit.MONTHS),
    ),
    Item("Povidone-iodine 10 %, 125 ml", _A, "bottle", 10, 2, 4, contact_seconds=120, life=(1, LifeUnit.MONTHS)),
    Item("Alcohol pads 70 %", _A, "pack", 10, 3, 5, contact_seconds=30, life=(6, LifeUnit.MONTHS)),
    Item(
        "OPA 0.55 %, 3.8 l",
        _D,
        "canister",
        4,
        6,
        4,
        contact_seconds=720,
        life=(14, LifeUnit.DAYS),
        strip=True,
    ),
    Item("Surface wipes", _D, "tub", 6, 4, 4, contact_seconds=60, life=(3, LifeUnit.MONTHS)),
    Item("Procaine 2 %, 5 ml vial", _I, "vial", 50, 3, 40, life=(24, LifeUnit.HOURS)),
    Item("Lidocaine 1 %, 20 ml vial", _I, "vial", 20, 4, 20, life=(28, LifeUnit.DAYS)),
    Item("Hyaluronic acid 1 %, 3 ml vial", _I, "vial", 25, 5, 30, life=(24, LifeUnit.HOURS)),
    Item("Syringe 5 ml", _O, "syringe", 100, 6, 150),
    Item("Gun spacer 4 mm, sterilisable", _P, "spacer", 10, 2, 4),
    Item("Gloves, nitrile M", _O, "pair", 100, 8, 200),
    Item("OPA test strips", _O, "strip", 60, 2, 30),
)
LOCATIONS = (
    ("Main store", LocationKind.STORE),
    ("Preparation room", LocationKind.STORE),
    ("Room 1", LocationKind.ROOM),
    ("Room 2", LocationKind.ROOM),
    ("Room 3", LocationKind.ROOM),
    ("Trolley A", LocationKind.TROLLEY),
)
GUNS = (
    ("Electronic injector U", "EU-20417", 540, False),
    ("Electronic injector U", "EU-20418", 540, False),
    ("Electronic injector U", "EU-21102", 540, True),
    ("Pistor-type gun", "PG-0931", 180, False),
    ("Pistor-type gun", "PG-0944", 180, False),
    ("Pistor-type gun", "PG-1203", 180, False),
)
