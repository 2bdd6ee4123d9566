"""Why a step with a pack is refused. The codes of what may not be opened are verdicts'."""

from datetime import date, datetime
from uuid import UUID

from inventory.errors import DomainError, Invalid
from inventory.packs.models import Pack, Part
from inventory.sterilising.models import Load
from inventory.stock.models import Lot


class PackNotReleased(DomainError):
    code = "PACK_NOT_RELEASED"

    def __init__(self, pack: Pack, why: str) -> None:
        super().__init__(f"This pack is not released: {why}. Take a released one.")
        self.pack = pack


class PackDiscarded(DomainError):
    code = "PACK_NOT_RELEASED"

    def __init__(self, pack: Pack) -> None:
        super().__init__("This pack was discarded. Put it back among the discarded ones and take another.")
        self.pack = pack


class LoadRejected(DomainError):
    code = "LOAD_REJECTED"

    def __init__(self, pack: Pack, load: Load) -> None:
        super().__init__(f"Load {load.number} was rejected: this pack is not sterile. Bring it back.")
        self.pack = pack
        self.load = load


class PackRecalled(DomainError):
    code = "RECALLED"

    def __init__(self, pack: Pack) -> None:
        super().__init__("This pack was recalled. Put it aside, marked as recalled.")
        self.pack = pack


class PackExpired(DomainError):
    code = "EXPIRED"

    def __init__(self, pack: Pack, expired_on: date) -> None:
        super().__init__(f"This pack was to be used by {expired_on.isoformat()}. Discard it and take another.")
        self.pack = pack
        self.expired_on = expired_on


class AlreadyUsed(DomainError):
    """One needle, one patient, one session. `used_at` is when the other session opened it."""

    code = "ALREADY_USED"

    def __init__(self, pack: Pack, used_by_name: str, used_at: datetime, treatment_id: UUID, said_at: str) -> None:
        super().__init__(f"{used_by_name} opened this pack for another session at {said_at}. The label may be a copy.")
        self.pack = pack
        self.used_by_name = used_by_name
        self.used_at = used_at
        self.treatment_id = treatment_id


class ReasonMissing(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="reason")


class NothingToLabel(Invalid):
    def __init__(self) -> None:
        super().__init__("Choose at least one pack of this clinic to print a label for.", field="packs")


class NoSuchMakeUp(Invalid):
    pass


class NotPackable(Invalid):
    def __init__(self, lot: Lot) -> None:
        super().__init__(f"{lot.product.name} is a liquid: open it as a container instead.", field="lot")
        self.lot = lot


class UseByTooLate(Invalid):
    def __init__(self, lot: Lot, expires_on: date) -> None:
        super().__init__(
            f"Lot {lot.number} expires on {expires_on.isoformat()}: choose that day or an earlier one.",
            field="use_by",
        )
        self.lot = lot
        self.expires_on = expires_on


class LoadNotSterile(DomainError):
    """Nothing is put into a load that was rejected or recalled."""

    code = "LOAD_REJECTED"

    def __init__(self, load: Load) -> None:
        super().__init__(f"Load {load.number} is {load.state.value}. Choose another load.", field="load")
        self.load = load


class LoadTooEarly(DomainError):
    """The cycle had begun before what is in the pack was last used or taken apart: it was not in it."""

    def __init__(self, load: Load) -> None:
        super().__init__(
            f"Load {load.number} began before this pack was made up anew: it was not in it. Choose a later load.",
            field="packs",
        )
        self.load = load


class PartTaken(DomainError):
    def __init__(self, serial_number: str) -> None:
        super().__init__(f"A part with serial number {serial_number} is here already. Open it.", field="serial_number")
        self.serial_number = serial_number


class PartNotFree(DomainError):
    """It lies in another pack."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"{part.name} {part.serial_number} is in another pack. Take that apart first.", field="parts")
        self.part = part


class PartRetired(DomainError):
    def __init__(self, part: Part) -> None:
        super().__init__(f"{part.name} {part.serial_number} is retired. Choose another part.", field="parts")
        self.part = part


class PartWornOut(DomainError):
    """It went through as many cycles as its maker allows."""

    def __init__(self, part: Part) -> None:
        super().__init__(
            f"{part.name} {part.serial_number} went through {part.cycles} cycles, as many as its maker allows. "
            "Retire it and take another.",
            field="parts",
        )
        self.part = part


class NotSplittable(DomainError):
    """`why` ends the sentence."""

    def __init__(self, pack: Pack, why: str) -> None:
        super().__init__(f"This pack cannot be split: {why}.", field="count")
        self.pack = pack


class NotReusable(DomainError):
    """Single-use contents, or made up anew already."""

    def __init__(self, pack: Pack, why: str) -> None:
        super().__init__(f"This pack cannot be made up anew: {why}.")
        self.pack = pack
