"""Choosing the digest, and sending it once a person and day."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor, Program
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.digest.letters import Part, compose
from inventory.digest.models import DigestChoice, DigestSent
from inventory.digest.queries import choice_of, choices_on
from inventory.digest.sections import SECTIONS, Section
from inventory.mail.operations import queue
from inventory.people.permissions import PERMISSIONS
from inventory.people.queries import clinic_of


def choose(
    parts: Sequence[str], weekdays: Sequence[int], membership_id: UUID, by: Actor, now: datetime
) -> DigestChoice:
    """What `by`, of that membership, wants to hear of, on which weekdays (0 is Monday). Neither: nothing is sent."""
    known = choice_of(by.clinic_id, membership_id)
    kept = ",".join(section.key for section in SECTIONS if section.key in parts)
    days = "".join(str(day) for day in range(7) if day in weekdays)
    if known is None:
        known = DigestChoice(clinic_id=by.clinic_id, membership_id=membership_id, parts=kept, weekdays=days)
        db.session.add(known)
    else:
        known.parts, known.weekdays = kept, days
    record(by, "digest.chosen", known, now=now)
    return known


def due(by: Actor, now: datetime) -> Sequence[DigestChoice]:
    """Whose digest of the clinic's day is not sent yet."""
    return choices_on(by.clinic_id, day_in(by.time_zone, now))


def send(
    choice: DigestChoice,
    public_url: str,
    by: Program,
    now: datetime,
    *,
    sections: Sequence[Section] = SECTIONS,
) -> DigestSent | None:
    """Put one person's digest of the clinic's day into the outgoing mail; None where it was done before.

    The day is claimed in the same transaction as the mail: both are there, or neither. Without anything to say no
    mail goes out, and the day counts as done. Raises `AddressUnusable`.
    """
    day = day_in(by.time_zone, now)
    parts = _parts(choice, sections, public_url, by, day)
    sent = DigestSent(
        clinic_id=by.clinic_id,
        membership_id=choice.membership_id,
        day=day,
        lines=sum(len(part.lines) for part in parts),
        at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(sent)
            record(by, "digest.sent", sent, now=now)
    except IntegrityError:
        return None
    if sent.lines:
        letter = compose(clinic_of(by.clinic_id).name, day, parts, f"{public_url}/account/digest")
        queue(choice.membership.person.email, letter.subject, letter.text, by, now, cause_id=sent.id)
    return sent


def _parts(
    choice: DigestChoice, sections: Sequence[Section], public_url: str, by: Program, day: date
) -> Sequence[Part]:
    """What was chosen and may still be read: a role may have changed since."""
    wanted, allowed = choice.parts.split(","), PERMISSIONS[choice.membership.role]
    return [
        Part(section.title, f"{public_url}{section.page}", section.lines(by.clinic_id, by.time_zone, day))
        for section in sections
        if section.key in wanted and section.permission in allowed
    ]
