"""The stock's pages: a delivery, the catalogue and its import, products, lots, places and what is missing on them."""

from inventory.stock import catalogue_views, import_views, lot_views, product_views, receiving_views, shelf_views
from inventory.stock.blueprint import blueprint

__all__ = [
    "blueprint",
    "catalogue_views",
    "import_views",
    "lot_views",
    "product_views",
    "receiving_views",
    "shelf_views",
]
