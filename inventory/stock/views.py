"""The stock's pages: `receiving_views`, `catalogue_views`, `lot_views` and `shelf_views` together."""

from inventory.stock import catalogue_views, lot_views, receiving_views, shelf_views
from inventory.stock.blueprint import blueprint

__all__ = ["blueprint", "catalogue_views", "lot_views", "receiving_views", "shelf_views"]
