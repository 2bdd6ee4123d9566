"""Sterilisers and loads, made through the operations."""

from datetime import datetime, timedelta
from itertools import count

from inventory.audit.actors import Actor
from inventory.sterilising import equipment, queries
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import (
    CycleType,
    Indicator,
    Load,
    LoadState,
    Programme,
    Steriliser,
    TestKind,
)
from inventory.sterilising.readings import Readings

_numbers = count(1)
CHECKED = "Indicators and parameters checked, load sterile"


def make_steriliser(by: Actor, now: datetime, *, name: str | None = None) -> Steriliser:
    number = next(_numbers)
    return equipment.add_steriliser(name or f"S{number}", f"SER-{number:04d}", by, now)


def make_programme(
    by: Actor,
    now: datetime,
    *,
    steriliser: Steriliser | None = None,
    name: str = "134 C, 3.5 min",
    cycle_type: CycleType = CycleType.B,
    set_temperature_tenths: int = 1340,
    hold_seconds: int = 210,
    drying_seconds: int = 0,
    gravity: bool = False,
) -> Programme:
    return equipment.add_programme(
        steriliser or make_steriliser(by, now),
        name=name,
        cycle_type=cycle_type,
        set_temperature_tenths=set_temperature_tenths,
        hold_seconds=hold_seconds,
        drying_seconds=drying_seconds,
        gravity=gravity,
        by=by,
        now=now,
    )


def make_load(
    by: Actor,
    now: datetime,
    *,
    steriliser: Steriliser | None = None,
    programme: Programme | None = None,
    cycle_type: CycleType = CycleType.B,
    started_at: datetime | None = None,
    temperature_tenths: int = 1345,
    hold_seconds: int = 215,
    pressure_millibar: int | None = None,
    wrapped_or_hollow: bool = True,
    external_indicator: Indicator = Indicator.PASSED,
    internal_indicator: Indicator = Indicator.PASSED,
    dry: bool = True,
    log_sha256: str | None = None,
    tested: bool = True,
    state: LoadState = LoadState.AWAITING,
    decided_by: Actor | None = None,
) -> Load:
    """A sound load, 40 minutes long and just over; decided by `decided_by` where `state` is not awaiting.

    `tested`: with a passed helix test an hour before.
    """
    started = started_at or now - timedelta(minutes=45)
    machine = programme.steriliser if programme else steriliser or make_steriliser(by, now)
    known = [each for each in queries.programmes_in(by.clinic_id, machine) if each.cycle_type is cycle_type]
    chosen = programme or (known[0] if known else make_programme(by, now, steriliser=machine, cycle_type=cycle_type))
    if tested:
        equipment.record_test(machine, TestKind.HELIX, True, by, started - timedelta(minutes=1))
    load = sterilising.record_load(
        chosen,
        Readings(
            started_at=started,
            ended_at=started + timedelta(minutes=40),
            temperature_tenths=temperature_tenths,
            hold_seconds=hold_seconds,
            pressure_millibar=pressure_millibar,
            log_sha256=log_sha256,
        ),
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
        decide(load, LoadState.RELEASED, decider, now)
    if state is not LoadState.AWAITING:
        decide(load, state, decider, now)
    return load


def decide(load: Load, state: LoadState, by: Actor, now: datetime, meaning: str = CHECKED) -> None:
    sterilising.decide_load(load, state, meaning, by, now)
