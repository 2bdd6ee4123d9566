"""A sterile pack's states and the steps between them. Pure."""

from collections.abc import Mapping

ALLOWED: Mapping[str, frozenset[str]] = {
    "made_up": frozenset({"available", "discarded", "recalled"}),
    "available": frozenset({"opened", "discarded", "recalled", "made_up"}),
    "opened": frozenset({"used", "recalled"}),
    "used": frozenset({"recalled"}),
    "discarded": frozenset({"recalled"}),
    "recalled": frozenset(),
}
"""From a state to those it may lead to. An available pack goes back to made up when its load is recalled."""


def may_become(state: str, wanted: str) -> bool:
    return wanted in ALLOWED[state]


def is_available(*, labelled: bool, needs_load: bool, load_state: str | None) -> bool:
    """Whether a made-up pack is ready: it has its label and, where it was not bought sterile, a released load."""
    released = load_state == "released" if load_state is not None else not needs_load
    return labelled and released
