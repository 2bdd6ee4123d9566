"""Whoever had a hand in a session reviews none of its flags: by the operation, and by the database itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.db import db
from inventory.oversight.lifecycle import Step
from inventory.oversight.models import FlagStep
from inventory.oversight.review import FlagNotReviewable, take_step
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.admission import scan_in
from inventory.sessions.models import TreatmentSession
from tests.factories.sessions import make_ready, start_session

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
    now: datetime,
    worked: Callable[[TreatmentSession, PersonAtWork, datetime], None],
) -> None:
    treatment = start_session(nurse, now, make_ready(nurse, now), area_cm2=600)
    worked(treatment, lead_nurse, now + 2 * timedelta(minutes=1))
    sessions.close(treatment, nurse, now + 10 * timedelta(minutes=1), shots=80)
    first, second = queries.live_flags(treatment)[:2]
    with pytest.raises(FlagNotReviewable):
        take_step(first, treatment, Step.CLOSE, "My own", lead_nurse, now + HOUR)
    own = {"flag_id": first.id, "sequence": 1, "step": "close", "state": "closed", "reason": "My own", "at": now}
    with pytest.raises(IntegrityError, match="who worked in the session"), db.session.begin_nested():
        by = {"id": uuid7(), "clinic_id": first.clinic_id, "by_id": lead_nurse.id, "by_name": lead_nurse.name}
        db.session.execute(insert(FlagStep.__table__).values({**own, **by}))
    for flag in (first, second):
        take_step(flag, treatment, Step.CLOSE, "Talked it over", second_lead_nurse, now + HOUR)
