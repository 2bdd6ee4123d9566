"""Changing the catalogue: products, their packages, and where stock is kept."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import Invalid
from inventory.stock import trade_codes
from inventory.stock.checks import positive, same_clinic
from inventory.stock.errors import CodeTaken, NameTaken
from inventory.stock.models import (
    LARGEST_QUANTITY,
    CodeScheme,
    LifeUnit,
    Location,
    LocationKind,
    Product,
    ProductKind,
    TradeItem,
)

SECONDS_A_DAY = 86_400


def add_product(
    by: Actor,
    now: datetime,
    *,
    name: str,
    kind: ProductKind,
    base_unit: str,
    reference: str | None = None,
    reorder_point: int = 0,
    needle_gauge: int | None = None,
    needle_length_mm: int | None = None,
    pins: int = 1,
    contact_seconds: int | None = None,
    opened_life: int | None = None,
    opened_life_unit: LifeUnit | None = None,
    needs_test_strip: bool = False,
) -> Product:
    """Add a product to the catalogue. Raises `NameTaken` and, for an impossible figure, `Invalid`."""
    product = Product(
        clinic_id=by.clinic_id,
        name=_named(name),
        kind=kind,
        base_unit=_named(base_unit, "base_unit"),
        reference=reference or None,
        reorder_point=reorder_point,
        needle_gauge=needle_gauge,
        needle_length_mm=needle_length_mm,
        pins=pins,
        contact_seconds=contact_seconds,
        opened_life=opened_life,
        opened_life_unit=opened_life_unit,
        needs_test_strip=needs_test_strip,
    )
    _check(product)
    try:
        with db.session.begin_nested():
            db.session.add(product)
            record(by, "product.added", product, now=now)
    except IntegrityError:
        raise NameTaken("product", name) from None
    return product


def change_product(
    product: Product,
    by: Actor,
    now: datetime,
    *,
    name: str,
    reference: str | None,
    reorder_point: int,
    needle_gauge: int | None,
    needle_length_mm: int | None,
    pins: int,
    contact_seconds: int | None,
    opened_life: int | None,
    opened_life_unit: LifeUnit | None,
    needs_test_strip: bool,
    active: bool,
) -> None:
    """Replace what may change. Kind and base unit may not: what was booked is counted in them."""
    same_clinic(by, product)
    try:
        with db.session.begin_nested():
            product.name = _named(name)
            product.reference = reference or None
            product.reorder_point = reorder_point
            product.needle_gauge = needle_gauge
            product.needle_length_mm = needle_length_mm
            product.pins = pins
            product.contact_seconds = contact_seconds
            product.opened_life = opened_life
            product.opened_life_unit = opened_life_unit
            product.needs_test_strip = needs_test_strip
            product.active = active
            _check(product)
            record(by, "product.changed", product, now=now)
    except IntegrityError:
        raise NameTaken("product", name) from None


def add_trade_item(
    product: Product, scheme: CodeScheme, code: str, base_units: int, by: Actor, now: datetime
) -> TradeItem:
    """Tell how many base units a scannable package holds. Raises `CodeTaken`, `UnusableCode`."""
    same_clinic(by, product)
    item = TradeItem(
        clinic_id=by.clinic_id,
        product=product,
        scheme=scheme,
        code=trade_codes.stored(scheme, code),
        base_units=positive(base_units),
    )
    try:
        with db.session.begin_nested():
            db.session.add(item)
            record(by, "trade_item.added", item, now=now)
    except IntegrityError:
        raise CodeTaken(code) from None
    return item


def add_location(name: str, kind: LocationKind, by: Actor, now: datetime) -> Location:
    """Add a store or a treatment room. Raises `NameTaken`."""
    location = Location(clinic_id=by.clinic_id, name=_named(name), kind=kind)
    try:
        with db.session.begin_nested():
            db.session.add(location)
            record(by, "location.added", location, now=now)
    except IntegrityError:
        raise NameTaken("location", name) from None
    return location


def _named(text: str, field: str = "name") -> str:
    if not text.strip():
        raise Invalid("Type a name.", field=field)
    return text.strip()


def _check(product: Product) -> None:
    """The limits the database holds too, said at their fields."""
    bounds = (
        ("reorder_point", product.reorder_point, 0, LARGEST_QUANTITY),
        ("pins", product.pins, 1, 100),
        ("needle_gauge", product.needle_gauge, 10, 40),
        ("needle_length_mm", product.needle_length_mm, 1, 200),
        ("contact_seconds", product.contact_seconds, 0, SECONDS_A_DAY),
        ("opened_life", product.opened_life, 1, 1000),
    )
    for field, value, least, most in bounds:
        if value is not None and not least <= value <= most:
            raise Invalid(f"Type a whole number from {least} to {most:,}.", field=field)
    if (product.opened_life is None) != (product.opened_life_unit is None):
        raise Invalid("Give the opened life as a number and its unit, or neither.", field="opened_life")
