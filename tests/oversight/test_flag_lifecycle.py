"""The review of a flag: its table, and every way through it on the database."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.errors import Invalid
from inventory.oversight import queries
from inventory.oversight.lifecycle import LIFECYCLE, FlagState, Step, steps_from
from inventory.oversight.review import Agreed, FlagNotReviewable, Reviewed, take_step, take_steps
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, Membership, Role
from inventory.sessions import operations as sessions
from inventory.sessions import queries as session_queries
from inventory.sessions.admission import scan_in
from inventory.sessions.models import Flag, Technique, TreatmentSession
from tests import databases
from tests.conftest import NOW, _somebody
from tests.factories.people import make_clinic
from tests.factories.sessions import make_ready, start_session

DAY = timedelta(days=1)


def flagged(by: PersonAtWork, now: datetime) -> tuple[Flag, TreatmentSession]:
    """A closed session whose one needle was past its limit, worked by one person."""
    treatment = start_session(by, now, make_ready(by, now))
    sessions.close(treatment, by, now + timedelta(minutes=5), shots=150)
    (flag,) = session_queries.live_flags(treatment)
    return flag, treatment


def agreed(owner: PersonAtWork, due_on: date) -> Agreed:
    return Agreed("Show the counter to the team", db.session.get_one(Membership, owner.membership_id), due_on)


def test_every_state_leads_somewhere_and_what_is_closed_only_back_to_open() -> None:
    assert {state for state, _ in LIFECYCLE} == set(FlagState) == set(LIFECYCLE.values())
    assert steps_from(FlagState.CLOSED) == [Step.REOPEN]
    assert all(Step.CLOSE in steps_from(state) for state in FlagState if state is not FlagState.CLOSED)


def test_a_review_goes_from_open_to_an_agreed_action_to_closed_and_open_again(
    nurse: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    flag, treatment = flagged(nurse, NOW)
    take_step(flag, treatment, Step.ACKNOWLEDGE, "Seen", lead_nurse, NOW)
    action = agreed(nurse, (NOW + 7 * DAY).date())
    take_step(flag, treatment, Step.AGREE_ACTION, "It comes back", lead_nurse, NOW, agreed=action)
    take_step(flag, treatment, Step.CLOSE, "Done", lead_nurse, NOW + DAY)
    take_step(flag, treatment, Step.REOPEN, "Again", lead_nurse, NOW + 2 * DAY)
    steps = queries.steps_of(flag)
    assert [step.state.value for step in steps] == ["acknowledged", "action_agreed", "closed", "open"]
    assert (steps[1].owner_name, steps[1].due_on) == (nurse.name, (NOW + 7 * DAY).date())
    assert {entry.action for entry in entries_of(nurse.clinic_id, treatment.id)} >= {"flag.close", "flag.reopen"}
    assert queries.counts_of(nurse.clinic_id)[FlagState.OPEN] == 1


def test_inv_16_who_opened_scanned_or_practised_cannot_close_the_flag(
    nurse: PersonAtWork, second_nurse: PersonAtWork, lead_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    ready = make_ready(nurse, NOW)
    practitioner = db.session.get_one(Membership, lead_nurse.membership_id)
    treatment = sessions.open_session("C-1", practitioner, ready.room, Technique.PAPULE, 4, nurse, NOW)
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        scan_in(treatment, code, second_nurse, NOW)
    sessions.start(treatment, second_nurse, NOW + timedelta(minutes=1))
    sessions.close(treatment, second_nurse, NOW + timedelta(minutes=5), shots=150)
    flag = session_queries.live_flags(treatment)[0]
    for own in (nurse, second_nurse, lead_nurse):
        with pytest.raises(FlagNotReviewable, match="You worked in this session"):
            take_step(flag, treatment, Step.CLOSE, "Fine", own, NOW)
        assert treatment.id in queries.worked_in(own.clinic_id, own.id)
    taken = take_step(flag, treatment, Step.ACKNOWLEDGE, "Seen", manager, NOW)
    for own in (nurse, second_nurse, lead_nurse):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(_again(taken.id, own.id)))


def _again(step_id: object, by_id: object) -> str:
    """SQL for a second step by somebody, past every operation."""
    sqlite = db.engine.dialect.name == "sqlite"
    shown = (lambda key: f"'{key.hex}'") if sqlite else (lambda key: f"'{key}'")
    new_id = "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    return (
        "INSERT INTO flag_step (id, clinic_id, flag_id, sequence, step, state, reason, at, by_id, by_name) "
        f"SELECT {new_id}, clinic_id, flag_id, 2, 'close', 'closed', 'Fine', at, {shown(by_id)}, 'X' "
        f"FROM flag_step WHERE id = {shown(step_id)}"
    )


def test_inv_16_no_step_is_changed_or_deleted(nurse: PersonAtWork, lead_nurse: PersonAtWork) -> None:
    flag, treatment = flagged(nurse, NOW)
    take_step(flag, treatment, Step.CLOSE, "Done", lead_nurse, NOW)
    for statement in ("UPDATE flag_step SET reason = 'x'", "DELETE FROM flag_step"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_an_action_says_what_who_and_a_day_to_come(nurse: PersonAtWork, lead_nurse: PersonAtWork) -> None:
    flag, treatment = flagged(nurse, NOW)
    with pytest.raises(Invalid):
        take_step(flag, treatment, Step.AGREE_ACTION, "It comes back", lead_nurse, NOW)
    with pytest.raises(Invalid):
        yesterday = agreed(nurse, (NOW - DAY).date())
        take_step(flag, treatment, Step.AGREE_ACTION, "It comes back", lead_nurse, NOW, agreed=yesterday)
    with pytest.raises(Invalid):
        take_step(flag, treatment, Step.CLOSE, "x", lead_nurse, NOW, agreed=agreed(nurse, NOW.date()))
    assert not queries.steps_of(flag)


def test_an_action_is_overdue_from_the_day_after_until_it_is_closed(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, stranger: PersonAtWork
) -> None:
    flag, treatment = flagged(nurse, NOW)
    due_on = (NOW + 7 * DAY).date()
    take_step(flag, treatment, Step.AGREE_ACTION, "It comes back", lead_nurse, NOW, agreed=agreed(nurse, due_on))
    assert queries.overdue_actions(nurse.clinic_id, due_on) == []
    (late,) = queries.overdue_actions(nurse.clinic_id, due_on + DAY)
    assert (late.flag_id, late.treatment_number, late.owner_membership_id) == (flag.id, 1, nurse.membership_id)
    assert queries.overdue_actions(stranger.clinic_id, due_on + DAY) == []
    take_step(flag, treatment, Step.AGREE_ACTION, "More time", lead_nurse, NOW, agreed=agreed(nurse, due_on + 9 * DAY))
    assert queries.overdue_actions(nurse.clinic_id, due_on + DAY) == []
    take_step(flag, treatment, Step.CLOSE, "Done", lead_nurse, NOW)
    assert queries.overdue_actions(nurse.clinic_id, due_on + 30 * DAY) == []


def test_many_flags_are_reviewed_with_a_reason_each_or_none_at_all(
    nurse: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    flag, treatment = flagged(nurse, NOW)
    assert take_steps(Step.CLOSE, [Reviewed(flag, treatment, "Typed wrongly")], lead_nurse, NOW) == 1
    with pytest.raises(FlagNotReviewable, match=r"Session 1: This flag is closed.*Nothing was saved"):
        take_steps(Step.CLOSE, [Reviewed(flag, treatment, "Again")], lead_nurse, NOW)
    with pytest.raises(Invalid):
        take_steps(Step.CLOSE, [], lead_nurse, NOW)


def test_recurrence_counts_the_same_rule_with_the_same_gun_in_90_days(nurse: PersonAtWork) -> None:
    flagged(nurse, NOW - 100 * DAY)
    ready = make_ready_again(nurse, NOW)
    for day in (0, 1):
        treatment = start_session(nurse, NOW + day * DAY, ready[day])
        sessions.close(treatment, nurse, NOW + day * DAY + timedelta(minutes=5), shots=150)
    newest, before, oldest = queries.flags_in(nurse.clinic_id)
    found = queries.recurrences(nurse.clinic_id, [newest, before, oldest])
    assert [found[one.flag.id].with_practitioner for one in (newest, before, oldest)] == [2, 1, 1]
    assert [found[one.flag.id].with_gun for one in (newest, before, oldest)] == [1, 1, 1]


def make_ready_again(by: PersonAtWork, now: datetime):
    """Two further sets of things, under the policy that is there."""
    return [make_ready(by, now + timedelta(seconds=step), policy=False) for step in (0, 1)]


class Reviews(RuleBasedStateMachine):
    """Any steps by anybody, against the table alone."""

    clinic: Clinic

    @initialize()
    def begin(self) -> None:
        clinic = make_clinic(NOW)
        self.nurse = _somebody(clinic, f"Nora {clinic.id}", Role.NURSE)
        self.lead = _somebody(clinic, f"Lea {clinic.id}", Role.LEAD_NURSE)
        self.flag, self.treatment = flagged(self.nurse, NOW)
        self.state, self.taken = FlagState.OPEN, 0

    @rule(step=st.sampled_from(Step), own=st.booleans())
    def step(self, step: Step, own: bool) -> None:
        by = self.nurse if own else self.lead
        action = agreed(self.nurse, NOW.date()) if step is Step.AGREE_ACTION else None
        follows = (self.state, step) in LIFECYCLE
        try:
            take_step(self.flag, self.treatment, step, "Because", by, NOW, agreed=action)
        except FlagNotReviewable:
            assert own or not follows
        else:
            assert follows and not own
            self.state, self.taken = LIFECYCLE[self.state, step], self.taken + 1

    @invariant()
    def the_last_step_counts_and_all_are_kept(self) -> None:
        if hasattr(self, "flag"):
            steps = queries.steps_of(self.flag)
            assert [step.sequence for step in steps] == list(range(1, self.taken + 1))
            (listed,) = queries.flags_in(self.nurse.clinic_id)
            assert listed.state is self.state
            assert queries.counts_of(self.nurse.clinic_id)[self.state] == 1


def test_flags_follow_their_table_whatever_happens(app: Flask) -> None:
    databases.restore(app)
    run_state_machine_as_test(
        Reviews,
        settings=settings(
            max_examples=6, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
