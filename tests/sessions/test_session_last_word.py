"""What the database itself refuses of a session's end and of the review of its flags."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.clock import day_in
from inventory.db import db
from inventory.packs import operations as packs
from inventory.people.actors import PersonAtWork
from inventory.sessions import judging, queries
from inventory.sessions import operations as sessions
from inventory.sessions.admission import scan_in
from inventory.sessions.errors import FlagNotReviewable
from inventory.sessions.models import FlagReview, TreatmentSession
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, open_session, start_session

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _opened(treatment: TreatmentSession, by: PersonAtWork, now: datetime) -> None:
    """Nothing more: who treats is somebody else."""
    treatment.opened_by_id = by.id


def _treated(treatment: TreatmentSession, by: PersonAtWork, now: datetime) -> None:
    treatment.practitioner_membership_id = by.membership_id


def _scanned(treatment: TreatmentSession, by: PersonAtWork, now: datetime) -> None:
    scan_in(treatment, "hello", by, now)


def _counted(treatment: TreatmentSession, by: PersonAtWork, now: datetime) -> None:
    sessions.count_shots(treatment, 10, by, now)


@pytest.mark.parametrize("worked", [_opened, _treated, _scanned, _counted])
def test_inv_16_whoever_worked_in_a_session_reviews_none_of_its_flags(
    nurse: PersonAtWork,
    lead_nurse: PersonAtWork,
    second_lead_nurse: PersonAtWork,
    ready: Ready,
    now: datetime,
    worked: Callable[[TreatmentSession, PersonAtWork, datetime], None],
) -> None:
    treatment = start_session(nurse, now, ready, area_cm2=600)
    worked(treatment, lead_nurse, now + 2 * MINUTE)
    sessions.close(treatment, nurse, now + 10 * MINUTE, shots=80)
    first, second = queries.live_flags(treatment)[:2]
    with pytest.raises(FlagNotReviewable):
        judging.review(first, treatment, "My own", lead_nurse, now + HOUR)
    row = {"id": uuid7(), "clinic_id": first.clinic_id, "flag_id": first.id, "at": now, "reason": "My own"}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        values = {**row, "by_id": lead_nurse.id, "by_name": lead_nurse.name}
        db.session.execute(insert(FlagReview.__table__).values(values))
    for flag in (first, second):
        judging.review(flag, treatment, "Talked it over", second_lead_nurse, now + HOUR)


def test_inv_17_the_database_closes_no_session_without_a_pack_or_a_reason(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    started = start_session(nurse, now, ready)
    ended = {"closed_at": now + HOUR, "state": "closed", "gun_id": ready.gun.id, "started_at": now}
    bare = open_session(nurse, now, ready)
    # The gun stays with the session that took it; this one takes none.
    sessions.close(started, nurse, now + 5 * MINUTE, shots=40)
    for values in (ended, {"closed_at": now + HOUR, "state": "abandoned"}):
        with pytest.raises(IntegrityError, match="ends with a pack or with a reason"), db.session.begin_nested():
            db.session.execute(update(TreatmentSession.__table__).where(TreatmentSession.id == bare.id).values(values))
    sessions.abandon(bare, "The patient left", nurse, now + HOUR)


def test_inv_03_the_database_closes_no_session_whose_expired_pack_has_no_critical_flag(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    before = now - timedelta(days=3)
    pack = make_packs(lead_nurse, before, ready.lot, ready.store, use_by=day_in(lead_nurse.time_zone, before))[0]
    treatment = open_session(lead_nurse, now, ready)
    packs.open_pack(pack, treatment.id, lead_nurse, now, override_reason="Past the flag")
    with pytest.raises(IntegrityError, match="ends with a critical flag"), db.session.begin_nested():
        sessions.abandon(treatment, "The patient left", lead_nurse, now)
    db.session.expire_all()
    judging.raise_incident(treatment, "OVERRIDDEN", str(pack.id), "Told late", lead_nurse, now, rule="EXPIRED")
    sessions.abandon(treatment, "The patient left", lead_nurse, now)
