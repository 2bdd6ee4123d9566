"""What every change of a pack checks first. Pure."""

from inventory.audit.actors import Actor
from inventory.errors import DomainError, NotHere
from inventory.packs.models import Pack
from inventory.sterilising.models import Load
from inventory.stock.models import Lot


class PackHeld(DomainError):
    def __init__(self) -> None:
        super().__init__("A session's use of this pack was taken back. First a manager releases it, or discards it.")


def check_not_held(pack: Pack) -> None:
    """Raises `PackHeld`."""
    if pack.held_at is not None:
        raise PackHeld


def same_clinic(by: Actor, *rows: Pack | Load | Lot) -> None:
    """Raises `NotHere` for a row of another clinic."""
    if any(row.clinic_id != by.clinic_id for row in rows):
        raise NotHere("This is not kept in your clinic. Scan it again, or look it up among the packs.")
