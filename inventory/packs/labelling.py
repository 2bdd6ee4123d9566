"""Packs as labels: the only bridge from rows to `labels`."""

from urllib.parse import urlsplit

from inventory.packs.models import Pack
from labels.codes import CodeKind, address, grouped
from labels.layout import Label


def label_of(pack: Pack, public_url: str) -> Label:
    """The label of one pack; its QR leads to the pack's page on `public_url`."""
    where = urlsplit(public_url)
    contents = ", ".join(f"{content.quantity} x {content.lot.product.name}" for content in pack.contents)
    lots = " ".join(content.lot.number for content in pack.contents)
    lines = [f"LOT {lots}", f"USE BY {pack.use_by.isoformat()}"]
    if pack.load is not None:
        lines.append(f"LOAD {pack.load.number}")
    copy = f"Copy {pack.label_copies}. " if pack.label_copies > 1 else ""
    return Label(
        address(where.netloc, CodeKind.PACK, pack.code, scheme=where.scheme or "https"),
        grouped(pack.code),
        contents,
        tuple(lines),
        f"{copy}Do not use if damaged",
    )
