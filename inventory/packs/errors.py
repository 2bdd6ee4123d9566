"""Why a pack is refused. Each code is a verdict's."""

from datetime import date, datetime
from uuid import UUID

from inventory.errors import DomainError, Invalid
from inventory.packs.models import Pack


class PackNotReleased(DomainError):
    code = "PACK_NOT_RELEASED"


class LoadRejected(DomainError):
    code = "LOAD_REJECTED"


class PackRecalled(DomainError):
    code = "RECALLED"


class PackDiscarded(DomainError):
    code = "PACK_NOT_RELEASED"


class PackExpired(DomainError):
    code = "EXPIRED"

    def __init__(self, pack: Pack, expired_on: date) -> None:
        super().__init__(f"This pack was to be used by {expired_on.isoformat()}.")
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


class PackGone(DomainError):
    def __init__(self, pack: Pack, step: str) -> None:
        super().__init__(f"This pack is {pack.state.value.replace('_', ' ')} and cannot be {step}.")


class NoSuchMakeUp(Invalid):
    pass


class UseByTooLate(Invalid):
    def __init__(self, lot_number: str, expires_on: date) -> None:
        super().__init__(
            f"Lot {lot_number} expires on {expires_on.isoformat()}: the pack cannot be good for longer.",
            field="use_by",
        )
