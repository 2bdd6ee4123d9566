"""INV-26: the record's time never runs backwards, and a server's clock that is set back is named in it, once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from inventory.audit.actors import Program
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason, TreatmentState
from tests.conftest import NOW
from tests.factories.sessions import make_ready, open_session

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
JUMPS = {
    "an hour back": -HOUR,
    "an hour on": HOUR,
    "a day on": timedelta(days=1),
    "a day back": -timedelta(days=1),
    "to 1970": LONG_AGO - NOW,
    "a second back": -SECOND,
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The server's clock, standing still at nine until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _look(clinic: Clinic, now: datetime | None = None, **facts: object) -> None:
    record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=now or utc_now(), **facts)


def _entries(clinic: Clinic) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.chain == clinic.id).order_by(AuditEntry.seq)
    return list(db.session.scalars(query))


def _facts(entry: AuditEntry) -> dict[str, object]:
    return json.loads(entry.record)["facts"]


def _anomalies(clinic: Clinic) -> list[dict[str, object]]:
    return [_facts(entry) for entry in _entries(clinic) if entry.action == "clock.anomaly"]


def _never_runs_back(clinic: Clinic) -> bool:
    times = [entry.at for entry in _entries(clinic)]
    return times == sorted(times) and verify(clinic.id).whole


def test_inv_26_the_database_refuses_an_entry_older_than_the_one_before(clinic: Clinic) -> None:
    _look(clinic)
    columns = "chain, actor_id, actor_name, action, subject_kind, subject_id, record"
    other = "randomblob(32)" if db.engine.dialect.name == "sqlite" else "decode(repeat('ab', 32), 'hex')"
    follow = text(
        f"INSERT INTO audit_entry (seq, prev_seq, prev_hash, hash, at, {columns}) "
        f"SELECT seq + 1, seq, hash, {other}, :at, {columns} FROM audit_entry WHERE seq = :newest"
    )
    newest = _entries(clinic)[-1].seq
    kind = AuditEntry.at.type
    earlier, same = (
        kind.process_bind_param(moment, db.engine.dialect) for moment in (NOW - timedelta(milliseconds=1), NOW)
    )
    with pytest.raises(DBAPIError, match="never runs back"), db.session.begin_nested():
        db.session.execute(follow, {"at": earlier, "newest": newest})
    db.session.execute(follow, {"at": same, "newest": newest})


def test_inv_26_a_clock_set_back_is_named_once_with_how_far(clinic: Clinic, clock: time_machine.Traveller) -> None:
    _look(clinic)
    clock.move_to(NOW - HOUR)
    for _ in range(3):
        _look(clinic)
        clock.shift(MINUTE)
    assert _anomalies(clinic) == [{"set_back_ms": 3_600_000, "clock_said": "2026-11-23T08:00:00.000Z"}]
    *_, second, third = _entries(clinic)
    assert (second.at, third.at) == (NOW, NOW)
    assert [_facts(entry)["clock_said"] for entry in (second, third)] == [
        "2026-11-23T08:01:00.000Z",
        "2026-11-23T08:02:00.000Z",
    ]
    clock.move_to(NOW + MINUTE)
    _look(clinic)
    assert _entries(clinic)[-1].at == NOW + MINUTE and _facts(_entries(clinic)[-1]) == {}
    assert len(_anomalies(clinic)) == 1 and _never_runs_back(clinic)


def test_inv_26_a_clock_set_back_again_is_named_again(clinic: Clinic, clock: time_machine.Traveller) -> None:
    _look(clinic)
    for moment in (NOW - HOUR, NOW - HOUR + MINUTE, NOW - 2 * HOUR, NOW - HOUR, NOW + HOUR, NOW):
        clock.move_to(moment)
        _look(clinic)
    assert [found["set_back_ms"] for found in _anomalies(clinic)] == [3_600_000, 3_660_000, 3_600_000]


def test_inv_26_the_program_names_the_clock_and_the_person_the_act(
    nurse: PersonAtWork, clinic: Clinic, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW - HOUR)
    record(nurse, "clinic.looked_at", clinic, now=utc_now())
    anomaly, act = _entries(clinic)[-2:]
    assert (anomaly.actor_name, anomaly.subject_kind, anomaly.subject_id) == ("Sterilog", "clinic", clinic.id)
    assert (act.actor_name, act.action) == (nurse.name, "clinic.looked_at")


def test_inv_26_an_act_that_began_earlier_and_is_recorded_later_is_no_anomaly(
    clinic: Clinic, clock: time_machine.Traveller
) -> None:
    """Two at once on PostgreSQL: whoever began first may reach the head of the record last."""
    began = utc_now()
    clock.shift(20 * SECOND)
    _look(clinic)
    _look(clinic, began)
    assert _anomalies(clinic) == [] and _entries(clinic)[-1].at == NOW + 20 * SECOND


def test_inv_26_each_clinic_has_its_own_time(
    clinic: Clinic, other_clinic: Clinic, clock: time_machine.Traveller
) -> None:
    clock.shift(HOUR)
    _look(clinic)
    clock.move_to(NOW)
    _look(other_clinic)
    assert _anomalies(other_clinic) == [] and _entries(other_clinic)[-1].at == NOW


STEPS = st.sampled_from(
    [SECOND, MINUTE, HOUR, timedelta(days=30), timedelta(0), -SECOND, -MINUTE, -HOUR, -timedelta(days=30)]
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_inv_26_whatever_the_clock_does_the_record_goes_on(
    clinic: Clinic, clock: time_machine.Traveller, steps: list[timedelta]
) -> None:
    """The plain model: what the clock said last, and the newest time; a step of a second is none."""
    with db.session.begin_nested() as undone:
        clock.move_to(NOW)
        said, newest, expected = NOW, NOW, []
        for step in steps:
            clock.shift(step)
            now = utc_now()
            _look(clinic)
            if newest - now > 2 * SECOND and said - now > 2 * SECOND:
                expected.append((said - now) // timedelta(milliseconds=1))
            said, newest = (now if newest - now > 2 * SECOND else max(now, newest)), max(now, newest)
        assert [found["set_back_ms"] for found in _anomalies(clinic)] == expected
        assert _never_runs_back(clinic)
        undone.rollback()
    db.session.expire_all()


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
@pytest.mark.parametrize("before", range(7))
def test_inv_26_a_session_goes_on_whatever_the_clock_does(
    nurse: PersonAtWork, clinic: Clinic, clock: time_machine.Traveller, before: int, jump: timedelta
) -> None:
    """The clock jumps before one step of seven, and stays there."""
    ready = make_ready(nurse, NOW)
    treatment = open_session(nurse, NOW, ready)
    again = Swap(RemovalReason.LIMIT_REACHED, 30)
    steps = [
        lambda now: scan_in(treatment, ready.gun.code, nurse, now),
        lambda now: scan_in(treatment, ready.antiseptic.code, nurse, now),
        lambda now: scan_in(treatment, ready.packs[0].code, nurse, now),
        lambda now: sessions.start(treatment, nurse, now),
        lambda now: scan_in(treatment, ready.packs[1].code, nurse, now, swap=again),
        lambda now: sessions.count_shots(treatment, 20, nurse, now),
        lambda now: sessions.close(treatment, nurse, now, shots=30, area_cm2=50),
    ]
    for number, step in enumerate(steps):
        clock.shift(jump if number == before else MINUTE)
        step(utc_now())
    assert treatment.state is TreatmentState.CLOSED
    assert _never_runs_back(clinic)
    assert len(_anomalies(clinic)) == (jump < -SECOND)
