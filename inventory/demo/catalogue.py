"""What the demo clinic keeps. Kinds and figures are real; makers, REFs and GTINs are not (GS1 demonstration prefix).

Opened lives: 28 days for a multi-dose vial (US Pharmacopeia usage), 24 h for a vial of one patient, 1 month for aqueous
povidone-iodine and 6 months for alcoholic ones (CHRISP, Queensland), 14 days for OPA 0.55 % in use (CDC 2008).
Contact times: 30 s for alcoholic chlorhexidine and 2 min for aqueous povidone-iodine on skin, 12 min for OPA 0.55 % at
20 C on instruments (FDA-cleared time, CDC 2008), 1 min for wipes on surfaces.
"""

from dataclasses import dataclass
from datetime import date

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
    skin_seconds: int | None = None
    gun_seconds: int | None = None
    surface_seconds: int | None = None
    maker: str = "Demo Medical"
    storage: str | None = "Dry, 10 to 30 C"
    agent: str | None = None
    concentration: str | None = None
    life: tuple[int, LifeUnit] | None = None
    strip: bool = False


def gtin(number: int, level: int = 0) -> str:
    """GTIN-14 of the demo's product `number`; `level` 0 is the single item, 1 its box, 2 a carton of ten boxes."""
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
        skin_seconds=30,
        life=(6, LifeUnit.MONTHS),
        storage="Below 25 C, away from flames",
        agent="Chlorhexidine digluconate",
        concentration="2 % in 70 % isopropanol",
    ),
    Item(
        "Povidone-iodine 10 %, 125 ml",
        _A,
        "bottle",
        10,
        2,
        4,
        skin_seconds=120,
        life=(1, LifeUnit.MONTHS),
        storage="Below 25 C",
        agent="Povidone-iodine",
        concentration="10 % in water",
    ),
    Item(
        "Alcohol pads 70 %",
        _A,
        "pack",
        10,
        3,
        5,
        skin_seconds=30,
        life=(6, LifeUnit.MONTHS),
        storage="Below 30 C, away from flames",
        agent="Isopropanol",
        concentration="70 %",
    ),
    Item(
        "OPA 0.55 %, 3.8 l",
        _D,
        "canister",
        4,
        6,
        4,
        gun_seconds=720,
        life=(14, LifeUnit.DAYS),
        strip=True,
        storage="15 to 30 C, in its own canister",
        agent="Ortho-phthalaldehyde",
        concentration="0.55 %",
    ),
    Item(
        "Surface wipes",
        _D,
        "tub",
        6,
        4,
        4,
        surface_seconds=60,
        life=(3, LifeUnit.MONTHS),
        agent="Quaternary ammonium compounds",
    ),
    Item(
        "Procaine 2 %, 5 ml vial",
        _I,
        "vial",
        50,
        3,
        40,
        life=(24, LifeUnit.HOURS),
        storage="Below 25 C, away from light",
        agent="Procaine hydrochloride",
        concentration="2 %",
    ),
    Item(
        "Lidocaine 1 %, 20 ml vial",
        _I,
        "vial",
        20,
        4,
        20,
        life=(28, LifeUnit.DAYS),
        storage="Below 25 C",
        agent="Lidocaine hydrochloride",
        concentration="1 %",
    ),
    Item(
        "Hyaluronic acid 1 %, 3 ml vial",
        _I,
        "vial",
        25,
        5,
        30,
        life=(24, LifeUnit.HOURS),
        storage="2 to 25 C, not frozen",
        agent="Sodium hyaluronate",
        concentration="1 %",
    ),
    Item("Syringe 5 ml", _O, "syringe", 100, 6, 150),
    Item("Gun spacer 4 mm, sterilisable", _P, "spacer", 10, 2, 4),
    Item("Gloves, nitrile M", _O, "pair", 100, 8, 200),
    Item("OPA test strips", _O, "strip", 60, 2, 30, life=(90, LifeUnit.DAYS)),
)
DOCUMENTS = (
    ("Chlorhexidine 2 % in 70 % alcohol, 250 ml", "3", date(2024, 5, 14)),
    ("OPA 0.55 %, 3.8 l", "5", date(2023, 2, 6)),
    ("OPA 0.55 %, 3.8 l", "6", date(2025, 9, 1)),
    ("Needle 30G x 4 mm", "2", date(2025, 1, 20)),
)
"""Instructions for use: product, version, date. Invented, as the makers are."""
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
