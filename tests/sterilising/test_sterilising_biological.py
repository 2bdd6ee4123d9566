"""Biological indicators, daily tests and logs: what they hold back, and what a positive result recalls."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.compliance.queries import thresholds_of
from inventory.db import db
from inventory.errors import DomainError, NotHere
from inventory.people.actors import PersonAtWork
from inventory.sterilising import biological, equipment, errors, queries
from inventory.sterilising import operations as sterilising
from inventory.sterilising.cycle_log import LogFormat
from inventory.sterilising.models import (
    BiologicalIndicator,
    Control,
    CycleType,
    Growth,
    Load,
    LoadState,
    RecallScope,
    SignedWith,
    TestKind,
)
from tests.factories.sterilising import CHECKED, decide, make_load, make_programme, make_steriliser

HOUR = timedelta(hours=1)


def place(load: Load, by: PersonAtWork, at: datetime, hours: int = 24) -> BiologicalIndicator:
    return biological.place_indicator(load, product="Spores", lot="BI-1", incubation_hours=hours, by=by, now=at)


def grown(load: Load, by: PersonAtWork, now: datetime) -> None:
    biological.read_indicator(place(load, by, now), Growth.POSITIVE, Control.GREW, by, now)


def proven(load: Load, by: PersonAtWork, now: datetime) -> None:
    indicator = place(load, by, now - 25 * HOUR)
    biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, by, now)


def test_a_load_waits_for_its_biological_indicator(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now)
    indicator = place(load, lead_nurse, now)
    with pytest.raises(errors.BiologicalNotNegative):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    decide(load, LoadState.QUARANTINED, lead_nurse, now)
    later = now + 24 * HOUR
    biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, lead_nurse, later)
    decide(load, LoadState.RELEASED, lead_nurse, later)
    assert load.state is LoadState.RELEASED


def test_where_the_policy_says_so_it_is_released_before_the_result(lead_nurse: PersonAtWork, now: datetime) -> None:
    publish_policy(Thresholds(release_before_biological=True), "No implants here", lead_nurse, now)
    load = make_load(lead_nurse, now)
    place(load, lead_nurse, now)
    decide(load, LoadState.RELEASED, lead_nurse, now)
    assert load.state is LoadState.RELEASED


def test_no_growth_is_read_only_after_the_whole_incubation(lead_nurse: PersonAtWork, now: datetime) -> None:
    indicator = place(make_load(lead_nurse, now), lead_nurse, now)
    early = now + 24 * HOUR - timedelta(seconds=1)
    with pytest.raises(errors.TooEarly) as refused:
        biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, lead_nurse, early)
    assert refused.value.until == now + 24 * HOUR
    biological.read_indicator(indicator, Growth.POSITIVE, Control.GREW, lead_nurse, early)
    with pytest.raises(errors.IndicatorRead):
        biological.read_indicator(indicator, Growth.POSITIVE, Control.GREW, lead_nurse, early)


def test_without_a_grown_control_no_growth_proves_nothing(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now)
    indicator = place(load, lead_nurse, now - 25 * HOUR)
    with pytest.raises(errors.ControlMissing):
        biological.read_indicator(indicator, Growth.NEGATIVE, Control.PENDING, lead_nurse, now)
    biological.read_indicator(indicator, Growth.NEGATIVE, Control.DID_NOT_GROW, lead_nurse, now)
    with pytest.raises(errors.BiologicalNotNegative, match="void"):
        decide(load, LoadState.RELEASED, lead_nurse, now)


def test_a_load_has_one_biological_indicator(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now)
    place(load, lead_nurse, now)
    with pytest.raises(errors.IndicatorThere):
        place(load, lead_nurse, now)


def test_growth_quarantines_a_released_load_at_once_and_for_good(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now, state=LoadState.RELEASED)
    grown(load, lead_nurse, now)
    assert load.state is LoadState.QUARANTINED
    assert [each.signed_with for each in queries.decisions_on(load)] == [SignedWith.PASSWORD, SignedWith.RULE]
    with pytest.raises(errors.BiologicalNotNegative):
        decide(load, LoadState.RELEASED, lead_nurse, now)


def row_of_loads(by: PersonAtWork, now: datetime) -> list[Load]:
    """Six loads of one steriliser a day apart: the first and the last proven good; the fourth is rejected."""
    machine = make_steriliser(by, now)
    days = [now - timedelta(days=each) for each in (6, 5, 4, 3, 2, 1)]
    loads = [make_load(by, now, steriliser=machine, started_at=day, state=LoadState.RELEASED) for day in days[:3]]
    loads.append(make_load(by, now, steriliser=machine, started_at=days[3], state=LoadState.REJECTED))
    loads.append(make_load(by, now, steriliser=machine, started_at=days[4]))
    loads.append(make_load(by, now, steriliser=machine, started_at=days[5], state=LoadState.RELEASED))
    proven(loads[0], by, now)
    proven(loads[5], by, now)
    make_load(by, now, started_at=days[2], state=LoadState.RELEASED)
    return loads


def test_the_wider_scope_holds_every_load_since_the_last_negative(lead_nurse: PersonAtWork, now: datetime) -> None:
    loads = row_of_loads(lead_nurse, now)
    grown(loads[2], lead_nurse, now)
    assert biological.in_scope(loads[2], RecallScope.THIS_LOAD) == [loads[2]]
    assert biological.in_scope(loads[2], RecallScope.SINCE_LAST_NEGATIVE) == loads[1:5]


@pytest.mark.parametrize(
    ("scope", "states"),
    [
        (RecallScope.THIS_LOAD, "released released recalled rejected awaiting released"),
        (RecallScope.SINCE_LAST_NEGATIVE, "released recalled recalled rejected rejected released"),
    ],
)
def test_a_recall_reaches_its_scope_and_keeps_the_choice(
    lead_nurse: PersonAtWork, now: datetime, scope: RecallScope, states: str
) -> None:
    loads = row_of_loads(lead_nurse, now)
    grown(loads[2], lead_nurse, now)
    changed = biological.recall(loads[2], scope, "Settings were right", lead_nurse, now)
    assert " ".join(load.state.value for load in loads) == states
    for load in changed:
        last = queries.decisions_on(load)[-1]
        assert (last.scope, last.because_of_id, last.signed_with) == (scope, loads[2].id, SignedWith.PASSWORD)
    assert biological.recall(loads[2], scope, "Again", lead_nurse, now) == []


def test_only_growth_offers_a_recall_by_scope(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now)
    with pytest.raises(errors.NothingToRecall):
        biological.recall(load, RecallScope.THIS_LOAD, "Why", lead_nurse, now)
    grown(load, lead_nurse, now)
    with pytest.raises(errors.MeaningMissing):
        biological.recall(load, RecallScope.THIS_LOAD, " ", lead_nurse, now)


def test_a_vacuum_cycle_needs_a_passed_test_of_its_day(lead_nurse: PersonAtWork, now: datetime) -> None:
    machine = make_steriliser(lead_nurse, now)
    equipment.record_test(machine, TestKind.HELIX, True, lead_nurse, now - timedelta(days=1))
    equipment.record_test(machine, TestKind.VACUUM_LEAK, True, lead_nurse, now - HOUR, leak_rate_tenths=3)
    load = make_load(lead_nurse, now, steriliser=machine, tested=False)
    with pytest.raises(errors.TestNotPassed):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    unwrapped = make_programme(lead_nurse, now, steriliser=machine, name="Quick", cycle_type=CycleType.N)
    plain = make_load(lead_nurse, now, programme=unwrapped, tested=False, wrapped_or_hollow=False)
    decide(plain, LoadState.RELEASED, lead_nurse, now)


def test_a_policy_older_than_the_question_asks_no_test(lead_nurse: PersonAtWork, now: datetime) -> None:
    policy = publish_policy(Thresholds(), "First", lead_nurse, now)
    older = policy.thresholds.replace('"daily_test_required":true,', "")
    assert older != policy.thresholds
    policy.thresholds = older
    assert not thresholds_of(policy).daily_test_required
    db.session.expunge(policy)


def test_the_newest_test_of_its_kind_counts(lead_nurse: PersonAtWork, now: datetime) -> None:
    machine = make_steriliser(lead_nurse, now)
    began = now - timedelta(minutes=45)
    equipment.record_test(machine, TestKind.HELIX, True, lead_nurse, began - 2 * HOUR)
    failed = equipment.record_test(
        machine,
        TestKind.VACUUM_LEAK,
        True,
        lead_nurse,
        began - HOUR,
        leak_rate_tenths=equipment.LARGEST_LEAK_TENTHS + 1,
    )
    assert not failed.passed
    load = make_load(lead_nurse, now, steriliser=machine, started_at=began, tested=False)
    with pytest.raises(errors.TestNotPassed, match="vacuum leak"):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    equipment.record_test(
        machine,
        TestKind.VACUUM_LEAK,
        True,
        lead_nurse,
        began - HOUR / 2,
        leak_rate_tenths=equipment.LARGEST_LEAK_TENTHS,
    )
    decide(load, LoadState.RELEASED, lead_nurse, now)
    with pytest.raises(errors.LeakRateMissing):
        equipment.record_test(machine, TestKind.VACUUM_LEAK, True, lead_nurse, now)


def test_a_release_in_spite_of_a_warning_keeps_that_it_was_seen(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now, pressure_millibar=2600)
    with pytest.raises(errors.WarningsUnseen):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    sterilising.decide_load(load, LoadState.RELEASED, CHECKED, lead_nurse, now, warnings_seen=True)
    assert "superheated" in queries.decisions_on(load)[-1].warnings


def test_a_programme_nobody_validated_is_refused(lead_nurse: PersonAtWork, now: datetime) -> None:
    machine = make_steriliser(lead_nurse, now)
    with pytest.raises(errors.ProgrammeUnsound):
        make_programme(lead_nurse, now, steriliser=machine, hold_seconds=179)
    made = make_programme(lead_nurse, now, steriliser=machine)
    with pytest.raises(errors.ProgrammeTaken):
        make_programme(lead_nurse, now, steriliser=machine)
    equipment.end_programme(made, lead_nurse, now)
    with pytest.raises(errors.ProgrammeEnded):
        make_load(lead_nurse, now, programme=made)
    with pytest.raises(errors.ProgrammeEnded):
        equipment.end_programme(made, lead_nurse, now)
    assert make_programme(lead_nurse, now, steriliser=machine).name == made.name


def test_one_log_file_tells_of_one_load(lead_nurse: PersonAtWork, now: datetime) -> None:
    first = make_load(lead_nurse, now, log_sha256="a" * 64)
    with pytest.raises(errors.LogKnown) as refused:
        make_load(lead_nurse, now, log_sha256="a" * 64)
    assert refused.value.load is first


def test_a_log_is_read_by_the_columns_of_its_steriliser(lead_nurse: PersonAtWork, now: datetime) -> None:
    made = make_programme(lead_nurse, now)
    log = b"Zeit,Grad\n2026-11-23 06:00:00,134.5\n2026-11-23 06:04:00,134.5\n"
    with pytest.raises(errors.LogFormatMissing):
        equipment.read_log(made, log)
    equipment.set_log_format(made.steriliser, LogFormat(time="Zeit", temperature="Grad"), lead_nurse, now)
    assert equipment.read_log(made, log).hold_seconds == 240
    with pytest.raises(errors.LogUnreadable):
        equipment.read_log(made, b"nothing")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE load SET temperature_tenths = 1400",
        "UPDATE load SET state = 'released'",
        "DELETE FROM load",
        "UPDATE load_decision SET meaning = 'other'",
        "DELETE FROM load_decision",
        "UPDATE biological_indicator SET result = 'negative'",
        "UPDATE start_up_test SET passed = TRUE",
        "UPDATE programme SET hold_seconds = 1",
    ],
)
def test_the_database_keeps_what_was_recorded(lead_nurse: PersonAtWork, now: datetime, statement: str) -> None:
    load = make_load(lead_nurse, now, state=LoadState.RELEASED)
    grown(load, lead_nurse, now)
    biological.recall(load, RecallScope.THIS_LOAD, "Growth", lead_nurse, now)
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(statement))


def test_another_clinic_reads_and_recalls_nothing(
    lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime
) -> None:
    load = make_load(lead_nurse, now)
    indicator = place(load, lead_nurse, now)
    machine, programme = load.steriliser, make_programme(lead_nurse, now)
    attempts: list[Callable[[], object]] = [
        lambda: place(load, strange_nurse, now),
        lambda: biological.read_indicator(indicator, Growth.POSITIVE, Control.GREW, strange_nurse, now),
        lambda: biological.recall(load, RecallScope.THIS_LOAD, "Why", strange_nurse, now),
        lambda: equipment.record_test(machine, TestKind.HELIX, True, strange_nurse, now),
        lambda: equipment.set_log_format(machine, LogFormat(time="a", temperature="b"), strange_nurse, now),
        lambda: equipment.end_programme(programme, strange_nurse, now),
        lambda: make_programme(strange_nurse, now, steriliser=machine),
        lambda: queries.programme_of(strange_nurse.clinic_id, programme.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotHere):
            attempt()
    assert issubclass(NotHere, DomainError) and queries.biological_to_read(strange_nurse.clinic_id) == []
