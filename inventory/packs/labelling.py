"""Packs as labels: the only bridge from rows to `labels`."""

from collections.abc import Sequence
from io import BytesIO
from urllib.parse import urlsplit

from inventory.errors import Invalid
from inventory.packs.models import Pack, PackContent
from inventory.stock.models import ProductKind
from labels import layout
from labels.codes import CodeKind, address, grouped
from labels.layout import Label, LabelTooSmall, StartOutOfRange
from labels.media import MEDIA, Medium
from labels.pdf import NothingToPrint, write_pdf
from labels.qr import Unencodable

USUAL = "avery-l7160"


def label_of(pack: Pack, public_url: str, copy: int | None = None) -> Label:
    """The label of one pack; its QR leads to the pack's page on `public_url`. `copy` None: its newest label."""
    where = urlsplit(public_url)
    number = pack.label_copies if copy is None else copy
    lines = [*(f"LOT {content.lot.number}" for content in pack.contents), f"USE BY {pack.use_by.isoformat()}"]
    if pack.load is not None:
        lines.append(f"LOAD {pack.load.number}")
    return Label(
        address(where.netloc, CodeKind.PACK, pack.code, scheme=where.scheme or "https"),
        grouped(pack.code),
        ", ".join(f"{content.quantity} x {said(content)}" for content in pack.contents),
        tuple(lines),
        f"Copy {number}. Do not use if damaged" if number > 1 else "Do not use if damaged",
    )


def said(content: PackContent) -> str:
    """`30G x 4 mm` for a single needle of known size, else the product's name."""
    product = content.lot.product
    sizes = (product.needle_gauge, product.needle_length_mm)
    if product.kind is ProductKind.NEEDLE and product.pins == 1 and None not in sizes:
        return f"{sizes[0]}G x {sizes[1]} mm"
    return product.name


def medium_named(key: str) -> Medium:
    """Raises `Invalid`."""
    if key not in MEDIA:
        raise Invalid("There is no such label sheet. Choose one from the list.", field="medium")
    return MEDIA[key]


def check_fit(labels: Sequence[Label], medium: Medium, start: int) -> None:
    """Whether all of `labels` can be printed, without drawing them: those alike but for their code fit alike.

    Raises `Invalid`.
    """
    alike = {(label.title, label.lines, label.note): label for label in labels}
    try:
        layout.place((), medium, start)
        for label in alike.values():
            layout.face(label, medium)
    except (StartOutOfRange, LabelTooSmall, Unencodable) as unfit:
        raise _unfit(unfit) from None


def sheets(labels: Sequence[Label], medium: Medium, start: int) -> bytes:
    """The PDF of `labels`, from label `start` of the first sheet on. Raises `Invalid`."""
    out = BytesIO()
    try:
        write_pdf(labels, medium, out, start=start)
    except (StartOutOfRange, LabelTooSmall, Unencodable, NothingToPrint) as unfit:
        raise _unfit(unfit) from None
    return out.getvalue()


def _unfit(reason: ValueError) -> Invalid:
    return Invalid(str(reason), field="start" if isinstance(reason, StartOutOfRange) else "medium")
