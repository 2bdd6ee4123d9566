"""Sterilisers and loads, made through the operations."""

from datetime import datetime, timedelta
from itertools import count

from inventory.audit.actors import Actor
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import CycleType, Indicator, Load, LoadState, Steriliser

_numbers = count(1)
CHECKED = "Indicators and parameters checked, load sterile"


def make_steriliser(by: Actor, now: datetime, *, name: str | None = None) -> Steriliser:
    number = next(_numbers)
    return sterilising.add_steriliser(name or f"S{number}", f"SER-{number:04d}", by, now)


def make_load(
    by: Actor,
    now: datetime,
    *,
    steriliser: Steriliser | None = None,
    cycle_type: CycleType = CycleType.B,
    programme: str = "134 C, 3.5 min",
    started_at: datetime | None = None,
    temperature_tenths: int = 1345,
    hold_seconds: int = 215,
    wrapped_or_hollow: bool = True,
    external_indicator: Indicator = Indicator.PASSED,
    internal_indicator: Indicator = Indicator.PASSED,
    dry: bool = True,
    state: LoadState = LoadState.AWAITING,
    decided_by: Actor | None = None,
) -> Load:
    """A sound load, 40 minutes long and just over; decided by `decided_by` where `state` is not awaiting."""
    started = started_at or now - timedelta(minutes=45)
    load = sterilising.record_load(
        steriliser or make_steriliser(by, now),
        cycle_type=cycle_type,
        programme=programme,
        started_at=started,
        ended_at=started + timedelta(minutes=40),
        temperature_tenths=temperature_tenths,
        hold_seconds=hold_seconds,
        contents="Gun holders, wrapped",
        wrapped_or_hollow=wrapped_or_hollow,
        external_indicator=external_indicator,
        internal_indicator=internal_indicator,
        internal_indicator_type=5,
        dry=dry,
        by=by,
        now=now,
    )
    decider = decided_by or by
    if state is LoadState.RECALLED:
        sterilising.decide_load(load, LoadState.RELEASED, CHECKED, decider, now)
    if state is not LoadState.AWAITING:
        sterilising.decide_load(load, state, CHECKED, decider, now)
    return load
