"""What is signed with the approval of an order: each line with its packs and price, and the total."""

from inventory.purchasing.models import PurchaseOrder
from inventory.signatures.queries import signatures_of


def content_of(order: PurchaseOrder) -> dict[str, object] | None:
    """None where it was taken up again since it was approved."""
    if order.approved_at is None:
        return None
    rows = [
        {
            "product": line.product_id or line.product.id,
            "product_then": line.product.name,
            "reference": line.reference,
            "pack_units": line.pack_units,
            "packs": line.packs,
            "price": line.price,
        }
        for line in order.lines
        if line.packs
    ]
    return {
        "order": order.number,
        "supplier": order.supplier_id or order.supplier.id,
        "supplier_then": order.supplier.name,
        "currency": order.currency,
        "lines": sorted(rows, key=lambda row: str(row["product"])),
        "total": order.total,
    }


def approval_in_words(order: PurchaseOrder, time_zone: str) -> str:
    """Its newest signature as a line of its PDF; nothing before it is approved."""
    shown = signatures_of(order.clinic_id, {order.id: content_of(order)}).get(order.id, ())
    return shown[-1].in_words(time_zone) if shown and order.approved_at is not None else ""
