"""What is asked of a product of each kind, and within which limits. Pure."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

from inventory.stock.models import LARGEST_QUANTITY, LifeUnit, Product, ProductKind

SECONDS_A_DAY = 86_400
LONGEST_TEXT = 200
_WET = frozenset({ProductKind.DISINFECTANT, ProductKind.ANTISEPTIC})
_MIXED = _WET | {ProductKind.INJECTABLE}
BELONGS: Mapping[str, frozenset[ProductKind]] = {
    "needle_gauge": frozenset({ProductKind.NEEDLE}),
    "needle_length_mm": frozenset({ProductKind.NEEDLE}),
    "pins": frozenset({ProductKind.NEEDLE}),
    "agent": _MIXED,
    "concentration": _MIXED,
    "contact_seconds": _WET,
    "skin_contact_seconds": frozenset({ProductKind.ANTISEPTIC}),
    "gun_contact_seconds": frozenset({ProductKind.DISINFECTANT}),
    "surface_contact_seconds": frozenset({ProductKind.DISINFECTANT}),
    "opened_life": _MIXED | {ProductKind.OTHER},
    "opened_life_unit": _MIXED | {ProductKind.OTHER},
    "needs_test_strip": frozenset({ProductKind.DISINFECTANT}),
}
"""The kinds an attribute is asked of; an attribute that is not listed belongs to all. Strips in a tub have an opened
life too."""
NOTHING: Mapping[str, object] = {"pins": 1, "needs_test_strip": False}
"""What an attribute holds that does not apply, where that is not None."""
BOUNDS: Mapping[str, tuple[int, int]] = {
    "reorder_point": (0, LARGEST_QUANTITY),
    "pins": (1, 100),
    "needle_gauge": (10, 40),
    "needle_length_mm": (1, 200),
    "contact_seconds": (0, SECONDS_A_DAY),
    "skin_contact_seconds": (0, SECONDS_A_DAY),
    "gun_contact_seconds": (0, SECONDS_A_DAY),
    "surface_contact_seconds": (0, SECONDS_A_DAY),
    "opened_life": (1, 1000),
}


class Details(TypedDict, total=False):
    """What of a product may be changed later. Kind and base unit may not: what was booked is counted in them."""

    name: str
    manufacturer: str | None
    reference: str | None
    storage: str | None
    reorder_point: int
    needle_gauge: int | None
    needle_length_mm: int | None
    pins: int
    agent: str | None
    concentration: str | None
    contact_seconds: int | None
    skin_contact_seconds: int | None
    gun_contact_seconds: int | None
    surface_contact_seconds: int | None
    opened_life: int | None
    opened_life_unit: LifeUnit | None
    needs_test_strip: bool
    active: bool


BLANK: Mapping[str, object] = {**dict.fromkeys(Details.__annotations__), **NOTHING, "reorder_point": 0, "active": True}
"""What a product holds of which nothing is known but its name."""


def asked_of(kind: ProductKind, attribute: str) -> bool:
    return attribute not in BELONGS or kind in BELONGS[attribute]


def faults(kind: ProductKind, held: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(attribute, sentence) for everything in `held` that no product of this kind can be."""
    if (held.get("opened_life") is None) != (held.get("opened_life_unit") is None):
        yield "opened_life", "Give the opened life as a number and its unit, or neither."
    for field, value in held.items():
        if value != NOTHING.get(field) and not asked_of(kind, field):
            yield field, f"This is not asked of a product of the kind {said(kind)}. Leave it out."
        elif field in BOUNDS and isinstance(value, int) and not BOUNDS[field][0] <= value <= BOUNDS[field][1]:
            yield field, f"Type a whole number from {BOUNDS[field][0]} to {BOUNDS[field][1]:,}."
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            yield field, f"At most {LONGEST_TEXT} characters fit here. Shorten it."


def said(kind: ProductKind) -> str:
    return kind.value.replace("_", " ")


def in_words(product: Product) -> str:
    """What tells one product of a kind from another: "30G x 4 mm, 5 pins", "2 %, skin 30 s, open 6 months"."""
    sizes = (f"{product.needle_gauge}G" if product.needle_gauge else "", _millimetres(product.needle_length_mm))
    return ", ".join(
        part
        for part in (
            " x ".join(size for size in sizes if size),
            f"{product.pins} pins" if product.pins > 1 else "",
            " ".join(part for part in (product.agent, product.concentration) if part),
            *(f"{place} {seconds} s" for place, seconds in contact_times(product)),
            f"open {product.opened_life} {product.opened_life_unit}" if product.opened_life else "",
        )
        if part
    )


def facts_of(product: Product) -> list[tuple[str, object]]:
    """What is known of it, label by label; what its kind is not asked for is left out."""
    seconds = {place: f"{seconds} s" for place, seconds in contact_times(product)}
    life = f"{product.opened_life} {product.opened_life_unit}" if product.opened_life else None
    facts = (
        ("name", "Kind", said(product.kind)),
        ("name", "Counted in", product.base_unit),
        ("name", "Manufacturer", product.manufacturer),
        ("name", "REF", product.reference),
        ("name", "To be kept", product.storage),
        ("name", "Order again at", f"{product.reorder_point:,}".replace(",", "\u202f")),
        ("needle_gauge", "Gauge", product.needle_gauge),
        ("needle_length_mm", "Length", _millimetres(product.needle_length_mm)),
        ("pins", "Pins", product.pins),
        ("agent", "Active agent", product.agent),
        ("concentration", "Concentration", product.concentration),
        ("contact_seconds", "Contact time", seconds.get("contact")),
        ("skin_contact_seconds", "Contact time on skin", seconds.get("skin")),
        ("gun_contact_seconds", "Contact time on guns", seconds.get("guns")),
        ("surface_contact_seconds", "Contact time on surfaces", seconds.get("surfaces")),
        ("opened_life", "Usable after opening", life),
        ("needs_test_strip", "Test strip", "before each use" if product.needs_test_strip else "not needed"),
    )
    return [(label, value or "-") for field, label, value in facts if asked_of(product.kind, field)]


def contact_times(product: Product) -> list[tuple[str, int]]:
    """(what it acts on, seconds), as given by the manufacturer; "contact" stands for all that is not named."""
    given = (
        ("contact", product.contact_seconds),
        ("skin", product.skin_contact_seconds),
        ("guns", product.gun_contact_seconds),
        ("surfaces", product.surface_contact_seconds),
    )
    return [(place, seconds) for place, seconds in given if seconds is not None]


def _millimetres(length: int | None) -> str:
    return f"{length} mm" if length else ""
