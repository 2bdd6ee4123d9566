"""Reading people and their clinics."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
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
        Membership.clinic_id == bindparam("in_clinic"),
        Membership.ended_at.is_(None),
    )
)


def at_work_as(uniquifier: str, clinic_id: UUID) -> tuple[Person, Membership, Clinic] | None:
    """The signed-in person with the role they have in that clinic now, in one statement."""
    row = db.session.execute(_AT_WORK, {"uniquifier": uniquifier, "in_clinic": clinic_id}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def person_signing_in(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def clinics_of(person_id: UUID) -> Sequence[Clinic]:
    return db.session.scalars(
        select(Clinic)
        .join(Membership, Membership.clinic_id == Clinic.id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Clinic.name)
    ).all()


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


def failures(since: datetime, *, account: str | None = None, address: str | None = None) -> int:
    """Failed sign-ins since a moment, of an account or from an address."""
    query = select(func.count(SignInAttempt.id)).where(SignInAttempt.at > since, SignInAttempt.succeeded.is_(False))
    if account is not None:
        query = query.where(SignInAttempt.account == account)
    if address is not None:
        query = query.where(SignInAttempt.address == address)
    return db.session.scalar(query) or 0


WINDOW = timedelta(minutes=15)


def person_marked(uniquifier: str) -> Person | None:
    """The active person whose browser holds this mark."""
    return db.session.scalar(select(Person).where(Person.fs_uniquifier == uniquifier, Person.active.is_(True)))
