"""Products, places and lots, made through the operations."""

from datetime import UTC, date, datetime, time
from itertools import count

from inventory.audit.actors import Actor
from inventory.clock import day_in
from inventory.stock import operations as stock
from inventory.stock.models import (
    CodeScheme,
    LifeUnit,
    Location,
    LocationKind,
    Lot,
    Product,
    ProductKind,
    TradeItem,
)

_numbers = count(1)


def make_product(
    by: Actor,
    now: datetime,
    *,
    name: str | None = None,
    kind: ProductKind = ProductKind.NEEDLE,
    base_unit: str = "needle",
    reference: str | None = None,
    reorder_point: int = 0,
    pins: int = 1,
    contact_seconds: int | None = None,
    opened_life: int | None = None,
    opened_life_unit: LifeUnit | None = None,
    needs_test_strip: bool = False,
) -> Product:
    return stock.add_product(
        by,
        now,
        name=name or f"Needle 30G x 4 mm no. {next(_numbers)}",
        kind=kind,
        base_unit=base_unit,
        reference=reference,
        reorder_point=reorder_point,
        pins=pins,
        contact_seconds=contact_seconds,
        opened_life=opened_life,
        opened_life_unit=opened_life_unit,
        needs_test_strip=needs_test_strip,
    )


def make_location(
    by: Actor, now: datetime, *, name: str | None = None, kind: LocationKind = LocationKind.STORE
) -> Location:
    return stock.add_location(name or f"{kind.value.capitalize()} no. {next(_numbers)}", kind, by, now)


def make_trade_item(
    by: Actor,
    now: datetime,
    *,
    product: Product | None = None,
    scheme: CodeScheme = CodeScheme.GTIN,
    code: str = "09521101530001",
    base_units: int = 100,
) -> TradeItem:
    """A package that scans as GTIN 09521101530001 (GS1's demonstration prefix) and holds 100."""
    return stock.add_trade_item(product or make_product(by, now), scheme, code, base_units, by, now)


def make_lot(
    by: Actor,
    now: datetime,
    *,
    product: Product | None = None,
    number: str | None = None,
    expires_on: date | None = date(2027, 12, 31),
    quantity: int = 100,
    location: Location | None = None,
) -> Lot:
    """A lot with `quantity` in stock. One that is expired at `now` was received on its last good day."""
    received_at = now
    if expires_on is not None and expires_on < day_in(by.time_zone, now):
        received_at = datetime.combine(expires_on, time(12), UTC)
    return stock.receive(
        product or make_product(by, now),
        number or f"A{next(_numbers):04d}",
        expires_on,
        quantity,
        location or make_location(by, now),
        by,
        received_at,
    )
