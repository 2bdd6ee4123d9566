"""A sterile pack's states, the steps between them, and what forbids opening it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.errors import DomainError


class PackState(StrEnum):
    MADE_UP = "made_up"
    AVAILABLE = "available"
    OPENED = "opened"
    USED = "used"
    DISCARDED = "discarded"
    RECALLED = "recalled"


class Spoilt(StrEnum):
    """Why a closed pack is taken off the shelf. What can be sterilised again of it is made up anew."""

    DROPPED = "dropped"
    WET = "wet"
    TORN = "torn"
    PUNCTURED = "punctured"
    OPENED_UNUSED = "opened_unused"
    PAST_DATE = "past_date"
    REPROCESSED = "reprocessed"
    """Returned to processing though nothing is wrong with it."""
    SPLIT = "split"
    """Its contents went on in other packs."""
    OTHER = "other"


class ShelfMode(StrEnum):
    """How long a pack stays sterile (CDC, dental: either is accepted)."""

    TIME = "time"
    EVENT = "event"
    """Until something happens to it: wet, torn, punctured, opened. Its lots' own dates still bound it."""


NO_DATE = date.max
"""The use-by date of an event-related pack none of whose contents has an expiry."""


class Fault(StrEnum):
    """Why a pack may not be opened, the gravest first."""

    ALREADY_USED = "already_used"
    RECALLED = "recalled"
    LOAD_REJECTED = "load_rejected"
    DISCARDED = "discarded"
    NOT_RELEASED = "not_released"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"


OVERRIDABLE = frozenset({Fault.QUARANTINED, Fault.EXPIRED})
"""What a policy may let a lead nurse pass; reuse, recall and an unreleased or rejected load never."""
LATE = frozenset({Fault.RECALLED, Fault.QUARANTINED})
"""What forbids fitting a further needle of a pack that a session opened while it was still good."""

ALLOWED: Mapping[PackState, frozenset[PackState]] = {
    PackState.MADE_UP: frozenset({PackState.AVAILABLE, PackState.DISCARDED, PackState.RECALLED}),
    # Back to made up where its load goes into quarantine after its release.
    PackState.AVAILABLE: frozenset({PackState.MADE_UP, PackState.OPENED, PackState.DISCARDED, PackState.RECALLED}),
    PackState.OPENED: frozenset({PackState.USED, PackState.RECALLED}),
    PackState.USED: frozenset({PackState.RECALLED}),
    PackState.DISCARDED: frozenset({PackState.RECALLED}),
    PackState.RECALLED: frozenset(),
}
CLOSED = frozenset({PackState.MADE_UP, PackState.AVAILABLE})
"""Its sterile barrier is whole and it was not taken out: it may be labelled."""


class ImpossibleStep(DomainError):
    """`state` is what the pack is, `step` what was wanted of it."""

    code = "IMPOSSIBLE_STEP"

    def __init__(self, state: PackState, step: str) -> None:
        super().__init__(
            f"This pack is {state.value.replace('_', ' ')} and cannot be {step}. Open its page to see what happened."
        )
        self.state = state
        self.step = step


@dataclass(frozen=True, kw_only=True)
class PackFacts:
    """What opening depends on. `last_day` is the earliest of its use-by date and its lots' expiries."""

    state: PackState
    used: bool = False
    """Whether a session opened it, whatever became of the pack since."""
    load_state: str | None = None
    lot_statuses: tuple[str, ...] = ()
    last_day: date


def check_transition(state: PackState, wanted: PackState) -> None:
    """Raises `ImpossibleStep`."""
    if wanted not in ALLOWED[state]:
        raise ImpossibleStep(state, wanted.value.replace("_", " "))


def is_ready(*, labelled: bool, needs_load: bool, load_state: str | None, held: bool = False) -> bool:
    """Whether a made-up pack may be used: it has its label, the load it went into is released, and nobody holds it."""
    released = load_state == "released" if load_state is not None else not needs_load
    return labelled and released and not held


def needle_reuse(facts: PackFacts) -> bool:
    """N1: one needle, one patient, one session. Consensus; SFM: single use. No policy switches it off.

    A pack stands for its needles: opened for one session, it is never opened again.
    """
    return facts.used


def needle_unfit(facts: PackFacts, today: date) -> list[Fault]:
    """N2: why the needles of a pack may not be fitted on `today`, the gravest reason first. Consensus.

    Expired, recalled or quarantined, damaged (discarded), or not known to be sterile (never labelled, its load not
    released). A pack is good through its last day, as the clinic counts days. No policy switches it off.
    """
    found = {
        Fault.RECALLED: "recalled" in (facts.state, facts.load_state, *facts.lot_statuses),
        Fault.LOAD_REJECTED: facts.load_state == "rejected",
        Fault.DISCARDED: facts.state is PackState.DISCARDED,
        Fault.NOT_RELEASED: facts.state is not PackState.AVAILABLE or facts.load_state not in (None, "released"),
        Fault.QUARANTINED: "quarantined" in facts.lot_statuses,
        Fault.EXPIRED: facts.last_day < today,
    }
    return [fault for fault, holds in found.items() if holds]


def faults(facts: PackFacts, today: date) -> list[Fault]:
    """Everything that forbids opening the pack on `today`, N1 before N2; empty when it may be opened."""
    return [*([Fault.ALREADY_USED] if needle_reuse(facts) else []), *needle_unfit(facts, today)]
