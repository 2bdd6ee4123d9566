"""Packs as labels: the only bridge from rows to `labels`."""

from urllib.parse import urlsplit

from inventory.packs.lifecycle import NO_DATE
from inventory.packs.models import Pack, PackContent
from inventory.sterilising.models import LoadState
from inventory.stock.models import ProductKind
from labels import kinds
from labels.codes import CodeKind, address, grouped
from labels.kinds import LabelKind
from labels.layout import Label, Line
from labels.marks import Mark


def label_of(pack: Pack, public_url: str, copy: int | None = None, kind: LabelKind = LabelKind.PACK) -> Label:
    """The label of one pack, or its double for the patient's record. `copy` None: its newest label.

    Its QR leads to the pack's page on `public_url` and tells which copy it is: a reprint voids the label before it.
    What was not released yet bears no date that could be taken for a promise of sterility.
    """
    where = urlsplit(public_url)
    number = max(1, pack.label_copies) if copy is None else copy
    lots = [Line(content.lot.number, Mark.BATCH) for content in pack.contents]
    return kinds.label(
        kind,
        address(where.netloc, CodeKind.PACK, pack.code, scheme=where.scheme or "https", copy=number),
        grouped(pack.code, number),
        ", ".join([f"{content.quantity} x {said(content)}" for content in pack.contents] or _parts(pack)),
        [*lots, *_dates(pack)],
        "" if pack.needs_load and not _is_released(pack) else f"Copy {number}" if number > 1 else "",
    )


def _dates(pack: Pack) -> list[str | Line]:
    if pack.needs_load and not _is_released(pack):
        return ["Not sterile before its release"]
    until = "Until opened or damaged" if pack.use_by == NO_DATE else Line(pack.use_by.isoformat(), Mark.USE_BY)
    return [until] if pack.load is None else [until, f"LOAD {pack.load.number}"]


def _is_released(pack: Pack) -> bool:
    return pack.load is not None and pack.load.state is LoadState.RELEASED


def _parts(pack: Pack) -> list[str]:
    return [f"{held.part.name} {held.part.serial_number}" for held in pack.parts]


def said(content: PackContent) -> str:
    """`30G x 4 mm` for a single needle of known size, else the product's name."""
    product = content.lot.product
    sizes = (product.needle_gauge, product.needle_length_mm)
    if product.kind is ProductKind.NEEDLE and product.pins == 1 and None not in sizes:
        return f"{sizes[0]}G x {sizes[1]} mm"
    return product.name
