"""Shots nobody counted: estimated from what is known, stored once, and marked wherever they are shown."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import judging, queries
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import NeedleUse, RemovalReason, Side, TreatmentSession
from inventory.sterility.columns import COLUMNS
from inventory.sterility.filters import LogFilter, Shape
from inventory.sterility.log_queries import log_rows
from tests.factories.sessions import Ready, start_session

MINUTE = timedelta(minutes=1)


def _shots(treatment: TreatmentSession) -> list[tuple[int | None, bool]]:
    return [(use.shots, use.estimated) for use in queries.needle_uses_of(treatment)]


def _swap(treatment: TreatmentSession, ready: Ready, place: int, by: PersonAtWork, at: datetime, **how: int) -> None:
    swap = Swap(RemovalReason.LIMIT_REACHED, **how)
    assert scan_in(treatment, ready.packs[place].code, by, at, swap=swap).tone == "green"


def test_a_needle_whose_own_area_was_typed_is_estimated_at_its_swap(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE, area_cm2=40)
    assert _shots(treatment) == [(10, True), (None, False)]  # 40 cm2 at 20 mm


def test_a_needle_after_a_counted_one_is_estimated_at_its_swap_by_rate_and_time(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE, shots=48)
    _swap(treatment, ready, 2, nurse, now + 11 * MINUTE)
    assert _shots(treatment) == [(48, False), (72, True), (None, False)]  # 12 a minute for six minutes


def test_what_depends_on_shares_of_a_region_is_estimated_at_the_close(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=300)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE)
    _swap(treatment, ready, 2, nurse, now + 10 * MINUTE)
    assert _shots(treatment) == [(None, True), (None, True), (None, False)]
    sessions.close(treatment, nurse, now + 15 * MINUTE)
    assert _shots(treatment) == [(25, True), (25, True), (25, True)]
    closed = next(e for e in entries_of(nurse.clinic_id, treatment.id) if e.action == "session.closed")
    assert closed.record.count('"shots":[null,25]') == 3


def test_a_stored_estimate_is_never_changed(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE, area_cm2=40)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(NeedleUse).where(NeedleUse.sequence == 1).values(shots=9))


def test_where_nothing_tells_no_number_is_made_up(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=None)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE)
    sessions.close(treatment, nurse, now + 10 * MINUTE)
    assert _shots(treatment) == [(None, True), (None, True)]


def test_a_region_no_needle_was_said_to_work_on_still_counts_where_nothing_was_counted(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=100)
    sessions.add_area(treatment, "scalp", Side.MIDLINE, nurse, now + 2 * MINUTE, area_cm2=5000)
    sessions.close(treatment, nurse, now + 10 * MINUTE)
    assert _shots(treatment) == [(25, True)]
    flag = next(flag for flag in queries.live_flags(treatment) if flag.code == "NEEDLE_CHANGE_TOO_FEW")
    assert '"punctures":1275' in flag.facts and '"estimated":"yes"' in flag.facts


def test_inv_14_flags_of_estimated_needles_recompute_to_the_same_set(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=5000)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE)
    sessions.close(treatment, nurse, now + 10 * MINUTE)
    kept = {(flag.code, flag.subject) for flag in queries.live_flags(treatment)}
    found = judging.findings_of(treatment, now + timedelta(days=9))
    assert {(f.code.value, f.subject or "session") for f in found if f.code in judging.STORED} == kept
    overdue = [flag for flag in queries.live_flags(treatment) if flag.code == "NEEDLE_OVERDUE"]
    assert len(overdue) == 2
    assert all("(estimated)" in flag.sentence for flag in overdue)


def test_an_estimate_is_exported_as_not_counted(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready)
    _swap(treatment, ready, 1, nurse, now + 5 * MINUTE, area_cm2=40)
    sessions.close(treatment, nurse, now + 10 * MINUTE, shots=20)
    headers = [column.header for column in COLUMNS[Shape.EVENTS] if not column.private]
    rows = [dict(zip(headers, row, strict=True)) for row in log_rows(nurse.clinic_id, nurse.time_zone, LogFilter())]
    assert [(row["shots"], row["shots_counted"]) for row in rows] == [(10, "no"), (20, "yes")]


def test_while_it_runs_a_needle_nobody_counted_is_judged_by_its_time_until_somebody_counts(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=None)
    _swap(treatment, ready, 1, nurse, now + 2 * MINUTE, shots=90)
    sessions.draw_syringe(treatment, nurse, now + 10 * MINUTE)
    assert "NEEDLE_OVERDUE" in {flag.code for flag in queries.live_flags(treatment)}
    sessions.count_shots(treatment, 40, nurse, now + 10 * MINUTE)
    assert "NEEDLE_OVERDUE" not in {flag.code for flag in queries.live_flags(treatment)}


def test_at_the_close_what_nobody_counted_is_stored_as_estimated(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=None)
    _swap(treatment, ready, 1, nurse, now + 2 * MINUTE, shots=90)
    sessions.close(treatment, nurse, now + 10 * MINUTE)
    assert _shots(treatment) == [(90, False), (720, True)]
    assert "NEEDLE_OVERDUE" in {flag.code for flag in queries.live_flags(treatment)}
