"""Reading people and their clinics."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.people.models import Clinic, Membership, Person, Role, SignInAttempt

_AT_WORK = (
    select(Person, Membership, Clinic)
    .join(Membership, Membership.person_id == Person.id)
    .join(Clinic, Clinic.id == Membership.clinic_id)
    .where(
        Person.fs_uniquifier == bindparam("uniquifier"),
        Person.active.is_(True),
        Membership.ended_at.is_(None),
    )
    .order_by(Clinic.name)
)
Working: TypeAlias = tuple[Person, Membership, Clinic]


def working_as(uniquifier: str) -> list[Working]:
    """The person whose browser holds this mark, with each clinic and role they have now, in one statement."""
    rows = db.session.execute(_AT_WORK, {"uniquifier": uniquifier})
    return [(person, membership, clinic) for person, membership, clinic in rows]


def current_of(person_id: UUID) -> Sequence[Membership]:
    """A person's current memberships, of all clinics, always in the same order."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Membership.clinic_id)
    ).all()


def administered_by(person_id: UUID) -> list[Working]:
    """A person in each clinic they administer, by name."""
    rows = db.session.execute(
        select(Person, Membership, Clinic)
        .join(Membership, Membership.person_id == Person.id)
        .join(Clinic, Clinic.id == Membership.clinic_id)
        .where(Person.id == person_id, Membership.ended_at.is_(None), Membership.role == Role.ADMINISTRATOR)
        .order_by(Clinic.name)
    )
    return [(person, membership, clinic) for person, membership, clinic in rows]


def clinic_of(clinic_id: UUID) -> Clinic:
    return db.session.get_one(Clinic, clinic_id)


def person_signing_in(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def former_member(clinic_id: UUID, email: str) -> Membership | None:
    """The ended membership of who worked in this clinic under this address, if nobody took them back yet."""
    return db.session.scalar(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.clinic_id == clinic_id,
            Person.email == email.strip().lower(),
            Person.active.is_(True),
            Membership.ended_at.is_not(None),
        )
        .options(joinedload(Membership.person))
    )


def memberships_in(clinic_id: UUID, roles: Collection[Role] | None = None) -> Sequence[Membership]:
    """Who works in a clinic now, by name."""
    query = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.clinic_id == clinic_id, Membership.ended_at.is_(None), Person.active.is_(True))
        .order_by(Person.name)
        .options(joinedload(Membership.person))
    )
    if roles is not None:
        query = query.where(Membership.role.in_(list(roles)))
    return db.session.scalars(query).all()


def membership_of(clinic_id: UUID, membership_id: UUID) -> Membership:
    found = db.session.scalar(
        select(Membership)
        .where(Membership.clinic_id == clinic_id, Membership.id == membership_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.person))
    )
    if found is None:
        raise NotHere("There is no such person in this clinic.")
    return found


def member_ever(clinic_id: UUID, person_id: UUID) -> tuple[Membership, str] | None:
    """Somebody who works in a clinic or once did, with the clinic's time zone."""
    found = db.session.execute(
        select(Membership, Clinic.time_zone)
        .join(Clinic, Clinic.id == Membership.clinic_id)
        .where(Membership.clinic_id == clinic_id, Membership.person_id == person_id)
        .options(joinedload(Membership.person))
    ).first()
    return None if found is None else (found[0], found[1])


def administrators_held(clinic_id: UUID) -> Sequence[UUID]:
    """The memberships of a clinic's administrators; nobody else can end or change them before the commit."""
    return db.session.scalars(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.clinic_id == clinic_id,
            Membership.role == Role.ADMINISTRATOR,
            Membership.ended_at.is_(None),
            Person.active.is_(True),
        )
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    ).all()


def nth_last_failure(
    nth: int, since: datetime, *, account: str | None = None, address: str | None = None
) -> datetime | None:
    """When the `nth` last failed sign-in of an account or from an address was, if there were so many since."""
    query = select(SignInAttempt.at).where(SignInAttempt.at > since, SignInAttempt.succeeded.is_(False))
    if account is not None:
        query = query.where(SignInAttempt.account == account)
    if address is not None:
        query = query.where(SignInAttempt.address == address)
    return db.session.scalar(query.order_by(SignInAttempt.at.desc()).offset(nth - 1).limit(1))
