"""Why a session refuses a step."""

from inventory.errors import DomainError, Invalid
from inventory.sessions.models import TreatmentSession, TreatmentState


class NotSettingUp(DomainError):
    def __init__(self, treatment: TreatmentSession) -> None:
        super().__init__(f"Session {treatment.number} is {treatment.state.value}; this belongs to its setup.")


class NotRunning(DomainError):
    def __init__(self, treatment: TreatmentSession) -> None:
        advice = {
            TreatmentState.SETUP: "Start it first.",
            TreatmentState.CLOSED: "It is closed; open a new session.",
            TreatmentState.ABANDONED: "It was abandoned; open a new session.",
        }.get(treatment.state, "")
        super().__init__(f"Session {treatment.number} is not running. {advice}".strip())


class SessionOver(DomainError):
    def __init__(self, treatment: TreatmentSession) -> None:
        super().__init__(f"Session {treatment.number} is {treatment.state.value}. Open a new session.")


class SetupIncomplete(DomainError):
    """Things still missing before the first puncture, in the words of the setup list."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"Not ready yet: scan {' and '.join(missing)} first.")
        self.missing = missing


class WrongThing(DomainError):
    code = "WRONG_THING"


class PackFinished(DomainError):
    """Every needle of a pack opened for this very session has been fitted: scanned again it changes nothing."""

    code = "ALREADY_COUNTED"


class OverrideRefused(DomainError):
    code = "NOT_ALLOWED"
    status = 403


class BadArea(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="area_cm2")


class CoveredTwice(Invalid):
    """Two regions of a session lie on the same skin, such as the whole face and the forehead."""

    def __init__(self, whole: str, part: str) -> None:
        super().__init__(f"{whole} covers {part}: the same skin would count twice. Choose one of the two.")
        self.whole = whole
        self.part = part


class AreasChanged(DomainError):
    """Somebody else changed the areas while they were being chosen."""

    def __init__(self, now_there: list[str]) -> None:
        there = "; ".join(now_there) or "no region"
        super().__init__(f"The areas were changed meanwhile. Now there: {there}. Check the map and save again.")


class BadReference(Invalid):
    """The patient's reference looks like a name, a birth date or a contact."""

    def __init__(self) -> None:
        super().__init__(
            "Use the clinic's own case number: letters and digits, no name, no birth date, no phone or mail.",
            field="patient_reference",
        )
