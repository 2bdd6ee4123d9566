"""Refusals of holds, terms and erasure."""

from inventory.errors import DomainError, Invalid, NotHere
from inventory.keeping.models import LegalHold


class TermTooShort(Invalid):
    def __init__(self, what: str, least: int) -> None:
        super().__init__(
            f"{what} are kept {least} days at least. Type {least} or more; nothing was changed.", field="days"
        )
        self.least = least


class TermAsBefore(Invalid):
    def __init__(self, days: int) -> None:
        super().__init__(f"The term is {days} days already. Type another one, or leave it.", field="days")


class NothingToHold(NotHere):
    def __init__(self, kind: str, number: str) -> None:
        super().__init__(
            f"There is no {kind} {number} in your clinic. Look it up and type its number again.", field="what"
        )


class AlreadyHeld(DomainError):
    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is held already. See the list of holds.", field="what")


class AlreadyLifted(DomainError):
    def __init__(self) -> None:
        super().__init__("This hold was lifted already. Open the page again.")


class NamesPatient(Invalid):
    """The reason repeats the reference, and the record would keep it for ever."""

    def __init__(self) -> None:
        super().__init__(
            "The reason stays in the record for ever: write it without the patient's reference.", field="reason"
        )


class AlreadyErased(DomainError):
    def __init__(self) -> None:
        super().__init__("The reference of this session was erased already. Nothing was changed.")


class PatientInTreatment(DomainError):
    def __init__(self, number: int) -> None:
        super().__init__(f"Session {number} of this patient is still open. Close it first; nothing was erased.")
        self.number = number


class Held(DomainError):
    """A legal hold covers it."""

    def __init__(self, hold: LegalHold) -> None:
        super().__init__(
            f"{hold.label} is under a legal hold by {hold.placed_by_name} ({hold.reason}). Nothing is erased until an "
            "administrator lifts it."
        )
        self.hold = hold
