"""A gun's label."""

from inventory.disinfection.labelling import address_of
from inventory.guns.models import Gun
from labels import codes
from labels.codes import CodeKind
from labels.layout import Label


def label_of(gun: Gun, public_url: str) -> Label:
    return Label(
        address=address_of(public_url, CodeKind.GUN, gun.code),
        code=codes.grouped(gun.code),
        title=gun.model,
        lines=(f"SN {gun.serial_number}",),
    )
