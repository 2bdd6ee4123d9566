"""What is refused about sterilisers and loads, each with its facts."""

from collections.abc import Sequence
from datetime import datetime

from inventory.errors import DomainError, Invalid
from inventory.sterilising.models import Load, Programme, Steriliser
from inventory.sterilising.release import Against, LoadState, Reason


class NameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"A steriliser named {name} is here already. Choose another name.", field="name")
        self.name = name


class ProgrammeTaken(DomainError):
    def __init__(self, steriliser: Steriliser, name: str) -> None:
        super().__init__(
            f"{steriliser.name} has a programme named {name} already. End it first, or choose another name.",
            field="name",
        )
        self.steriliser = steriliser
        self.name = name


class ProgrammeUnsound(Invalid):
    """Nothing published says that it sterilises."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="hold_seconds")


class ProgrammeEnded(DomainError):
    def __init__(self, programme: Programme) -> None:
        super().__init__(f"The programme {programme.name} was ended. Choose another one.", field="programme")
        self.programme = programme


class LeakRateMissing(Invalid):
    def __init__(self) -> None:
        super().__init__("Type the leak rate from the printout, such as 0.4 mbar a minute.", field="leak_rate")


class LoadTimesWrong(Invalid):
    def __init__(self) -> None:
        super().__init__("A cycle ends after it starts, and not in the future. Correct the times.", field="ended_at")


class MeasuredMissing(Invalid):
    def __init__(self, field: str) -> None:
        super().__init__("Type it from the printout, or choose the steriliser's log file.", field=field)


class LogFormatMissing(DomainError):
    def __init__(self, steriliser: Steriliser) -> None:
        super().__init__(
            f"Nobody has said yet how the log of {steriliser.name} is read. Name its columns on its page first.",
            field="log",
        )
        self.steriliser = steriliser


class LogUnreadable(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="log")


class LogKnown(DomainError):
    """The file was read for another load already."""

    def __init__(self, load: Load) -> None:
        super().__init__(
            f"This file is the log of load {load.number} already. Choose the log of this cycle.", field="log"
        )
        self.load = load


class LogContradicted(DomainError):
    """Typed and measured values differ."""

    def __init__(self, field: str, measured: str) -> None:
        super().__init__(f"The log says {measured}. Leave this empty, or choose the right file.", field=field)


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
    instead = "Reject it."

    def __init__(self, load: Load, reasons: Sequence[Reason]) -> None:
        said = "; ".join(reason.sentence for reason in reasons)
        super().__init__(f"Load {load.number} cannot be released: {said}. {self.instead}", field="decision")
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


class TestNotPassed(NotReleasable):
    """The day's test failed, or the policy asks for one that nobody recorded."""

    __test__ = False
    instead = "Record the test on the steriliser's page, or reject the load."


class BiologicalNotNegative(NotReleasable):
    """Positive, void, or not read yet where the policy waits for it."""

    instead = "Quarantine it until the indicator is read."


NAMED: dict[Against, type[NotReleasable]] = {
    Against.NOT_FOR_N_CYCLE: WrongCycle,
    Against.TOO_COLD: ParametersNotReached,
    Against.TOO_SHORT: ParametersNotReached,
    Against.EXTERNAL_INDICATOR: IndicatorNotPassed,
    Against.INTERNAL_INDICATOR: IndicatorNotPassed,
    Against.WET: LoadWet,
    Against.TEST_FAILED: TestNotPassed,
    Against.TEST_MISSING: TestNotPassed,
    Against.BIOLOGICAL_POSITIVE: BiologicalNotNegative,
    Against.BIOLOGICAL_PENDING: BiologicalNotNegative,
}


class WarningsUnseen(DomainError):
    """A release in spite of warnings needs a tick that they were read."""

    code = "WARNINGS_UNSEEN"

    def __init__(self, load: Load, warnings: Sequence[str]) -> None:
        super().__init__(
            f"Read the warning first: {'; '.join(warnings)}. Tick that you saw it, or quarantine the load.",
            field="seen",
        )
        self.load = load
        self.warnings = tuple(warnings)


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


class IndicatorThere(DomainError):
    def __init__(self, load: Load) -> None:
        super().__init__(f"Load {load.number} has its biological indicator already. Read that one.")
        self.load = load


class IndicatorRead(DomainError):
    def __init__(self, load: Load) -> None:
        super().__init__(f"The biological indicator of load {load.number} was read already. Open the load again.")
        self.load = load


class TooEarly(DomainError):
    """Growth may be seen at any time, its absence only when the incubation is over."""

    def __init__(self, until: datetime, said_until: str) -> None:
        super().__init__(f"It incubates until {said_until}. Read 'no growth' after that.", field="result")
        self.until = until


class ControlMissing(Invalid):
    def __init__(self) -> None:
        super().__init__("Say whether the control grew: without it 'no growth' tells nothing.", field="control")


class NothingToRecall(DomainError):
    """Only a positive biological indicator offers the scopes of a recall."""

    def __init__(self, load: Load) -> None:
        super().__init__(f"The biological indicator of load {load.number} is not positive. Recall the load by itself.")
        self.load = load
