"""What a device sends is read strictly, and its times are corrected."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.devices.batches import BadBatch, read
from inventory.devices.timing import happened, is_anomaly, offset_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


def _event(**changed: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "seq": 1,
        "session": str(uuid4()),
        "kind": "count",
        "fields": {"shots": "12"},
        "device_at": "2026-11-23T12:00:00.000Z",
        "token": "signed",
        "used": False,
        **changed,
    }


def _batch(*events: object) -> dict[str, object]:
    return {"device": str(uuid4()), "name": "Tablet 1", "device_now": "2026-11-23T12:01:00+01:00", "events": [*events]}


def test_events_are_taken_in_the_devices_own_order() -> None:
    batch = read(_batch(_event(seq=3), _event(seq=1), _event(seq=2)))
    assert [event.seq for event in batch.events] == [1, 2, 3]
    assert batch.device_now == NOON - timedelta(minutes=59)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "7"},
        {"id": None},
        {"seq": 0},
        {"seq": 2**31},
        {"seq": True},
        {"seq": "1"},
        {"session": "abdomen"},
        {"kind": "delete"},
        {"fields": ["shots"]},
        {"fields": {"shots": 12}},
        {"fields": {"text": "x" * 601}},
        {"device_at": "yesterday"},
        {"device_at": "2026-11-23T12:00:00"},
        {"device_at": "0001-01-01T00:00:00+14:00"},
        {"used": "yes"},
        {"clinic_id": str(uuid4())},
    ],
)
def test_an_event_that_cannot_be_meant_is_named(changed: dict[str, object]) -> None:
    with pytest.raises(BadBatch) as refused:
        read(_batch(_event(), _event(**changed)))
    assert refused.value.sentence.startswith("Event 2")


def test_a_batch_holds_at_most_200_events() -> None:
    assert len(read(_batch(*(_event(seq=seq) for seq in range(1, 201)))).events) == 200
    with pytest.raises(BadBatch):
        read(_batch(*(_event(seq=seq) for seq in range(1, 202))))


@given(JSON)
def test_nothing_a_stranger_sends_crashes_the_reader(sent: object) -> None:
    with pytest.raises(BadBatch):
        read(sent)


@given(
    name=st.sampled_from(["device", "name", "device_now", "events"]),
    value=JSON.filter(lambda v: not isinstance(v, str | list)),
)
def test_a_batch_with_one_wrong_part_is_refused(name: str, value: object) -> None:
    batch = deepcopy(_batch(_event()))
    with pytest.raises(BadBatch):
        read({**batch, name: value})


def test_a_clock_that_is_ahead_is_set_right() -> None:
    offset = offset_of(NOON + 60 * MINUTE, NOON)
    assert offset == 60 * MINUTE
    assert happened(NOON + 50 * MINUTE, offset, NOON - 60 * MINUTE, NOON) == NOON - 10 * MINUTE


def test_nothing_happens_after_it_arrived_or_before_what_is_known() -> None:
    assert happened(NOON + MINUTE, timedelta(0), NOON - MINUTE, NOON) == NOON
    assert happened(NOON - 9 * MINUTE, timedelta(0), NOON - MINUTE, NOON) == NOON - MINUTE


@given(claimed=st.datetimes(timezones=st.just(UTC)), clock=st.datetimes(timezones=st.just(UTC)))
def test_whatever_a_clock_claims_the_time_kept_lies_between(claimed: datetime, clock: datetime) -> None:
    earliest = NOON - 60 * MINUTE
    assert earliest <= happened(claimed, offset_of(clock, NOON), earliest, NOON) <= NOON


@pytest.mark.parametrize(("off", "anomaly"), [(0, False), (5, False), (-5, False), (6, True), (-6, True)])
def test_five_minutes_are_tolerated(off: int, anomaly: bool) -> None:
    assert is_anomaly(off * MINUTE) is anomaly
