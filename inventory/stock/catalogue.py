"""Changing the catalogue: products, their packages and documents, and where stock is kept."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Unpack

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import Invalid
from inventory.stock import kinds, trade_codes
from inventory.stock.checks import positive, reason_given, same_clinic
from inventory.stock.errors import CodeTaken, NameTaken, VersionKept
from inventory.stock.kinds import Details
from inventory.stock.models import (
    CodeScheme,
    Location,
    LocationKind,
    PackageLevel,
    Product,
    ProductDocument,
    ProductKind,
    TradeItem,
)


def add_product(by: Actor, now: datetime, *, kind: ProductKind, base_unit: str, **details: Unpack[Details]) -> Product:
    """Add a product to the catalogue. Raises `NameTaken` and, for what such a product cannot be, `Invalid`."""
    product = Product(
        clinic_id=by.clinic_id, name=_named(details["name"]), kind=kind, base_unit=_named(base_unit, "base_unit")
    )
    _set(product, details)
    _check(product)
    try:
        with db.session.begin_nested():
            db.session.add(product)
            record(by, "product.added", product, now=now)
    except IntegrityError:
        raise NameTaken("product", product.name) from None
    return product


def change_product(product: Product, reason: str, by: Actor, now: datetime, **details: Unpack[Details]) -> None:
    """Replace what is given; the record keeps old, new and why. Raises `ReasonMissing`, `NameTaken`, `Invalid`."""
    same_clinic(by, product)
    why = reason_given(reason)
    name = _named(details.get("name", product.name))
    try:
        with db.session.begin_nested():
            _set(product, details)
            product.name = name
            _check(product)
            record(by, "product.changed", product, now=now, reason=why)
    except IntegrityError:
        raise NameTaken("product", name) from None


def add_trade_item(
    product: Product,
    scheme: CodeScheme,
    code: str,
    base_units: int,
    by: Actor,
    now: datetime,
    *,
    level: PackageLevel | None = None,
) -> TradeItem:
    """Tell how many base units a scannable package holds. Raises `CodeTaken`, `UnusableCode`."""
    same_clinic(by, product)
    item = TradeItem(
        clinic_id=by.clinic_id,
        product=product,
        scheme=scheme,
        code=trade_codes.stored(scheme, code),
        base_units=positive(base_units),
        level=level or trade_codes.usual_level(base_units),
    )
    try:
        with db.session.begin_nested():
            db.session.add(item)
            record(by, "trade_item.added", item, now=now)
    except IntegrityError:
        raise CodeTaken(code) from None
    return item


def change_trade_item(
    item: TradeItem, level: PackageLevel, code: str, base_units: int, reason: str, by: Actor, now: datetime
) -> None:
    """Put right what a package is: its level, code or pieces; the record keeps old, new and why. What was booked
    before stays. Raises `ReasonMissing`, `CodeTaken`.
    """
    same_clinic(by, item)
    why = reason_given(reason)
    scheme = trade_codes.scheme_of(code)
    try:
        with db.session.begin_nested():
            item.scheme, item.code = scheme, trade_codes.stored(scheme, code)
            item.base_units, item.level = positive(base_units), level
            record(by, "trade_item.changed", item, now=now, reason=why)
    except IntegrityError:
        raise CodeTaken(code) from None


def add_document(
    product: Product, title: str, version: str, issued_on: date, reference: str, by: Actor, now: datetime
) -> ProductDocument:
    """Keep a version of a document of the product beside the earlier ones. Raises `VersionKept`."""
    same_clinic(by, product)
    document = ProductDocument(
        clinic_id=by.clinic_id,
        product_id=product.id,
        title=_named(title, "title"),
        version=_named(version, "version"),
        issued_on=issued_on,
        reference=_named(reference, "reference"),
        added_at=now,
        by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(document)
            record(by, "product_document.added", document, now=now)
    except IntegrityError:
        raise VersionKept(document.title, document.version) from None
    return document


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


def _set(product: Product, details: Mapping[str, object]) -> None:
    for attribute, value in details.items():
        if attribute != "name":
            setattr(product, attribute, value)


def _check(product: Product) -> None:
    """The limits the database holds too, said at their fields."""
    held = {name: getattr(product, name) for name in Details.__annotations__}
    for field, sentence in kinds.faults(product.kind, held):
        raise Invalid(sentence, field=field)
