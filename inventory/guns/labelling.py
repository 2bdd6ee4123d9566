"""A gun's label."""

from inventory.disinfection.labelling import address_of
from inventory.guns.models import Gun
from labels import codes, kinds
from labels.codes import CodeKind
from labels.kinds import LabelKind
from labels.layout import Label, Line
from labels.marks import Mark


def label_of(gun: Gun, public_url: str) -> Label:
    return kinds.label(
        LabelKind.GUN,
        address_of(public_url, CodeKind.GUN, gun.code),
        codes.grouped(gun.code),
        gun.model,
        [Line(gun.serial_number, Mark.SERIAL)],
    )
