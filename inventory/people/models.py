"""Clinics, people, and which role a person has in which clinic."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid6 import uuid7

from inventory.db import Model, Owned, in_clinic, one_of


class Role(StrEnum):
    NURSE = "nurse"
    LEAD_NURSE = "lead_nurse"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Clinic(Model, kw_only=True):
    """One site. Days, and so expiry, are counted in its time zone."""

    __tablename__ = "clinic"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str]
    time_zone: Mapped[str]
    created_at: Mapped[datetime]

    @property
    def clinic_id(self) -> UUID:
        return self.id


class Person(Model, kw_only=True):
    """Somebody who signs in; not bound to one clinic."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """In lower case; what a person signs in with."""
    password: Mapped[str] = mapped_column(info={"audited": False})
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        unique=True, default_factory=lambda: uuid4().hex, info={"audited": False}
    )
    """Names the person in the session cookie; changing it signs them out everywhere."""
    created_at: Mapped[datetime]


class Membership(Owned, Model, kw_only=True):
    """A person's role in a clinic. Ended, never deleted."""

    __tablename__ = "membership"
    __table_args__ = in_clinic(
        "membership",
        UniqueConstraint("clinic_id", "person_id"),
        Index("uq_membership_badge_code", "badge_code", unique=True),
        Index("ix_membership_person_id", "person_id"),
        CheckConstraint(
            "(sees_from IS NULL) = (expires_on IS NULL) AND (sees_until IS NULL) = (expires_on IS NULL)",
            name="limits_come_together",
        ),
        CheckConstraint("sees_until >= sees_from", name="the_seen_days_are_in_order"),
        CheckConstraint("expires_on IS NULL OR role = 'auditor'", name="only_an_auditor_is_limited"),
    )

    person_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("person.id"), init=False)
    person: Mapped[Person] = relationship()
    role: Mapped[Role] = mapped_column(one_of(Role))
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    sees_from: Mapped[date | None] = mapped_column(default=None)
    """First and last day of which an auditor sees what happened; None where an account is not limited."""
    sees_until: Mapped[date | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    """The last day on which the account opens anything."""
    pin: Mapped[str | None] = mapped_column(default=None, info={"audited": False})
    """Argon2 hash of the short number that takes over a shared tablet; never enough to sign in with."""
    badge_code: Mapped[str | None] = mapped_column(default=None, info={"audited": False})
    """SHA-256, in hex, of the code on the person's badge, which does the same; a new badge ends the old one."""


class SignInAttempt(Model, kw_only=True):
    """One try to sign in, kept so that guessing can be slowed down whichever process answers."""

    __tablename__ = "sign_in_attempt"
    __audited__ = False
    __table_args__ = (
        Index("ix_sign_in_attempt_account_at", "account", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]
