"""The stock's pages: a delivery, the catalogue and its import, a product's packages and documents, a lot."""

from inventory.stock import catalogue_views, import_views, lot_views, product_views, receiving_views
from inventory.stock.blueprint import blueprint

__all__ = ["blueprint", "catalogue_views", "import_views", "lot_views", "product_views", "receiving_views"]
