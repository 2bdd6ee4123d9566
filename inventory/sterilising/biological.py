"""Biological indicators: put in, read, and what a positive one recalls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.sterilising import queries
from inventory.sterilising.checks import same_clinic
from inventory.sterilising.errors import (
    ControlMissing,
    IndicatorRead,
    IndicatorThere,
    MeaningMissing,
    NothingToRecall,
    TooEarly,
)
from inventory.sterilising.models import (
    BiologicalIndicator,
    Control,
    Growth,
    Load,
    LoadState,
    RecallScope,
    SignedWith,
)
from inventory.sterilising.operations import decided, move_by_rule, record_decisions
from inventory.sterilising.release import ALLOWED
from inventory.sterilising.signed_content import content_of


def place_indicator(
    load: Load, *, product: str, lot: str, incubation_hours: int, by: Actor, now: datetime
) -> BiologicalIndicator:
    """The indicator of `load` goes into the incubator, with a control of the same lot. Raises `IndicatorThere`."""
    same_clinic(by, load)
    indicator = BiologicalIndicator(
        clinic_id=by.clinic_id,
        load=load,
        product=product,
        lot=lot,
        incubation_hours=incubation_hours,
        placed_at=now,
        placed_by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(indicator)
            record(by, "load.biological_placed", load, now=now, also=[indicator])
    except IntegrityError:
        raise IndicatorThere(load) from None
    return indicator


def read_indicator(indicator: BiologicalIndicator, result: Growth, control: Control, by: Actor, now: datetime) -> None:
    """Growth, or none after the whole incubation. Growth quarantines the load at once, before anybody decides.

    Raises `IndicatorRead`, `TooEarly`, `ControlMissing`.
    """
    same_clinic(by, indicator)
    db.session.refresh(indicator, ["result"], with_for_update=True)
    if indicator.result is not Growth.PENDING:
        raise IndicatorRead(indicator.load)
    if result is Growth.PENDING or control is Control.PENDING:
        raise ControlMissing
    until = indicator.placed_at + timedelta(hours=indicator.incubation_hours)
    if result is Growth.NEGATIVE and now < until:
        raise TooEarly(until, until.astimezone(ZoneInfo(by.time_zone)).strftime("%Y-%m-%d %H:%M"))
    indicator.result, indicator.control = result, control
    indicator.read_at, indicator.read_by_name = now, by.name
    load = indicator.load
    record(by, "load.biological_read", load, now=now, also=[indicator])
    if result is Growth.POSITIVE and LoadState.QUARANTINED in ALLOWED[load.state]:
        move_by_rule(load, LoadState.QUARANTINED, "Quarantined by rule: positive biological indicator", by, now)


def in_scope(load: Load, scope: RecallScope) -> Sequence[Load]:
    """The loads a positive indicator of `load` may recall: itself, or all since the last that was proven good."""
    return [load] if scope is RecallScope.THIS_LOAD else queries.loads_since_last_negative(load)


def recall(load: Load, scope: RecallScope, meaning: str, by: Signer, now: datetime) -> list[Load]:
    """Recall what `scope` holds under one signature, and keep the choice with each load. A load not released yet is
    rejected instead.

    Returns the loads that changed. Raises `NothingToRecall`, `MeaningMissing`.
    """
    same_clinic(by, load)
    indicator = queries.biological_of(load)
    if indicator is None or indicator.result is not Growth.POSITIVE:
        raise NothingToRecall(load)
    if not meaning.strip():
        raise MeaningMissing
    changed = []
    for each in in_scope(load, scope):
        db.session.refresh(each, ["state"], with_for_update=True)
        state = LoadState.RECALLED if LoadState.RECALLED in ALLOWED[each.state] else LoadState.REJECTED
        if state in ALLOWED[each.state]:
            changed.append((each, state))
    said, how = meaning.strip(), SignedWith(by.how.value)
    decisions = [
        decided(each, state, said, how, by, now, scope=scope, because_of_id=load.id) for each, state in changed
    ]
    if decisions:
        record_decisions(decisions, by, now, signed=sign(Meaning.RECALL, decisions, content_of, by, now))
    return [each for each, _ in changed]
