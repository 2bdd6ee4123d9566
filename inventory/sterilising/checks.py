"""What every change of sterilisers and loads checks first. Pure."""

from inventory.audit.actors import Actor
from inventory.errors import NotHere
from inventory.sterilising.models import BiologicalIndicator, Load, Programme, Steriliser


def same_clinic(by: Actor, *rows: Steriliser | Programme | Load | BiologicalIndicator) -> None:
    """Raises `NotHere` for a row of another clinic."""
    if any(row.clinic_id != by.clinic_id for row in rows):
        raise NotHere("This is not kept in your clinic. Look it up among the loads.")
