"""Clinics, people and roles, without pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.audit.queries import entries_of, verify
from inventory.db import db
from inventory.errors import Invalid, NotHere
from inventory.people import operations as people
from inventory.people import passwords
from inventory.people.actors import PersonAtWork
from inventory.people.errors import (
    AlreadyMember,
    EmailTaken,
    LastAdministrator,
    OwnPassword,
    TooManyTries,
    WeakPassword,
    WorksElsewhere,
)
from inventory.people.models import Clinic, Membership, Person, Role
from inventory.people.queries import membership_of, memberships_in
from tests.conftest import NOW
from tests.factories.people import make_member


def _membership(person: PersonAtWork) -> Membership:
    return db.session.get_one(Membership, person.membership_id)


def test_a_clinic_begins_with_its_own_chain(clinic: Clinic) -> None:
    assert [entry.action for entry in entries_of(clinic.id, clinic.id)] == ["clinic.founded"]
    assert verify(clinic.id).whole


def test_a_clinic_needs_a_time_zone_that_exists(app) -> None:
    with pytest.raises(Invalid) as refusal:
        people.found_clinic("Clinic", "Europe/Leuven", NOW)
    assert refusal.value.field == "time_zone"


def test_a_new_person_is_recorded_without_their_password(clinic: Clinic) -> None:
    person = make_member(clinic, NOW, email="  Zoe@Clinic.example ").person
    added = entries_of(clinic.id, person.id)[-1]
    assert person.email == "zoe@clinic.example" and added.action == "person.added"
    assert person.password not in added.record and person.fs_uniquifier not in added.record
    assert '"password":["(not recorded)","(not recorded)"]' in added.record


def test_an_address_signs_in_one_person_only(clinic: Clinic) -> None:
    make_member(clinic, NOW, email="zoe@clinic.example")
    with pytest.raises(EmailTaken):
        make_member(clinic, NOW, email="ZOE@clinic.example")


def test_nobody_joins_a_clinic_twice(nurse: PersonAtWork, clinic: Clinic, administrator: PersonAtWork) -> None:
    with pytest.raises(AlreadyMember):
        people.join_clinic(db.session.get_one(Person, nurse.id), clinic, Role.MANAGER, administrator, NOW)


def test_who_left_is_taken_back_with_the_password_they_had(nurse: PersonAtWork, administrator: PersonAtWork) -> None:
    people.end_membership(_membership(nurse), administrator, NOW)
    back = people.take_in("Any Name", nurse.email, "another long sentence", Role.MANAGER, administrator, NOW)
    assert (back.id, back.role, back.ended_at) == (nurse.membership_id, Role.MANAGER, None)
    assert '"role":["nurse","manager"]' in entries_of(nurse.clinic_id, nurse.id)[0].record
    assert back.person.name == nurse.name and passwords.matches("a long enough test password", back.person.password)


def test_somebody_of_another_clinic_is_not_taken_in_by_their_address(
    stranger: PersonAtWork, administrator: PersonAtWork
) -> None:
    with pytest.raises(EmailTaken):
        people.take_in("Any Name", stranger.email, "another long sentence", Role.NURSE, administrator, NOW)


def test_a_change_of_role_is_recorded_with_old_and_new(nurse: PersonAtWork, administrator: PersonAtWork) -> None:
    people.change_role(_membership(nurse), Role.LEAD_NURSE, administrator, NOW)
    entry = entries_of(nurse.clinic_id, nurse.id)[0]
    assert (entry.action, entry.actor_id) == ("person.role_changed", administrator.id)
    assert '"role":["nurse","lead_nurse"]' in entry.record


def test_who_left_is_no_longer_found(nurse: PersonAtWork, administrator: PersonAtWork) -> None:
    people.end_membership(_membership(nurse), administrator, NOW)
    assert entries_of(nurse.clinic_id, nurse.id)[0].action == "person.left"
    with pytest.raises(NotHere):
        membership_of(nurse.clinic_id, nurse.membership_id)


def test_a_member_of_another_clinic_is_not_here(stranger: PersonAtWork, clinic: Clinic) -> None:
    with pytest.raises(NotHere):
        membership_of(clinic.id, stranger.membership_id)


def test_members_are_listed_by_name_and_role(nurse: PersonAtWork, administrator: PersonAtWork, stranger) -> None:
    assert [found.person.name for found in memberships_in(nurse.clinic_id)] == ["Ada Admin", "Nora Nurse"]
    assert [found.person.name for found in memberships_in(nurse.clinic_id, [Role.NURSE])] == ["Nora Nurse"]


@pytest.mark.parametrize("step", ["end", "change"])
def test_the_last_administrator_cannot_give_it_up(administrator: PersonAtWork, clinic: Clinic, step: str) -> None:
    with pytest.raises(LastAdministrator):
        if step == "end":
            people.end_membership(_membership(administrator), administrator, NOW)
        else:
            people.change_role(_membership(administrator), Role.NURSE, administrator, NOW)
    second = make_member(clinic, NOW, role=Role.ADMINISTRATOR)
    people.change_role(_membership(administrator), Role.NURSE, administrator, NOW)
    with pytest.raises(LastAdministrator):
        people.end_membership(second, administrator, NOW)


def test_a_reset_password_signs_out_everywhere(nurse: PersonAtWork, administrator: PersonAtWork) -> None:
    person = db.session.get_one(Person, nurse.id)
    mark = person.fs_uniquifier
    people.reset_password(_membership(nurse), "another long sentence", administrator, NOW)
    assert person.fs_uniquifier != mark and passwords.matches("another long sentence", person.password)
    entry = entries_of(nurse.clinic_id, nurse.id)[0]
    assert (entry.action, entry.actor_name) == ("person.password_set", administrator.name)


def test_an_administrator_changes_their_own_password_by_the_old_one(administrator: PersonAtWork) -> None:
    with pytest.raises(OwnPassword):
        people.reset_password(_membership(administrator), "another long sentence", administrator, NOW)


def test_one_clinic_cannot_take_over_an_account_of_another(
    nurse: PersonAtWork, administrator: PersonAtWork, other_clinic: Clinic
) -> None:
    """A reset password would open the other clinic too."""
    elsewhere, person = Program(other_clinic.id, "Europe/Paris"), db.session.get_one(Person, nurse.id)
    people.join_clinic(person, other_clinic, Role.ADMINISTRATOR, elsewhere, NOW)
    with pytest.raises(WorksElsewhere):
        people.reset_password(_membership(nurse), "another long sentence", administrator, NOW)
    person_of_both = db.session.get_one(Person, administrator.id)
    people.join_clinic(person_of_both, other_clinic, Role.ADMINISTRATOR, elsewhere, NOW)
    people.reset_password(_membership(nurse), "another long sentence", administrator, NOW)


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 257, "abababababababab", "1234567890123", "Password12345!", "Nora Nurse 2026", "nora@clinic1!"],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        passwords.check_strength(password, "Nora Nurse", "nora@clinic.example")
    assert refusal.value.field == "password"


@pytest.mark.parametrize("password", ["four millimetres deep", "Nora swims in cold lakes", "83150 27946 61"])
def test_a_sentence_is_a_password(password: str) -> None:
    passwords.check_strength(password, "Nora Nurse", "nora@clinic.example")


def test_tries_are_counted_by_account_and_by_address(app) -> None:
    for number in range(99):
        people.note_attempt(f"person{number}@clinic.example", "192.0.2.1", False, NOW)
    people.check_tries("zoe@clinic.example", "192.0.2.1", NOW)
    people.note_attempt("zoe@clinic.example", "192.0.2.1", False, NOW)
    with pytest.raises(TooManyTries) as refusal:
        people.check_tries("zoe@clinic.example", "192.0.2.1", NOW + timedelta(minutes=4))
    assert refusal.value.minutes == 11
    people.check_tries("zoe@clinic.example", "192.0.2.2", NOW)
    people.check_tries("zoe@clinic.example", "192.0.2.1", NOW + timedelta(minutes=15))


def test_a_success_does_not_count_as_a_failure(app) -> None:
    for _ in range(20):
        people.note_attempt("zoe@clinic.example", "192.0.2.1", True, NOW)
    people.check_tries("zoe@clinic.example", "192.0.2.1", NOW)


def test_a_wrong_password_stands_in_the_record_of_each_clinic(nurse: PersonAtWork, other_clinic: Clinic) -> None:
    person = db.session.get_one(Person, nurse.id)
    people.join_clinic(person, other_clinic, Role.NURSE, Program(other_clinic.id, "Europe/Paris"), NOW)
    people.sign_in_failed(person, NOW)
    for clinic_id in (nurse.clinic_id, other_clinic.id):
        assert entries_of(clinic_id, nurse.id)[0].action == "person.sign_in_failed"


def test_no_password_is_stored_in_clear(clinic: Clinic) -> None:
    make_member(clinic, NOW, password="four millimetres deep")
    assert all(stored.startswith("$argon2id$") for stored in db.session.scalars(select(Person.password)))
