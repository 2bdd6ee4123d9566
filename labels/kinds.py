"""The kinds of label a clinic prints, as data. To add one, add an entry to `KINDS`.

None says that its content is sterile: whether a pack is, its record says. A pack made up in the clinic is no device
with a CE mark either, so no kind carries the marks for a medical device or a UDI (ISO 15223-1, 5.7.7 and 5.7.10).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from labels.layout import Label, Line
from labels.marks import Mark


class LabelKind(Enum):
    """`RECORD` is the peel-off double of a pack's label that goes into the patient's record."""

    PACK = "pack"
    RECORD = "record"
    LOT = "lot"
    CONTAINER = "container"
    GUN = "gun"
    PART = "part"
    ROOM = "room"
    BADGE = "badge"
    LOAD_SHEET = "load-sheet"


@dataclass(frozen=True, slots=True)
class Template:
    """What every label of a kind says: `title` where its thing has no name of its own, `marks`, and `note`."""

    title: str
    marks: tuple[Mark, ...] = ()
    note: str = ""


KINDS = {
    LabelKind.PACK: Template("Pack", marks=(Mark.DO_NOT_REUSE, Mark.DAMAGED)),
    LabelKind.RECORD: Template("Pack", note="Record"),
    LabelKind.LOT: Template("Lot"),
    LabelKind.CONTAINER: Template("Opened container", marks=(Mark.DAMAGED,)),
    LabelKind.GUN: Template("Gun"),
    LabelKind.PART: Template("Gun part"),
    LabelKind.ROOM: Template("Room", note="Scan on entering"),
    LabelKind.BADGE: Template("Badge", note="Keep it on you"),
    LabelKind.LOAD_SHEET: Template("Load of the steriliser"),
}


def label(
    kind: LabelKind | Template,
    address: str,
    code: str,
    name: str = "",
    lines: Iterable[str | Line] = (),
    note: str = "",
) -> Label:
    """A label of `kind`, or of one that is defined where it is used: `name` stands in place of the kind's title, `note`
    after the kind's own.
    """
    template = kind if isinstance(kind, Template) else KINDS[kind]
    notes = ". ".join(part for part in (template.note, note) if part)
    return Label(address, code, name or template.title, tuple(lines), notes, template.marks)
