"""The catalogue as a file that can be imported again."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.stock.catalogue_columns import GUARDED, HEADER, OF_PACKAGE, OF_PRODUCT, shown
from inventory.stock.models import Product, TradeItem
from inventory.tables.csv_export import csv_chunks
from inventory.tables.xlsx_export import xlsx_bytes

_FIELDS: tuple[Any, ...] = (
    *(getattr(Product, column.field) for column in OF_PRODUCT),
    *(getattr(TradeItem, column.field) for column in OF_PACKAGE),
)
MARK = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for Windows-1252."""


def catalogue_rows(clinic_id: UUID) -> Iterator[list[object]]:
    """A row a package, or a product without one, by name and from the smallest package on."""
    query = (
        select(*_FIELDS)
        .select_from(Product)
        .outerjoin(TradeItem, (TradeItem.product_id == Product.id) & (TradeItem.clinic_id == Product.clinic_id))
        .where(Product.clinic_id == clinic_id)
        .order_by(Product.name, TradeItem.base_units, TradeItem.code)
        .execution_options(yield_per=1000)
    )
    for row in db.session.execute(query):
        yield [shown(value) for value in row]


def as_csv(clinic_id: UUID) -> Iterator[bytes]:
    yield MARK
    for chunk, _rows in csv_chunks(HEADER, catalogue_rows(clinic_id), GUARDED):
        yield chunk


def as_xlsx(clinic_id: UUID) -> bytes:
    return xlsx_bytes("Catalogue", HEADER, catalogue_rows(clinic_id), GUARDED)
