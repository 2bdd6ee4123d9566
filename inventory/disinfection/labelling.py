"""A container's label."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from inventory.disinfection.lifetimes import ends_with_a_day, last_day
from inventory.disinfection.models import Container
from labels import codes, kinds
from labels.codes import CodeKind
from labels.kinds import LabelKind
from labels.layout import Label, Line
from labels.marks import Mark


def label_of(container: Container, public_url: str, zone: str) -> Label:
    """Dates are the clinic's days, in ISO order."""
    opened_on = container.opened_at.astimezone(ZoneInfo(zone)).date().isoformat()
    if ends_with_a_day(container.usable_until, zone):
        until = last_day(container.usable_until, zone).isoformat()
    else:
        until = container.usable_until.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return kinds.label(
        LabelKind.CONTAINER,
        address_of(public_url, CodeKind.CONTAINER, container.code),
        codes.grouped(container.code),
        container.lot.product.name,
        [Line(container.lot.number, Mark.BATCH), Line(until, Mark.USE_BY)],
        f"Opened {opened_on}",
    )


def address_of(public_url: str, kind: CodeKind, code: str) -> str:
    """What the QR holds, leading to the clinic's own server."""
    url = urlsplit(public_url)
    return codes.address(url.netloc, kind, code, scheme=url.scheme)
