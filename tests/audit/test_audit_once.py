"""The same event changes nothing twice; other content under its name changes nothing at all."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid6 import uuid7

from inventory.audit.once import REUSED, Answer, answer_once
from inventory.audit.queries import page_of
from inventory.db import db
from inventory.errors import DomainError
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership, Role
from tests.conftest import NOW


class Refused(DomainError):
    code = "NOT_TODAY"


class Act:
    """A real change of the clinic that counts how often it ran."""

    def __init__(self, administrator: PersonAtWork, nurse: PersonAtWork, refusal: DomainError | None = None) -> None:
        self.administrator, self.nurse, self.refusal, self.runs = administrator, nurse, refusal, 0

    def __call__(self) -> Answer:
        self.runs += 1
        membership = db.session.get_one(Membership, self.nurse.membership_id)
        people.change_role(membership, Role.MANAGER, self.administrator, NOW)
        if self.refusal:
            raise self.refusal
        return Answer(f"Changed {self.runs} times.", "/people")


def _actions(person: PersonAtWork) -> list[str]:
    return [entry.action for entry in page_of(person.clinic_id)]


def _role(person: PersonAtWork) -> Role:
    db.session.expire_all()
    return db.session.get_one(Membership, person.membership_id).role


def test_inv_21_the_same_event_gets_the_stored_answer(administrator: PersonAtWork, nurse: PersonAtWork) -> None:
    act, event = Act(administrator, nurse), uuid7()
    answers = [answer_once(event, {"role": "manager"}, by=administrator, now=NOW, act=act) for _ in range(3)]
    assert act.runs == 1 and set(answers) == {Answer("Changed 1 times.", "/people")}
    assert _actions(administrator).count("person.role_changed") == 1


def test_inv_21_other_content_is_refused_recorded_and_changes_nothing(
    administrator: PersonAtWork, nurse: PersonAtWork
) -> None:
    act, event = Act(administrator, nurse), uuid7()
    answer_once(event, {"role": "manager"}, by=administrator, now=NOW, act=act)
    before = _actions(administrator)
    assert answer_once(event, {"role": "nurse"}, by=administrator, now=NOW, act=act) == REUSED
    assert REUSED.status == 422 and act.runs == 1
    assert _actions(administrator) == ["event.reused", *before]
    assert page_of(administrator.clinic_id)[0].subject_id == event
    again = answer_once(event, {"role": "manager"}, by=administrator, now=NOW, act=act)
    assert again.accepted and act.runs == 1


def test_inv_21_a_refusal_is_stored_too_and_undoes_what_was_begun(
    administrator: PersonAtWork, nurse: PersonAtWork
) -> None:
    act, event = Act(administrator, nurse, Refused("Come back tomorrow.", field="role")), uuid7()
    answers = {answer_once(event, {"role": "manager"}, by=administrator, now=NOW, act=act) for _ in range(2)}
    assert answers == {Answer("Come back tomorrow.", "", False, "NOT_TODAY", 409, "role")}
    assert act.runs == 1 and _role(nurse) is Role.NURSE
    actions = _actions(administrator)
    assert actions.count("request.refused") == 1 and "person.role_changed" not in actions


def test_inv_21_a_fault_of_the_program_is_not_stored(administrator: PersonAtWork, nurse: PersonAtWork) -> None:
    event = uuid7()
    db.session.commit()

    def faulty() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer_once(event, {}, by=administrator, now=NOW, act=faulty)
    db.session.rollback()
    act = Act(administrator, nurse)
    assert answer_once(event, {}, by=administrator, now=NOW, act=act).accepted and act.runs == 1


def test_inv_21_an_event_belongs_to_who_sent_it(
    administrator: PersonAtWork, nurse: PersonAtWork, second_nurse: PersonAtWork
) -> None:
    act, event = Act(administrator, nurse), uuid7()
    answer_once(event, {"role": "manager"}, by=administrator, now=NOW, act=act)
    assert answer_once(event, {"role": "manager"}, by=second_nurse, now=NOW, act=act) == REUSED


def test_inv_21_each_clinic_names_its_own_events(
    administrator: PersonAtWork, nurse: PersonAtWork, stranger: PersonAtWork
) -> None:
    act, event = Act(administrator, nurse), uuid7()
    answer_once(event, {}, by=administrator, now=NOW, act=act)
    theirs = answer_once(event, {}, by=stranger, now=NOW, act=lambda: Answer("Theirs."))
    assert theirs.message == "Theirs."


@pytest.mark.parametrize(
    "statement",
    ["UPDATE stored_answer SET answer = '{}'", "DELETE FROM stored_answer", "UPDATE stored_answer SET at = at"],
)
def test_inv_22_a_stored_answer_is_never_changed_or_deleted(
    administrator: PersonAtWork, nurse: PersonAtWork, statement: str
) -> None:
    answer_once(uuid7(), {}, by=administrator, now=NOW, act=Act(administrator, nurse))
    db.session.flush()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(statement))


EVENTS = [UUID(int=number) for number in range(3)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(["nurse", "manager"]), st.booleans()), max_size=12)
)
def test_inv_21_holds_for_any_order_of_arrivals(administrator: PersonAtWork, sent) -> None:
    """Against a plain model: the first content of a name decides, once."""
    run = uuid7()
    ran, first = list[str](), dict[UUID, tuple[str, Answer]]()
    for number, (name, content, refused) in enumerate(sent):
        event = UUID(int=run.int ^ name.int)

        def act(number: int = number, refused: bool = refused) -> Answer:
            ran.append(str(number))
            if refused:
                raise Refused(str(number))
            return Answer(str(number))

        answer = answer_once(event, {"role": content}, by=administrator, now=NOW, act=act)
        known, stored = first.setdefault(event, (content, answer))
        assert answer == (stored if known == content else REUSED)
    assert ran == [stored.message for _, stored in first.values()]
