"""What a label can be printed of: kind -> the thing's label. To add a kind, add a function and its line in `SUBJECTS`;
its fixed words and marks may stand there as a `labels.kinds.Template`.

Packs are not among them: a pack's label changes the pack, and is printed under `pack_views`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from inventory.disinfection import labelling as containers
from inventory.disinfection.queries import container_of
from inventory.guns import labelling as guns
from inventory.guns.queries import gun_of
from inventory.packs.queries import packs_of_load, part_of
from inventory.sterilising.queries import load_of
from inventory.stock.models import CodeScheme, Lot
from inventory.stock.queries import location_of, lot_of, trade_items_of
from labels.codes import CodeKind, address, grouped
from labels.kinds import LabelKind, label
from labels.layout import Label, Line
from labels.marks import Mark


@dataclass(frozen=True)
class Subject:
    """A thing with its label; `page` is where it is looked up."""

    name: str
    label: Label


@dataclass(frozen=True)
class Place:
    """Where the labels lead, and the clinic they are of."""

    clinic_id: UUID
    public_url: str
    zone: str

    def url(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{path}"


def of_lot(place: Place, lot_id: UUID) -> Subject:
    """Its QR holds what a supplier's carton would, where the product has a GTIN, so that it is received by scan."""
    lot = lot_of(place.clinic_id, lot_id)
    until = [Line(lot.expires_on.isoformat(), Mark.USE_BY)] if lot.expires_on else []
    lines = [Line(lot.number, Mark.BATCH), *until]
    text = _element_string(lot) or place.url(f"/stock/lots/{lot.id}")
    return Subject(f"lot {lot.number}", label(LabelKind.LOT, text, "", lot.product.name, lines))


def of_container(place: Place, container_id: UUID) -> Subject:
    found = container_of(place.clinic_id, container_id)
    return Subject(found.lot.product.name, containers.label_of(found, place.public_url, place.zone))


def of_gun(place: Place, gun_id: UUID) -> Subject:
    found = gun_of(place.clinic_id, gun_id)
    return Subject(f"gun {found.serial_number}", guns.label_of(found, place.public_url))


def of_part(place: Place, part_id: UUID) -> Subject:
    part = part_of(place.clinic_id, part_id)
    where = urlsplit(place.public_url)
    lines = [Line(part.serial_number, Mark.SERIAL)]
    text = address(where.netloc, CodeKind.PART, part.code, scheme=where.scheme)
    return Subject(
        f"{part.name} {part.serial_number}", label(LabelKind.PART, text, grouped(part.code), part.name, lines)
    )


def of_room(place: Place, room_id: UUID) -> Subject:
    """Opened with a phone's own camera it begins a session in that room."""
    room = location_of(place.clinic_id, room_id)
    return Subject(room.name, label(LabelKind.ROOM, place.url(f"/sessions/new?room={room.id}"), "", room.name))


def of_load(place: Place, load_id: UUID) -> Subject:
    """For the load's printout. It says nothing of the decision, which the load's page shows."""
    load = load_of(place.clinic_id, load_id)
    packs = len(packs_of_load(place.clinic_id, load.id))
    lines = [f"LOAD {load.number}", load.programme, f"{packs} packs", f"Loaded by {load.loaded_by_name}"]
    return Subject(
        f"load {load.number}",
        label(LabelKind.LOAD_SHEET, place.url(f"/loads/{load.id}"), "", load.steriliser.name, lines),
    )


SUBJECTS: Mapping[str, Callable[[Place, UUID], Subject]] = {
    "lot": of_lot,
    "container": of_container,
    "gun": of_gun,
    "part": of_part,
    "room": of_room,
    "load": of_load,
}


def _element_string(lot: Lot) -> str:
    """GS1: (01) GTIN, (17) expiry, (10) lot last, as it needs no separator there. Empty without a GTIN."""
    gtin = next((item.code for item in trade_items_of(lot.product) if item.scheme is CodeScheme.GTIN), "")
    if not gtin:
        return ""
    expiry = f"17{lot.expires_on:%y%m%d}" if lot.expires_on else ""
    return f"01{gtin.zfill(14)}{expiry}10{lot.number}"
