"""A container's label, and one label as a sheet to print."""

from io import BytesIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from inventory.disinfection.lifetimes import ends_with_a_day, last_day
from inventory.disinfection.models import Container
from inventory.errors import Invalid
from labels import codes
from labels.codes import CodeKind
from labels.layout import Label, StartOutOfRange
from labels.media import MEDIA
from labels.pdf import write_pdf

SHEET = MEDIA["avery-l7160"]
"""21 labels of 63.5 x 38.1 mm on A4: large enough for a QR that a gloved hand can aim at."""


def label_of(container: Container, public_url: str, zone: str) -> Label:
    """Dates are the clinic's days, in ISO order."""
    opened_on = container.opened_at.astimezone(ZoneInfo(zone)).date().isoformat()
    if ends_with_a_day(container.usable_until, zone):
        until = last_day(container.usable_until, zone).isoformat()
    else:
        until = container.usable_until.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return Label(
        address=address_of(public_url, CodeKind.CONTAINER, container.code),
        code=codes.grouped(container.code),
        title=container.lot.product.name,
        lines=(f"Lot {container.lot.number}", f"Until {until}"),
        note=f"Opened {opened_on}",
    )


def address_of(public_url: str, kind: CodeKind, code: str) -> str:
    """What the QR holds, leading to the clinic's own server."""
    url = urlsplit(public_url)
    return codes.address(url.netloc, kind, code, scheme=url.scheme)


def sheet_with(label: Label, start: int) -> bytes:
    """A PDF with `label` at place `start` of the sheet, counted from 1. Raises `Invalid`."""
    out = BytesIO()
    try:
        write_pdf([label], SHEET, out, start=start)
    except StartOutOfRange as outside:
        raise Invalid(str(outside)) from None
    return out.getvalue()
