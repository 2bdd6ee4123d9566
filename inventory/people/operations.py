"""Clinics, people and their roles."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor, Program
from inventory.audit.operations import begin_chain, record
from inventory.db import db
from inventory.errors import Invalid
from inventory.people import passwords, queries
from inventory.people.errors import AlreadyMember, EmailTaken, LastAdministrator
from inventory.people.models import Clinic, Membership, Person, Role, SignInAttempt


def found_clinic(name: str, time_zone: str, now: datetime) -> Clinic:
    """A new clinic with its empty audit chain. Raises `Invalid` for an unknown time zone."""
    if time_zone not in available_timezones():
        raise Invalid(f"{time_zone} is no time zone. Write it like Europe/Brussels.", field="time_zone")
    clinic = Clinic(name=name, time_zone=time_zone, created_at=now)
    db.session.add(clinic)
    db.session.flush()
    begin_chain(clinic.id)
    record(Program(clinic.id, time_zone), "clinic.founded", clinic, now=now, name=name)
    return clinic


def add_person(name: str, email: str, password: str, by: Actor, now: datetime) -> Person:
    """Somebody who may sign in; without a clinic until they join one. Raises `EmailTaken`, `WeakPassword`."""
    passwords.check_strength(password, name, email)
    person = Person(name=name, email=email.strip().lower(), password=passwords.hashed(password), created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(person)
            record(by, "person.added", person, now=now)
    except IntegrityError:
        raise EmailTaken(email) from None
    return person


def join_clinic(person: Person, clinic: Clinic, role: Role, by: Actor, now: datetime) -> Membership:
    """Give a person a role in a clinic, or take them back in. Raises `AlreadyMember`."""
    known = db.session.scalar(
        select(Membership).where(Membership.clinic_id == clinic.id, Membership.person_id == person.id)
    )
    if known is not None and known.ended_at is None:
        raise AlreadyMember(person.name)
    if known is not None:
        known.role, known.ended_at = role, None
        membership = known
    else:
        membership = Membership(clinic_id=clinic.id, person=person, role=role)
        db.session.add(membership)
    record(by, "person.joined", person, now=now, also=[membership], role=role)
    return membership


def change_role(membership: Membership, role: Role, by: Actor, now: datetime) -> None:
    """Raises `LastAdministrator` when nobody would be left to administer the clinic."""
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(membership)
    membership.role = role
    record(by, "person.role_changed", membership.person, now=now, also=[membership])


def end_membership(membership: Membership, by: Actor, now: datetime) -> None:
    """The person no longer sees the clinic from the next request on; what they did stays under their name."""
    _keep_an_administrator(membership)
    membership.ended_at = now
    record(by, "person.left", membership.person, now=now, also=[membership])


def set_password(person: Person, password: str, by: Actor, now: datetime) -> None:
    """A new password; whoever is signed in as this person is signed out everywhere. Raises `WeakPassword`."""
    passwords.check_strength(password, person.name, person.email)
    person.password = passwords.hashed(password)
    person.fs_uniquifier = uuid4().hex
    record(by, "person.password_set", person, now=now)


def note_attempt(account: str, address: str, succeeded: bool, now: datetime) -> None:
    """Keep one try to sign in, so that guessing can be slowed down."""
    db.session.add(SignInAttempt(account=account, address=address, succeeded=succeeded, at=now))


def signed_in(person: Person, by: Actor, now: datetime) -> None:
    record(by, "person.signed_in", person, now=now)


def _keep_an_administrator(membership: Membership) -> None:
    administrators = queries.memberships_in(membership.clinic_id, [Role.ADMINISTRATOR])
    if [known.id for known in administrators] == [membership.id]:
        raise LastAdministrator
