"""Messages on their way out, with what is attached to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db import Model, Owned, in_clinic, one_of


class MessageState(StrEnum):
    QUEUED = "queued"
    """Waits to be sent; also after a server could not be reached or asked to come again."""
    SENDING = "sending"
    """Handed to a server whose answer is not known yet. Never sent again but by a person who says so."""
    SENT = "sent"
    REFUSED = "refused"


class OutgoingMessage(Owned, Model, kw_only=True):
    """One message to one address. `cause_id` names what it is about: one cause is mailed once."""

    __tablename__ = "outgoing_message"
    __table_args__ = in_clinic(
        "outgoing_message",
        UniqueConstraint("clinic_id", "cause_id"),
        CheckConstraint("tries >= 0", name="tries_are_counted"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        Index("ix_outgoing_message_state_due_at", "state", "due_at"),
    )

    to_address: Mapped[str] = mapped_column(info={"audited": False})
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(info={"audited": False})
    reply_to: Mapped[str | None] = mapped_column(default=None, info={"audited": False})
    cause_id: Mapped[UUID | None] = mapped_column(default=None)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not tried before this moment."""
    state: Mapped[MessageState] = mapped_column(one_of(MessageState), default=MessageState.QUEUED)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="message", default_factory=list, order_by="Attachment.filename"
    )


class Attachment(Owned, Model, kw_only=True):
    __tablename__ = "outgoing_attachment"
    __table_args__ = in_clinic("outgoing_attachment", message_id="outgoing_message")

    message_id: Mapped[UUID] = mapped_column(init=False)
    message: Mapped[OutgoingMessage] = relationship(back_populates="attachments", init=False)
    filename: Mapped[str]
    mimetype: Mapped[str]
    content: Mapped[bytes] = mapped_column(info={"audited": False})
