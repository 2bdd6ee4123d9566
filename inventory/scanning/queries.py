"""Any text from a scanner: what it is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.disinfection import queries as disinfection
from inventory.disinfection.models import Container
from inventory.errors import DomainError
from inventory.guns import queries as guns
from inventory.guns.models import Gun
from inventory.packs import queries as packs
from inventory.packs.models import Pack, Part
from inventory.stock import queries as stock
from inventory.stock.models import CodeScheme, Lot, Product
from labels import barcodes, codes
from labels.barcodes import SupplierCode, UnreadableBarcode
from labels.codes import CodeKind, OwnCode, UnreadableCode


class Unreadable(DomainError):
    code = "UNREADABLE"


class UnknownCode(DomainError):
    code = "UNKNOWN_CODE"


class LotUnread(DomainError):
    """The separator was lost and the lot swallowed what follows it."""

    code = "LOT_UNREAD"


class LabelVoid(DomainError):
    """The label was printed again since: what is scanned is the older one, or a copy of it."""

    code = "LABEL_VOID"

    def __init__(self, pack: Pack, scanned: int) -> None:
        newest = codes.grouped(pack.code, pack.label_copies)
        super().__init__(f"This label is void: the pack has a newer one, {newest}. Destroy this one.")
        self.pack = pack
        self.scanned = scanned


@dataclass(frozen=True)
class SupplierItem:
    """A supplier's barcode: its product, and its lot where the clinic keeps that lot."""

    scanned: SupplierCode
    product: Product
    lot: Lot | None


Found = Pack | Part | Gun | Container | SupplierItem


def resolve(text: str, clinic_id: UUID, today: date) -> Found:
    """What `text` stands for in this clinic.

    Raises `Unreadable`, `UnknownCode`, `LabelVoid` or `LotUnread`, each with a sentence. A label of another clinic is
    unknown here: its rows do not exist for this one.
    """
    if codes.looks_like_own(text):
        try:
            return _ours(codes.parse(text), clinic_id)
        except UnreadableCode as unreadable:
            raise Unreadable(str(unreadable)) from None
    try:
        scanned = barcodes.read(text, today=today)
    except UnreadableBarcode as unreadable:
        raise Unreadable(unreadable.sentence) from None
    return _suppliers(scanned, clinic_id)


def _ours(code: OwnCode, clinic_id: UUID) -> Found:
    if code.kind is CodeKind.BADGE:
        raise UnknownCode("This is a person's badge. Use it where the tablet asks who is at work.")
    found: Pack | Part | Gun | Container | None = None
    if code.kind in (CodeKind.PACK, None):
        pack = packs.pack_coded(clinic_id, code.code)
        if pack is not None and pack.label_copies and pack.label_copies != code.copy:
            raise LabelVoid(pack, code.copy)
        found = pack
    if found is None and code.kind in (CodeKind.PART, None):
        found = packs.part_coded(clinic_id, code.code)
    if found is None and code.kind in (CodeKind.CONTAINER, None):
        found = disinfection.container_coded(clinic_id, code.code)
    if found is None and code.kind in (CodeKind.GUN, None):
        found = guns.gun_coded(clinic_id, code.code)
    if found is None:
        raise UnknownCode(f"The label {codes.grouped(code.code)} is not known in this clinic.")
    return found


def _suppliers(scanned: SupplierCode, clinic_id: UUID) -> SupplierItem:
    if scanned.gtin:
        item = stock.trade_item_for(clinic_id, CodeScheme.GTIN, scanned.gtin)
    elif scanned.hibc_id:
        item = stock.trade_item_for(clinic_id, CodeScheme.HIBC, scanned.hibc_id)
    else:
        item = None
    if item is None:
        name = scanned.gtin or scanned.hibc_id or "without product"
        raise UnknownCode(f"The supplier's code {name} is not in this clinic's catalogue.")
    if scanned.lot_unread:
        raise LotUnread(f"The lot of {item.product.name} could not be told apart from what follows it.")
    lot = stock.lot_numbered(item.product, scanned.lot) if scanned.lot else None
    return SupplierItem(scanned, item.product, lot)
