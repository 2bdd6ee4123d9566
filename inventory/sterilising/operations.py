"""Recording loads and deciding on them. Sterilisers: `equipment`; biological indicators and recalls: `biological`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import Act, record, record_all
from inventory.clock import day_in, start_of_day
from inventory.db import Model, db
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.sterilising import queries
from inventory.sterilising.checks import same_clinic
from inventory.sterilising.errors import (
    NAMED,
    LoadDecided,
    LoadTimesWrong,
    LogKnown,
    MeaningMissing,
    NotReleasable,
    ProgrammeEnded,
    SecondPersonNeeded,
    WarningsUnseen,
)
from inventory.sterilising.judging import cycle_of, thresholds_now
from inventory.sterilising.models import (
    Indicator,
    Load,
    LoadDecision,
    LoadState,
    Programme,
    RecallScope,
    SignedWith,
)
from inventory.sterilising.readings import Readings
from inventory.sterilising.release import ALLOWED, never_sterile, reasons_against, warnings
from inventory.sterilising.signed_content import content_of

__all__ = [
    "LoadDecided",
    "LoadTimesWrong",
    "MeaningMissing",
    "NotReleasable",
    "SecondPersonNeeded",
    "decide_load",
    "decided",
    "move_by_rule",
    "record_decisions",
    "record_load",
]
TRIES = 5
MEANINGS = {
    LoadState.RELEASED: Meaning.RELEASE,
    LoadState.QUARANTINED: Meaning.QUARANTINE,
    LoadState.REJECTED: Meaning.REJECTION,
    LoadState.RECALLED: Meaning.RECALL,
}


def record_load(
    programme: Programme,
    readings: Readings,
    *,
    contents: str,
    wrapped_or_hollow: bool,
    external_indicator: Indicator,
    internal_indicator: Indicator,
    internal_indicator_type: int,
    dry: bool,
    by: Actor,
    now: datetime,
) -> Load:
    """One cycle as it was. Goods an N cycle cannot sterilise are rejected at once.

    Raises `LoadTimesWrong`, `ProgrammeEnded`, `LogKnown`.
    """
    same_clinic(by, programme)
    if readings.ended_at <= readings.started_at or readings.ended_at > now:
        raise LoadTimesWrong
    if programme.ended_at is not None:
        raise ProgrammeEnded(programme)
    if readings.log_sha256 is not None:
        known = queries.load_logged(by.clinic_id, readings.log_sha256)
        if known is not None:
            raise LogKnown(known)
    load = Load(
        clinic_id=by.clinic_id,
        steriliser=programme.steriliser,
        number="",
        cycle_type=programme.cycle_type,
        programme=programme.name,
        set_temperature_tenths=programme.set_temperature_tenths,
        set_hold_seconds=programme.hold_seconds,
        set_drying_seconds=programme.drying_seconds,
        **vars(readings),
        contents=contents,
        wrapped_or_hollow=wrapped_or_hollow,
        external_indicator=external_indicator,
        internal_indicator=internal_indicator,
        internal_indicator_type=internal_indicator_type,
        dry=dry,
        loaded_by_id=by.id,
        loaded_by_name=by.name,
    )
    return _numbered(load, by, now)


def decide_load(
    load: Load,
    state: LoadState,
    meaning: str,
    by: Signer,
    now: datetime,
    *,
    warnings_seen: bool = False,
) -> None:
    """Release, quarantine, reject or recall a load, signed, in the decider's words.

    Raises `LoadDecided`, `MeaningMissing`, and for a release `NotReleasable`, `SecondPersonNeeded`, `WarningsUnseen`.
    """
    same_clinic(by, load)
    # Held until this unit of work ends, so that a rejection at this moment is not overwritten by a release.
    db.session.refresh(load, ["state"], with_for_update=True)
    if state not in ALLOWED[load.state]:
        raise LoadDecided(load, state)
    if not meaning.strip():
        raise MeaningMissing
    warned = _checked_release(load, by, now, warnings_seen) if state is LoadState.RELEASED else []
    signed_with = SignedWith(by.how.value)
    decision = decided(load, state, meaning.strip(), signed_with, by, now, warned="\n".join(warned))
    record_decisions([decision], by, now, signed=sign(MEANINGS[state], [decision], content_of, by, now))


def move_by_rule(load: Load, state: LoadState, meaning: str, by: Actor, now: datetime) -> None:
    """What a rule decides at once, before anybody does."""
    record_decisions([decided(load, state, meaning, SignedWith.RULE, by, now)], by, now)


def decided(
    load: Load,
    state: LoadState,
    meaning: str,
    signed_with: SignedWith,
    by: Actor,
    now: datetime,
    *,
    warned: str = "",
    scope: RecallScope | None = None,
    because_of_id: UUID | None = None,
) -> LoadDecision:
    """Give `load` its new state, with the decision that does. Whether it may be is checked by the caller."""
    load.state, load.meaning = state, meaning
    load.decided_at, load.decided_by_id, load.decided_by_name = now, by.id, by.name
    decision = LoadDecision(
        clinic_id=load.clinic_id,
        load=load,
        state=state,
        meaning=meaning,
        warnings=warned,
        at=now,
        by_id=by.id,
        by_name=by.name,
        signed_with=signed_with,
        scope=scope,
        because_of_id=because_of_id,
    )
    db.session.add(decision)
    return decision


def record_decisions(
    decisions: Sequence[LoadDecision], by: Actor, now: datetime, *, signed: Sequence[Model] = ()
) -> None:
    """An entry for each load; the signature under all of them stands in the first."""
    also = [(decision, *(signed if place == 0 else ())) for place, decision in enumerate(decisions)]
    acts = [
        Act(f"load.{decision.state.value}", decision.load, rows) for decision, rows in zip(decisions, also, strict=True)
    ]
    record_all(by, acts, now=now)


def _checked_release(load: Load, by: Actor, now: datetime, warnings_seen: bool) -> list[str]:
    """The warnings that were seen."""
    cycle = cycle_of(load, by, now)
    reasons, warned = reasons_against(cycle), warnings(cycle)
    if reasons:
        raise NAMED[reasons[0].against](load, reasons)
    if load.loaded_by_id == by.id and thresholds_now(by, now).second_person_releases:
        raise SecondPersonNeeded(load)
    if warned and not warnings_seen:
        raise WarningsUnseen(load, warned)
    return warned


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
        except IntegrityError as broken:
            taken = broken
            continue
        _reject_at_once(load, by, now)
        return load
    raise taken


def _reject_at_once(load: Load, by: Actor, now: datetime) -> None:
    reason = never_sterile(cycle_of(load, by, now))
    if reason is not None:
        move_by_rule(load, LoadState.REJECTED, f"Rejected by rule: {reason.sentence}", by, now)
