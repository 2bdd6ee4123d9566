"""A policy version on its way: drafted by one person, approved by another, and never changed in between."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.clock import start_of_day
from inventory.compliance.drafting import (
    DayPassed,
    DraftDecided,
    DraftOutdated,
    SamePerson,
    approve_draft,
    draft_policy,
    withdraw_draft,
)
from inventory.compliance.facts import Thresholds
from inventory.compliance.models import DraftState
from inventory.compliance.operations import PolicyNotLater
from inventory.compliance.queries import policy_on, thresholds_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import db
from inventory.people.actors import PersonAtWork
from tests.conftest import NOW
from tests.factories.compliance import make_policy

STRICTER = PolicyNumbers(clinic_wide=Thresholds(overdue_punctures=80), techniques={"papule": {"overdue_minutes": 10}})
DAY = timedelta(days=1)


def test_inv_15_nobody_approves_their_own_draft(administrator: PersonAtWork, lead_nurse: PersonAtWork) -> None:
    draft = draft_policy(STRICTER, "Fewer punctures", administrator, NOW)
    with pytest.raises(SamePerson):
        approve_draft(draft, administrator, NOW)
    policy = approve_draft(draft, lead_nurse, NOW + DAY)
    assert (policy.published_by, draft.drafted_by_id, draft.policy_id) == (
        lead_nurse.id,
        administrator.id,
        policy.id,
    )
    assert thresholds_of(policy, "papule").overdue_minutes == 10 and thresholds_of(policy).overdue_minutes == 15


@pytest.mark.parametrize(
    "change",
    [
        "thresholds = '{}'",
        "reason = 'Another'",
        "drafted_by_id = NULL",
        "in_force_on = '2099-01-01'",
        "state = 'approved', decided_at = drafted_at, decided_by_id = drafted_by_id, decided_by_name = 'X'",
    ],
)
def test_inv_15_the_database_keeps_a_draft_as_it_was_written(administrator: PersonAtWork, change: str) -> None:
    draft_policy(STRICTER, "Fewer punctures", administrator, NOW)
    for statement in (f"UPDATE policy_draft SET {change}", "DELETE FROM policy_draft"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_inv_15_a_decision_stands(administrator: PersonAtWork, lead_nurse: PersonAtWork) -> None:
    draft = draft_policy(STRICTER, "Fewer punctures", administrator, NOW)
    withdraw_draft(draft, "Not yet", lead_nurse, NOW)
    for act in (lambda: approve_draft(draft, lead_nurse, NOW), lambda: withdraw_draft(draft, "No", lead_nurse, NOW)):
        with pytest.raises(DraftDecided):
            act()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE policy_draft SET state = 'waiting', decided_at = NULL"))
    assert draft.state is DraftState.WITHDRAWN


def test_a_version_comes_into_force_on_its_day_by_the_clinics_clock(
    administrator: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    make_policy(administrator, NOW - DAY)
    day = NOW.date() + 3 * DAY
    draft = draft_policy(STRICTER, "From Thursday", administrator, NOW, in_force_on=day)
    policy = approve_draft(draft, lead_nurse, NOW)
    begins = start_of_day(administrator.time_zone, day)
    assert policy.in_force_from == begins
    assert policy_on(administrator.clinic_id, begins - timedelta(seconds=1)).number == 1
    assert policy_on(administrator.clinic_id, begins).number == 2
    early = draft_policy(STRICTER, "From now", administrator, NOW)
    with pytest.raises(PolicyNotLater):
        approve_draft(early, lead_nurse, NOW + DAY)
    assert early.state is DraftState.WAITING


def test_a_draft_whose_day_went_by_begins_when_it_is_approved(
    administrator: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    draft = draft_policy(STRICTER, "From today", administrator, NOW, in_force_on=NOW.date())
    assert approve_draft(draft, lead_nurse, NOW + 2 * DAY).in_force_from == NOW + 2 * DAY
    with pytest.raises(DayPassed):
        draft_policy(STRICTER, "From yesterday", administrator, NOW, in_force_on=(NOW - DAY).date())


def test_a_draft_made_from_an_older_version_is_not_published_over_a_newer_one(
    administrator: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    draft = draft_policy(STRICTER, "Fewer punctures", administrator, NOW)
    make_policy(administrator, NOW)
    with pytest.raises(DraftOutdated):
        approve_draft(draft, lead_nurse, NOW + DAY)
