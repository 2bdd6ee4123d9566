"""Reading the outgoing mail."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.errors import NotHere
from inventory.mail.models import MessageState, OutgoingMessage


def message_of(clinic_id: UUID, message_id: UUID) -> OutgoingMessage:
    """Raises `NotHere`."""
    found = db.session.get(OutgoingMessage, message_id)
    if found is None or found.clinic_id != clinic_id:
        raise NotHere("There is no such message in your clinic. Open the outgoing mail again.")
    return found


def messages_in(clinic_id: UUID, limit: int = 100) -> Sequence[OutgoingMessage]:
    """Newest first."""
    query = select(OutgoingMessage).where(OutgoingMessage.clinic_id == clinic_id)
    return db.session.scalars(query.order_by(OutgoingMessage.queued_at.desc()).limit(limit)).all()


def message_about(clinic_id: UUID, cause_id: UUID) -> OutgoingMessage | None:
    """The message that was queued for `cause_id`."""
    query = select(OutgoingMessage).where(OutgoingMessage.clinic_id == clinic_id, OutgoingMessage.cause_id == cause_id)
    return db.session.scalars(query).one_or_none()


def next_due(now: datetime, clinic_id: UUID | None = None) -> OutgoingMessage | None:
    """The message that waits longest; another worker's is passed over."""
    query = select(OutgoingMessage).where(OutgoingMessage.state == MessageState.QUEUED, OutgoingMessage.due_at <= now)
    if clinic_id is not None:
        query = query.where(OutgoingMessage.clinic_id == clinic_id)
    ordered = query.order_by(OutgoingMessage.due_at, OutgoingMessage.id).limit(1)
    return db.session.scalars(ordered.with_for_update(skip_locked=True)).first()
