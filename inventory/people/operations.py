"""Clinics, people and their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor, Program
from inventory.audit.operations import begin_chain, record
from inventory.db import db
from inventory.errors import Invalid
from inventory.people import passwords, queries
from inventory.people.errors import (
    AlreadyMember,
    EmailTaken,
    LastAdministrator,
    NotAnAuditor,
    OwnPassword,
    TooManyTries,
    WorksElsewhere,
)
from inventory.people.limits import Terms
from inventory.people.models import Clinic, Membership, Person, Role, SignInAttempt

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT, MOST_PER_ADDRESS = 10, 100
"""Failed tries within `WINDOW` after which no further one is looked at."""


@dataclass(frozen=True)
class OfMembership:
    """A membership as the subject of an entry in the record."""

    id: UUID
    __tablename__: str = "membership"


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


def join_clinic(
    person: Person, clinic: Clinic, role: Role, by: Actor, now: datetime, terms: Terms | None = None
) -> Membership:
    """Give a person a role in a clinic, or take them back in; an auditor on `terms`. Raises `AlreadyMember`."""
    known = db.session.scalar(
        select(Membership).where(Membership.clinic_id == clinic.id, Membership.person_id == person.id)
    )
    if known is not None and known.ended_at is None:
        raise AlreadyMember(person.name)
    membership = known or Membership(clinic_id=clinic.id, person=person, role=role)
    try:
        with db.session.begin_nested():
            # Changed only here: opening the savepoint flushes, and what is flushed before `record` is not in it.
            membership.role, membership.ended_at = role, None
            _set_terms(membership, terms)
            db.session.add(membership)
            record(by, "person.joined", person, now=now, also=[membership], role=role)
    except IntegrityError:
        raise AlreadyMember(person.name) from None
    return membership


def take_in(
    name: str, email: str, password: str, role: Role, by: Actor, now: datetime, terms: Terms | None = None
) -> Membership:
    """Somebody new, or somebody who left this clinic and keeps their password. Raises as `add_person` does."""
    former = queries.former_member(by.clinic_id, email)
    person = former.person if former else add_person(name, email, password, by, now)
    return join_clinic(person, queries.clinic_of(by.clinic_id), role, by, now, terms)


def take_in_auditor(
    name: str, email: str, password: str, clinics: Sequence[Actor], terms: Terms, now: datetime
) -> list[Membership]:
    """An auditor for `clinics`, in each of which an administrator is at work. Raises as `take_in` does, `Invalid`."""
    for by in clinics:
        terms.check_open(by.time_zone, now)
    first, *others = clinics
    taken = take_in(name, email, password, Role.AUDITOR, first, now, terms)
    person = taken.person
    joined = [join_clinic(person, queries.clinic_of(by.clinic_id), Role.AUDITOR, by, now, terms) for by in others]
    return [taken, *joined]


def limit_auditor(membership: Membership, terms: Terms, by: Actor, now: datetime) -> None:
    """Other days to see, another last day. Raises `NotAnAuditor`, `Invalid`."""
    if membership.role is not Role.AUDITOR:
        raise NotAnAuditor(membership.person.name)
    terms.check_open(by.time_zone, now)
    person = membership.person
    _set_terms(membership, terms)
    record(by, "person.limited", person, now=now, also=[membership])


def change_role(membership: Membership, role: Role, by: Actor, now: datetime) -> None:
    """Raises `LastAdministrator` when nobody would be left to administer the clinic."""
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(membership)
    person = membership.person
    membership.role = role
    if role is not Role.AUDITOR:
        _set_terms(membership, None)
    record(by, "person.role_changed", person, now=now, also=[membership])


def end_membership(membership: Membership, by: Actor, now: datetime) -> None:
    """The person no longer sees the clinic from the next request on; what they did stays under their name."""
    _keep_an_administrator(membership)
    person = membership.person
    membership.ended_at = now
    record(by, "person.left", person, now=now, also=[membership])


def set_password(person: Person, password: str, by: Actor, now: datetime) -> None:
    """A new password; whoever is signed in as this person is signed out everywhere. Raises `WeakPassword`."""
    passwords.check_strength(password, person.name, person.email)
    person.password = passwords.hashed(password)
    person.fs_uniquifier = uuid4().hex
    record(by, "person.password_set", person, now=now)


def reset_password(membership: Membership, password: str, by: Actor, now: datetime) -> None:
    """A new password from the administrator. Raises `OwnPassword`, `WorksElsewhere`, `WeakPassword`.

    An account opens every clinic of its person, so one clinic's administrator must not take it over.
    """
    if membership.person_id == by.id:
        raise OwnPassword
    administered = (
        {own.clinic_id for own in queries.current_of(by.id) if own.role is Role.ADMINISTRATOR} if by.id else set()
    )
    if {other.clinic_id for other in queries.current_of(membership.person_id)} - administered:
        raise WorksElsewhere(membership.person.name)
    set_password(membership.person, password, by, now)


def check_tries(account: str, address: str, now: datetime) -> None:
    """Raises `TooManyTries` while an account or an address has failed too often."""
    since = now - WINDOW
    last = [
        queries.nth_last_failure(MOST_PER_ACCOUNT, since, account=account),
        queries.nth_last_failure(MOST_PER_ADDRESS, since, address=address),
    ]
    waits = [failed + WINDOW - now for failed in last if failed is not None]
    if waits:
        raise TooManyTries(max(1, -(-max(waits) // timedelta(minutes=1))))


def note_attempt(account: str, address: str, succeeded: bool, now: datetime) -> None:
    """Keep one try to sign in, so that guessing can be slowed down."""
    db.session.add(SignInAttempt(account=account, address=address, succeeded=succeeded, at=now))


def sign_in_failed(person: Person, now: datetime) -> None:
    """A wrong password for a known account, in the record of each clinic it opens."""
    for membership in queries.current_of(person.id):
        clinic = queries.clinic_of(membership.clinic_id)
        record(Program(clinic.id, clinic.time_zone), "person.sign_in_failed", person, now=now)


def signed_in(person: Person, by: Actor, now: datetime) -> None:
    record(by, "person.signed_in", person, now=now)


def opened_page(by: Actor, membership_id: UUID, page: str, address: str, now: datetime) -> None:
    """What an auditor opened, in the record of the clinic it belongs to."""
    record(by, "page.opened", OfMembership(membership_id), now=now, page=page, address=address)


def _set_terms(membership: Membership, terms: Terms | None) -> None:
    membership.sees_from = terms.sees_from if terms else None
    membership.sees_until = terms.sees_until if terms else None
    membership.expires_on = terms.expires_on if terms else None


def _keep_an_administrator(membership: Membership) -> None:
    if list(queries.administrators_held(membership.clinic_id)) == [membership.id]:
        raise LastAdministrator
