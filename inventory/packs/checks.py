"""What every change of a pack checks first. Pure."""

from inventory.audit.actors import Actor
from inventory.errors import NotHere
from inventory.packs.models import Pack
from inventory.sterilising.models import Load
from inventory.stock.models import Lot


def same_clinic(by: Actor, *rows: Pack | Load | Lot) -> None:
    """Raises `NotHere` for a row of another clinic."""
    if any(row.clinic_id != by.clinic_id for row in rows):
        raise NotHere("This is not kept in your clinic. Scan it again, or look it up among the packs.")
