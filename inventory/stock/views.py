"""The stock's pages: `receiving_views`, `catalogue_views` and `lot_views` together."""

from inventory.stock import catalogue_views, lot_views, receiving_views
from inventory.stock.blueprint import blueprint

__all__ = ["blueprint", "catalogue_views", "lot_views", "receiving_views"]
