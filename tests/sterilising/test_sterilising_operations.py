"""Recording loads and deciding on them."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.audit.queries import entries_of
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.errors import DomainError, NotHere
from inventory.people.actors import PersonAtWork
from inventory.sterilising import errors, queries
from inventory.sterilising.models import CycleType, Indicator, LoadState
from tests.factories.sterilising import CHECKED, decide, make_load, make_steriliser


def actions(by: PersonAtWork, subject_id: object) -> list[str]:
    return [entry.action for entry in entries_of(by.clinic_id, subject_id)]


def test_a_steriliser_is_added_and_recorded(lead_nurse: PersonAtWork, now: datetime) -> None:
    steriliser = make_steriliser(lead_nurse, now, name="S1")
    assert actions(lead_nurse, steriliser.id) == ["steriliser.added"]
    with pytest.raises(errors.NameTaken):
        make_steriliser(lead_nurse, now, name="S1")
    assert [found.name for found in queries.sterilisers_in(lead_nurse.clinic_id)] == ["S1"]


def test_loads_are_numbered_by_steriliser_and_clinic_day(lead_nurse: PersonAtWork, now: datetime) -> None:
    first, second = (make_steriliser(lead_nurse, now, name=name) for name in ("S1", "S2"))
    # 23:30 UTC on the 21st is half past midnight on the 22nd in Brussels.
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    begun = [(first, late), (first, late + timedelta(hours=2)), (second, late), (first, late - timedelta(hours=1))]
    numbers = [make_load(lead_nurse, now, steriliser=s, started_at=at).number for s, at in begun]
    assert numbers == ["S1-20261122-01", "S1-20261122-02", "S2-20261122-01", "S1-20261121-01"]


def test_a_recorded_load_awaits_its_decision(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now)
    assert (load.state, load.decided_at, load.loaded_by_name) == (LoadState.AWAITING, None, lead_nurse.name)
    assert actions(lead_nurse, load.id) == ["load.recorded"]


def test_wrapped_goods_in_an_n_cycle_are_rejected_at_once(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now, cycle_type=CycleType.N, wrapped_or_hollow=True)
    assert load.state is LoadState.REJECTED
    assert load.meaning == "Rejected by rule: wrapped or hollow goods in an N cycle (EN 13060)"
    assert make_load(lead_nurse, now, cycle_type=CycleType.N, wrapped_or_hollow=False).state is LoadState.AWAITING


@pytest.mark.parametrize("minutes", [-1, -39])
def test_a_cycle_cannot_end_in_the_future(lead_nurse: PersonAtWork, now: datetime, minutes: int) -> None:
    with pytest.raises(errors.LoadTimesWrong):
        make_load(lead_nurse, now, started_at=now + timedelta(minutes=minutes))


def test_a_sound_load_is_released_in_the_deciders_words(
    lead_nurse: PersonAtWork, second_lead_nurse: PersonAtWork, now: datetime
) -> None:
    load = make_load(lead_nurse, now, state=LoadState.RELEASED, decided_by=second_lead_nurse)
    assert (load.state, load.meaning, load.decided_at) == (LoadState.RELEASED, CHECKED, now)
    assert (load.decided_by_id, load.decided_by_name) == (second_lead_nurse.id, second_lead_nurse.name)
    assert actions(lead_nurse, load.id) == ["load.released", "load.recorded"]


@pytest.mark.parametrize(
    ("faulty", "named"),
    [
        ({"external_indicator": Indicator.FAILED}, errors.IndicatorNotPassed),
        ({"internal_indicator": Indicator.NOT_READ}, errors.IndicatorNotPassed),
        ({"dry": False}, errors.LoadWet),
        ({"temperature_tenths": 1339}, errors.ParametersNotReached),
        ({"hold_seconds": 209}, errors.ParametersNotReached),
    ],
)
def test_an_unsound_load_is_not_released_but_can_be_rejected(
    lead_nurse: PersonAtWork, now: datetime, faulty: dict[str, object], named: type[DomainError]
) -> None:
    load = make_load(lead_nurse, now, **faulty)
    with pytest.raises(named) as refused:
        decide(load, LoadState.RELEASED, lead_nurse, now)
    assert refused.value.sentence.endswith("Reject it.")
    assert load.state is LoadState.AWAITING
    decide(load, LoadState.QUARANTINED, lead_nurse, now, "Waiting for the technician")
    with pytest.raises(named):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    decide(load, LoadState.REJECTED, lead_nurse, now, "Not sterile")
    assert load.state is LoadState.REJECTED


def test_all_that_speaks_against_a_load_is_said_at_once(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now, dry=False, internal_indicator=Indicator.FAILED, hold_seconds=10)
    with pytest.raises(errors.NotReleasable) as refused:
        decide(load, LoadState.RELEASED, lead_nurse, now)
    assert len(refused.value.reasons) == 3


@pytest.mark.parametrize("meaning", ["", "   "])
def test_a_decision_needs_its_meaning(lead_nurse: PersonAtWork, now: datetime, meaning: str) -> None:
    load = make_load(lead_nurse, now)
    with pytest.raises(errors.MeaningMissing):
        decide(load, LoadState.RELEASED, lead_nurse, now, meaning)


ALLOWED = {
    ("awaiting", "released"),
    ("awaiting", "quarantined"),
    ("awaiting", "rejected"),
    ("quarantined", "released"),
    ("quarantined", "rejected"),
    ("quarantined", "recalled"),
    ("released", "quarantined"),
    ("released", "recalled"),
}


@pytest.mark.parametrize("before", list(LoadState))
@pytest.mark.parametrize("wanted", list(LoadState))
def test_a_load_takes_only_the_steps_of_the_table(
    lead_nurse: PersonAtWork, now: datetime, before: LoadState, wanted: LoadState
) -> None:
    load = make_load(lead_nurse, now, state=before)
    if (before.value, wanted.value) in ALLOWED:
        decide(load, wanted, lead_nurse, now)
        assert load.state is wanted
    else:
        with pytest.raises(errors.LoadDecided):
            decide(load, wanted, lead_nurse, now)
        assert load.state is before


def test_where_the_policy_says_so_another_person_releases(
    lead_nurse: PersonAtWork, second_lead_nurse: PersonAtWork, now: datetime
) -> None:
    publish_policy(Thresholds(second_person_releases=True), "Four eyes", lead_nurse, now)
    load = make_load(lead_nurse, now)
    with pytest.raises(errors.SecondPersonNeeded):
        decide(load, LoadState.RELEASED, lead_nurse, now)
    decide(load, LoadState.RELEASED, second_lead_nurse, now)
    assert load.state is LoadState.RELEASED


def test_without_such_a_policy_the_loader_may_release(lead_nurse: PersonAtWork, now: datetime) -> None:
    publish_policy(Thresholds(), "Defaults", lead_nurse, now)
    assert make_load(lead_nurse, now, state=LoadState.RELEASED).state is LoadState.RELEASED


def test_another_clinic_has_no_part_in_it(lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime) -> None:
    steriliser = make_steriliser(lead_nurse, now)
    load = make_load(lead_nurse, now, steriliser=steriliser)
    for attempt in (
        lambda: make_load(strange_nurse, now, steriliser=steriliser),
        lambda: decide(load, LoadState.RELEASED, strange_nurse, now),
        lambda: queries.load_of(strange_nurse.clinic_id, load.id),
        lambda: queries.steriliser_of(strange_nurse.clinic_id, steriliser.id),
    ):
        with pytest.raises(NotHere):
            attempt()
    assert queries.loads_in(strange_nurse.clinic_id) == []
