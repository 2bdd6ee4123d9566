"""Reading who wants a digest."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.digest.models import DigestChoice, DigestSent
from inventory.people.models import Membership, Person


def choice_of(clinic_id: UUID, membership_id: UUID) -> DigestChoice | None:
    return db.session.scalar(
        select(DigestChoice).where(DigestChoice.clinic_id == clinic_id, DigestChoice.membership_id == membership_id)
    )


def choices_on(clinic_id: UUID, day: date) -> Sequence[DigestChoice]:
    """Of people who still work in the clinic, want something on that weekday and had no digest of that day yet."""
    sent = select(DigestSent.membership_id).where(DigestSent.clinic_id == clinic_id, DigestSent.day == day)
    return db.session.scalars(
        select(DigestChoice)
        .join(Membership, Membership.id == DigestChoice.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            DigestChoice.clinic_id == clinic_id,
            DigestChoice.parts != "",
            DigestChoice.weekdays.contains(str(day.weekday())),
            DigestChoice.membership_id.not_in(sent),
            Membership.ended_at.is_(None),
            Person.active.is_(True),
        )
        .order_by(DigestChoice.id)
        .options(joinedload(DigestChoice.membership).joinedload(Membership.person))
    ).all()
