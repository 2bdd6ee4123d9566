"""The course of a session: swaps, the close, its flags, their review, and what may be overridden."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.clock import day_in
from inventory.compliance import operations as compliance
from inventory.compliance.facts import Thresholds
from inventory.db import db
from inventory.guns.models import GunState
from inventory.oversight.lifecycle import Step
from inventory.oversight.models import FlagStep
from inventory.oversight.review import FlagNotReviewable, take_step
from inventory.packs.models import PackState, PackUse
from inventory.people.actors import PersonAtWork
from inventory.sessions import judging, queries
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.errors import NotRunning
from inventory.sessions.models import (
    Flag,
    FlagSeverity,
    NeedleUse,
    RemovalReason,
    Side,
    TreatmentSession,
    TreatmentState,
)
from inventory.stock import operations as stock
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, open_session, start_session

MINUTE = timedelta(minutes=1)


def test_a_swap_ends_one_needle_and_starts_the_next_in_one_step(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    at = now + 5 * MINUTE
    swap = Swap(RemovalReason.BENT, shots=60, area_cm2=40)
    scan = scan_in(treatment, ready.packs[1].code, nurse, at, swap=swap)
    assert (scan.code, scan.tone) == ("ACCEPTED", "green")
    first, second = queries.needle_uses_of(treatment)
    assert (first.removed_at, first.removal_reason, first.shots, first.area_cm2) == (at, RemovalReason.BENT, 60, 40)
    assert (second.sequence, second.pack, second.fitted_at, second.removed_at) == (2, ready.packs[1], at, None)


def test_there_are_never_two_needles_on_one_gun(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready)
    fitted = select(NeedleUse.__table__).filter_by(treatment_id=treatment.id)
    row = dict(db.session.execute(fitted).mappings().one())
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(NeedleUse.__table__).values({**row, "id": uuid7(), "sequence": 2}))


def test_a_pack_whose_needles_are_all_fitted_is_already_counted_and_no_incident(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = start_session(nurse, now, ready)
    scan = scan_in(treatment, ready.packs[0].code, nurse, now + 2 * MINUTE)
    assert (scan.code, scan.tone) == ("ALREADY_COUNTED", "amber")
    assert queries.live_flags(treatment) == []
    assert len(queries.needle_uses_of(treatment)) == 1


def test_two_regions_and_850_cm2_with_one_needle_is_flagged_at_close(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = _closed_with_too_few(nurse, ready, now)
    flags = {flag.code: flag for flag in queries.live_flags(treatment)}
    flag = flags["NEEDLE_CHANGE_TOO_FEW"]
    assert (flag.subject, flag.severity, flag.policy_number) == ("session", FlagSeverity.MAJOR, 1)
    assert '"area_cm2":850' in flag.facts
    assert '"needles_used":1' in flag.facts


def test_inv_14_flags_recompute_to_the_same_set(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = _closed_with_too_few(nurse, ready, now)
    before = [(flag.id, flag.cleared_at) for flag in queries.live_flags(treatment)]
    compliance.publish_policy(Thresholds(overdue_area_cm2=5000), "Looser", nurse, now + timedelta(days=1))
    later = now + timedelta(days=30)
    kept = {(flag.code, flag.subject) for flag in queries.live_flags(treatment)}
    found = judging.findings_of(treatment, later)
    assert {(f.code.value, f.subject or "session") for f in found if f.code in judging.STORED} == kept
    judging.reassess(treatment, nurse, later)
    assert [(flag.id, flag.cleared_at) for flag in queries.live_flags(treatment)] == before


def test_a_session_is_judged_by_the_policy_in_force_when_it_began(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = open_session(nurse, now, ready)
    loose = Thresholds(overdue_minutes=500)
    compliance.publish_policy(loose, "Looser", nurse, now, now + MINUTE)
    later = open_session(nurse, now + 2 * MINUTE, ready)
    assert (treatment.policy.number, later.policy.number) == (1, 2)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            update(TreatmentSession).where(TreatmentSession.id == treatment.id).values(policy_id=later.policy_id)
        )
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        scan_in(treatment, code, nurse, now)
    sessions.start(treatment, nurse, now + MINUTE)
    sessions.close(treatment, nurse, now + 40 * MINUTE, shots=20)
    assert "NEEDLE_OVERDUE" in {flag.code for flag in queries.live_flags(treatment)}


def test_inv_16_flags_are_never_deleted_and_reviewed_by_somebody_else(
    lead_nurse: PersonAtWork, second_lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = _closed_with_too_few(lead_nurse, ready, now)
    flag = queries.live_flags(treatment)[0]
    for statement in (delete(Flag), update(Flag).values(sentence="Nothing")):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)
    with pytest.raises(FlagNotReviewable):
        take_step(flag, treatment, Step.CLOSE, "My own", lead_nurse, now)
    row = {"id": uuid7(), "clinic_id": flag.clinic_id, "flag_id": flag.id, "at": now, "reason": "My own", "sequence": 1}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        values = {**row, "step": "close", "state": "closed", "by_id": lead_nurse.id, "by_name": lead_nurse.name}
        db.session.execute(insert(FlagStep.__table__).values(values))
    reviewed = take_step(flag, treatment, Step.CLOSE, "Talked it over", second_lead_nurse, now)
    assert (reviewed.by_id, reviewed.flag) == (second_lead_nurse.id, flag)
    with pytest.raises(FlagNotReviewable):
        take_step(flag, treatment, Step.CLOSE, "Again", second_lead_nurse, now)


def test_inv_17_a_closed_session_has_gun_area_policy_and_pack(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready)
    sessions.close(treatment, nurse, now + 5 * MINUTE, shots=40)
    assert (treatment.state, treatment.gun) == (TreatmentState.CLOSED, ready.gun)
    assert treatment.policy.number == 1
    assert [area.area_cm2 for area in queries.areas_of(treatment)] == [100]
    assert [pack.state for pack in queries.packs_of(treatment)] == [PackState.USED]
    assert ready.gun.state is GunState.NEEDS_DISINFECTION
    (use,) = queries.needle_uses_of(treatment)
    assert (use.removal_reason, use.shots, use.estimated) == (RemovalReason.SESSION_END, 40, False)
    assert queries.live_flags(treatment) == []
    with pytest.raises(NotRunning):
        sessions.close(treatment, nurse, now + 6 * MINUTE)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(TreatmentSession).values(gun_id=None))


def test_inv_17_a_session_closed_without_an_area_is_flagged(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=None)
    sessions.close(treatment, nurse, now + 5 * MINUTE, shots=40)
    assert [flag.code for flag in queries.live_flags(treatment)] == ["AREA_MISSING"]


def test_inv_03_every_use_of_a_bad_pack_has_a_critical_flag(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    before = now - timedelta(days=2)
    pack = make_packs(nurse, before, ready.lot, ready.store, use_by=day_in(nurse.time_zone, before))[0]
    treatment = open_session(nurse, now, ready)
    assert scan_in(treatment, pack.code, lead_nurse, now).code == "EXPIRED"
    by_nurse = scan_in(treatment, pack.code, nurse, now, override_reason="None other left")
    assert (by_nurse.code, by_nurse.tone) == ("REFUSED", "red")
    assert queries.live_flags(treatment) == []
    assert queries.packs_of(treatment) == []
    scan = scan_in(treatment, pack.code, lead_nurse, now, override_reason="None other left")
    assert scan.tone != "red"
    (flag,) = queries.live_flags(treatment)
    assert (flag.code, flag.severity) == ("OVERRIDDEN", FlagSeverity.CRITICAL)
    assert "None other left" in flag.sentence
    used = db.session.scalars(select(PackUse.pack_id).where(PackUse.treatment_id == treatment.id))
    assert used.all() == [pack.id]


@pytest.mark.parametrize(("step", "code"), [(stock.recall, "RECALLED"), (stock.quarantine, "REFUSED")])
def test_no_reason_goes_past_a_recall_or_what_the_policy_does_not_allow(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime, step, code: str
) -> None:
    step(ready.lot, "Bad lot", lead_nurse, now)
    treatment = open_session(lead_nurse, now, ready)
    scan = scan_in(treatment, ready.packs[0].code, lead_nurse, now, override_reason="In a hurry")
    assert scan.code == code
    assert queries.packs_of(treatment) == []


def test_no_reason_lets_a_pack_serve_two_sessions(lead_nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    scan_in(open_session(lead_nurse, now, ready), ready.packs[0].code, lead_nurse, now)
    second = open_session(lead_nurse, now, ready)
    scan = scan_in(second, ready.packs[0].code, lead_nurse, now, override_reason="In a hurry")
    assert scan.code == "ALREADY_USED"
    assert [flag.code for flag in queries.live_flags(second)] == ["ALREADY_USED"]


def _closed_with_too_few(by: PersonAtWork, ready: Ready, now: datetime) -> TreatmentSession:
    """850 cm2 over two regions, one needle."""
    treatment = start_session(by, now, ready, area_cm2=600)
    sessions.add_area(treatment, "thigh_front", Side.LEFT, by, now + 2 * MINUTE, area_cm2=250)
    sessions.close(treatment, by, now + 10 * MINUTE, shots=80)
    return treatment
