"""Recording loads and deciding on them."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in, start_of_day
from inventory.compliance.facts import Thresholds
from inventory.compliance.queries import policy_on, thresholds_of
from inventory.db import db
from inventory.errors import NotHere
from inventory.sterilising import queries
from inventory.sterilising.errors import (
    NAMED,
    LoadDecided,
    LoadTimesWrong,
    MeaningMissing,
    NameTaken,
    NotReleasable,
    SecondPersonNeeded,
)
from inventory.sterilising.models import CycleType, Indicator, Load, LoadState, Steriliser
from inventory.sterilising.release import ALLOWED, Cycle, Reason, never_sterile, reasons_against

__all__ = [
    "LoadDecided",
    "LoadTimesWrong",
    "MeaningMissing",
    "NameTaken",
    "NotReleasable",
    "SecondPersonNeeded",
    "add_steriliser",
    "against_release",
    "decide_load",
    "record_load",
]
TRIES = 5


def add_steriliser(name: str, serial_number: str, by: Actor, now: datetime) -> Steriliser:
    """Raises `NameTaken`: loads are numbered by the name."""
    steriliser = Steriliser(clinic_id=by.clinic_id, name=name, serial_number=serial_number)
    try:
        with db.session.begin_nested():
            db.session.add(steriliser)
            record(by, "steriliser.added", steriliser, now=now)
    except IntegrityError:
        raise NameTaken(name) from None
    return steriliser


def record_load(
    steriliser: Steriliser,
    *,
    cycle_type: CycleType,
    programme: str,
    started_at: datetime,
    ended_at: datetime,
    temperature_tenths: int,
    hold_seconds: int,
    contents: str,
    wrapped_or_hollow: bool,
    external_indicator: Indicator,
    internal_indicator: Indicator,
    internal_indicator_type: int,
    dry: bool,
    by: Actor,
    now: datetime,
) -> Load:
    """One cycle as it was. Goods an N cycle cannot sterilise are rejected at once. Raises `LoadTimesWrong`."""
    _same_clinic(by, steriliser)
    if ended_at <= started_at or ended_at > now:
        raise LoadTimesWrong
    load = Load(
        clinic_id=by.clinic_id,
        steriliser=steriliser,
        number="",
        cycle_type=cycle_type,
        programme=programme,
        started_at=started_at,
        ended_at=ended_at,
        temperature_tenths=temperature_tenths,
        hold_seconds=hold_seconds,
        contents=contents,
        wrapped_or_hollow=wrapped_or_hollow,
        external_indicator=external_indicator,
        internal_indicator=internal_indicator,
        internal_indicator_type=internal_indicator_type,
        dry=dry,
        loaded_by_id=by.id,
        loaded_by_name=by.name,
    )
    reason = never_sterile(_cycle(load))
    if reason is not None:
        _decide(load, LoadState.REJECTED, f"Rejected by rule: {reason.sentence}", by, now)
    return _numbered(load, by, now)


def decide_load(load: Load, state: LoadState, meaning: str, by: Actor, now: datetime) -> None:
    """Release, quarantine, reject or recall a load, in the decider's words.

    Raises `LoadDecided`, `MeaningMissing`, and for a release `NotReleasable` and `SecondPersonNeeded`.
    """
    _same_clinic(by, load)
    # Held until this unit of work ends, so that a rejection at this moment is not overwritten by a release.
    db.session.refresh(load, ["state"], with_for_update=True)
    if state not in ALLOWED[load.state]:
        raise LoadDecided(load, state)
    if not meaning.strip():
        raise MeaningMissing
    if state is LoadState.RELEASED:
        _check_release(load, by, now)
    _decide(load, state, meaning.strip(), by, now)
    record(by, f"load.{state.value}", load, now=now)


def against_release(load: Load) -> list[Reason]:
    """What speaks against releasing `load`, for its page."""
    return reasons_against(_cycle(load))


def _check_release(load: Load, by: Actor, now: datetime) -> None:
    reasons = against_release(load)
    if reasons:
        raise NAMED[reasons[0].against](load, reasons)
    if load.loaded_by_id == by.id and _thresholds(by, now).second_person_releases:
        raise SecondPersonNeeded(load)


def _thresholds(by: Actor, now: datetime) -> Thresholds:
    """A clinic that has published no policy yet works by the defaults."""
    try:
        return thresholds_of(policy_on(by.clinic_id, now))
    except NotHere:
        return Thresholds()


def _decide(load: Load, state: LoadState, meaning: str, by: Actor, now: datetime) -> None:
    load.state = state
    load.decided_at, load.decided_by_id, load.decided_by_name = now, by.id, by.name
    load.meaning = meaning


def _numbered(load: Load, by: Actor, now: datetime) -> Load:
    """Store the load under the next number of its steriliser and day; of two at one instant each gets its own."""
    day = day_in(by.time_zone, load.started_at)
    first, end = start_of_day(by.time_zone, day), start_of_day(by.time_zone, day + timedelta(days=1))
    for _ in range(TRIES):
        begun = queries.loads_begun(load.steriliser, first, end)
        load.number = f"{load.steriliser.name}-{day:%Y%m%d}-{begun + 1:02d}"
        try:
            with db.session.begin_nested():
                db.session.add(load)
                record(by, "load.recorded", load, now=now)
            return load
        except IntegrityError as broken:
            taken = broken
    raise taken


def _same_clinic(by: Actor, row: Load | Steriliser) -> None:
    if row.clinic_id != by.clinic_id:
        raise NotHere("This is not kept in your clinic. Look it up among the loads.")


def _cycle(load: Load) -> Cycle:
    return Cycle(
        cycle_type=load.cycle_type.value,
        programme=load.programme,
        temperature_tenths=load.temperature_tenths,
        hold_seconds=load.hold_seconds,
        wrapped_or_hollow=load.wrapped_or_hollow,
        external_indicator=load.external_indicator.value,
        internal_indicator=load.internal_indicator.value,
        dry=load.dry,
    )
