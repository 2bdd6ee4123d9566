"""Recording loads and deciding on them."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in, start_of_day
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.sterilising import queries
from inventory.sterilising.models import CycleType, Indicator, Load, LoadState, Steriliser
from inventory.sterilising.release import Cycle, never_sterile, reasons_against

ALLOWED = {
    LoadState.AWAITING: {LoadState.RELEASED, LoadState.QUARANTINED, LoadState.REJECTED},
    LoadState.QUARANTINED: {LoadState.RELEASED, LoadState.REJECTED},
    LoadState.RELEASED: {LoadState.RECALLED},
    LoadState.REJECTED: set(),
    LoadState.RECALLED: set(),
}


class NameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"A steriliser named {name} is here already. Choose another name.", field="name")


class LoadTimesWrong(Invalid):
    def __init__(self) -> None:
        super().__init__("A cycle ends after it starts, and not in the future. Correct the times.", field="ended_at")


class LoadDecided(DomainError):
    def __init__(self, load: Load) -> None:
        super().__init__(f"Load {load.number} is {load.state.value} already and cannot become that.")


class NotReleasable(DomainError):
    """`reasons` say what speaks against it."""

    def __init__(self, load: Load, reasons: list[str]) -> None:
        super().__init__(f"Load {load.number} cannot be released: {'; '.join(reasons)}. Reject it.")
        self.reasons = reasons


class MeaningMissing(Invalid):
    def __init__(self) -> None:
        super().__init__("Write what you checked and decided; your name stands under it.", field="meaning")


def add_steriliser(name: str, serial_number: str, by: Actor, now: datetime) -> Steriliser:
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
    if ended_at <= started_at or ended_at > now:
        raise LoadTimesWrong
    load = Load(
        clinic_id=by.clinic_id,
        steriliser=steriliser,
        number=_next_number(steriliser, started_at, by.time_zone),
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
    if reason:
        load.state = LoadState.REJECTED
        load.decided_at, load.decided_by_id, load.decided_by_name = now, by.id, by.name
        load.meaning = f"Rejected by rule: {reason}"
    db.session.add(load)
    record(by, "load.recorded", load, now=now)
    return load


def decide_load(load: Load, state: LoadState, meaning: str, by: Actor, now: datetime) -> None:
    """Release, quarantine, reject or recall a load, in the decider's words. Raises `LoadDecided`, `NotReleasable`."""
    if state not in ALLOWED[load.state]:
        raise LoadDecided(load)
    if not meaning.strip():
        raise MeaningMissing
    reasons = reasons_against(_cycle(load)) if state is LoadState.RELEASED else []
    if reasons:
        raise NotReleasable(load, reasons)
    load.state = state
    load.decided_at, load.decided_by_id, load.decided_by_name = now, by.id, by.name
    load.meaning = meaning.strip()
    record(by, f"load.{state.value}", load, now=now)


def _next_number(steriliser: Steriliser, started_at: datetime, zone: str) -> str:
    day = day_in(zone, started_at)
    begun = queries.loads_begun(steriliser, start_of_day(zone, day), start_of_day(zone, day + timedelta(days=1)))
    return f"{steriliser.name}-{day:%Y%m%d}-{begun + 1:02d}"


def _cycle(load: Load) -> Cycle:
    return Cycle(
        load.cycle_type.value,
        load.temperature_tenths,
        load.hold_seconds,
        load.wrapped_or_hollow,
        load.external_indicator is Indicator.PASSED,
        load.internal_indicator is Indicator.PASSED,
        load.dry,
    )
