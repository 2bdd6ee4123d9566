"""What is refused about sterilisers and loads, each with its facts."""

from collections.abc import Sequence

from inventory.errors import DomainError, Invalid
from inventory.sterilising.models import Load
from inventory.sterilising.release import Against, LoadState, Reason


class NameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"A steriliser named {name} is here already. Choose another name.", field="name")
        self.name = name


class LoadTimesWrong(Invalid):
    def __init__(self) -> None:
        super().__init__("A cycle ends after it starts, and not in the future. Correct the times.", field="ended_at")


class LoadDecided(DomainError):
    """`wanted` cannot follow the load's state."""

    code = "LOAD_DECIDED"

    def __init__(self, load: Load, wanted: LoadState) -> None:
        super().__init__(
            f"Load {load.number} is {load.state.value} and cannot become {wanted.value}. Open its page again.",
            field="decision",
        )
        self.load = load
        self.wanted = wanted


class NotReleasable(DomainError):
    """`reasons` are all that speak against it; a subclass names the gravest."""

    code = "NOT_RELEASABLE"

    def __init__(self, load: Load, reasons: Sequence[Reason]) -> None:
        said = "; ".join(reason.sentence for reason in reasons)
        super().__init__(f"Load {load.number} cannot be released: {said}. Reject it.", field="decision")
        self.load = load
        self.reasons = tuple(reasons)


class IndicatorNotPassed(NotReleasable):
    """A chemical indicator failed or nobody read it."""


class LoadWet(NotReleasable):
    pass


class ParametersNotReached(NotReleasable):
    """Colder or shorter than the programme's validated minimum."""


class WrongCycle(NotReleasable):
    """Wrapped or hollow goods in an N cycle."""


NAMED: dict[Against, type[NotReleasable]] = {
    Against.NOT_FOR_N_CYCLE: WrongCycle,
    Against.TOO_COLD: ParametersNotReached,
    Against.TOO_SHORT: ParametersNotReached,
    Against.EXTERNAL_INDICATOR: IndicatorNotPassed,
    Against.INTERNAL_INDICATOR: IndicatorNotPassed,
    Against.WET: LoadWet,
}


class SecondPersonNeeded(DomainError):
    """The clinic's policy asks for a release by somebody other than the loader."""

    code = "SECOND_PERSON_NEEDED"

    def __init__(self, load: Load) -> None:
        super().__init__(
            f"You loaded {load.number} yourself. By the clinic's policy somebody else releases it: ask a colleague.",
            field="decision",
        )
        self.load = load


class MeaningMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Write what you checked, such as 'Indicators and parameters checked, load sterile'; "
            "your name stands under it.",
            field="meaning",
        )
