"""Purchasing's pages: the desk, what to order, orders, receiving, suppliers and booked sessions together."""

from inventory.purchasing import booking_views, desk_views, order_views, receiving_views, supplier_views
from inventory.purchasing.blueprint import blueprint

__all__ = ["blueprint", "booking_views", "desk_views", "order_views", "receiving_views", "supplier_views"]
