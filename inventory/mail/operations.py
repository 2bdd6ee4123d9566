"""Queueing mail, and what became of it.

A message is queued in the transaction of what it is about. To send it: `claim`, commit, `hand_over`, then `taken`,
`not_taken` or `unsure`, commit. A program that dies in between leaves it `sending`, which nobody sends again unasked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from uuid import UUID

from inventory.audit.actors import Actor, Program
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.mail.models import Attachment, MessageState, OutgoingMessage
from inventory.mail.queries import message_about, next_due

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


class AddressUnusable(Invalid):
    def __init__(self, address: str) -> None:
        super().__init__("This is no e-mail address. Type it like orders@supplier.example.", field="email")
        self.address = address


class NothingToSendAgain(DomainError):
    def __init__(self) -> None:
        super().__init__("This message was sent or still waits. Open the outgoing mail again to see its state.")


def queue(
    to_address: str,
    subject: str,
    body: str,
    by: Actor,
    now: datetime,
    *,
    cause_id: UUID | None = None,
    reply_to: str | None = None,
    attachments: Iterable[tuple[str, str, bytes]] = (),
) -> OutgoingMessage:
    """Keep a message to be sent after the caller's commit; one already queued for `cause_id` is given back.

    `attachments` are (file name, media type, content). Raises `AddressUnusable`.
    """
    checked(to_address)
    known = message_about(by.clinic_id, cause_id) if cause_id else None
    if known is not None:
        return known
    message = OutgoingMessage(
        clinic_id=by.clinic_id,
        to_address=to_address,
        subject=" ".join(subject.split()),
        body=body,
        reply_to=reply_to,
        cause_id=cause_id,
        queued_at=now,
        due_at=now,
    )
    for filename, mimetype, content in attachments:
        message.attachments.append(
            Attachment(clinic_id=by.clinic_id, filename=filename, mimetype=mimetype, content=content)
        )
    db.session.add(message)
    record(by, "mail.queued", message, now=now, also=message.attachments)
    return message


def checked(address: str) -> str:
    """The address itself. Raises `AddressUnusable`."""
    trial = EmailMessage()
    try:
        trial["To"] = address
        single = trial["To"].addresses
    except (ValueError, IndexError, MessageError):
        raise AddressUnusable(address) from None
    named = len(single) == 1 and single[0].addr_spec == address and single[0].username and single[0].domain
    if not named or not address.isascii() or any(symbol.isspace() for symbol in address):
        raise AddressUnusable(address)
    return address


def claim(now: datetime, clinic_id: UUID | None = None) -> OutgoingMessage | None:
    """Take the next message that is due, of any clinic or of one; from the commit on nobody else sends it."""
    message = next_due(now, clinic_id)
    if message is not None:
        message.state, message.tries = MessageState.SENDING, message.tries + 1
        record(Program(message.clinic_id, "UTC"), "mail.handed_over", message, now=now)
    return message


def taken(message: OutgoingMessage, now: datetime) -> None:
    message.state, message.sent_at, message.failure = MessageState.SENT, now, None
    record(Program(message.clinic_id, "UTC"), "mail.sent", message, now=now)


def not_taken(message: OutgoingMessage, why: str, now: datetime, *, final: bool) -> None:
    """Back into the queue, each time waiting twice as long; refused for good where `final`."""
    message.failure = why
    message.state = MessageState.REFUSED if final else MessageState.QUEUED
    message.due_at = now + min(FIRST_WAIT * 2 ** min(message.tries - 1, 12), LONGEST_WAIT)
    record(Program(message.clinic_id, "UTC"), "mail.not_taken", message, now=now)


def unsure(message: OutgoingMessage, why: str, now: datetime) -> None:
    """The server may have it: it stays `sending` until a person decides."""
    message.failure = why
    record(Program(message.clinic_id, "UTC"), "mail.unsure", message, now=now)


def send_again(message: OutgoingMessage, by: Actor, now: datetime) -> None:
    """A person asked the receiver, or corrected what was refused. Raises `NothingToSendAgain`."""
    if message.state not in (MessageState.SENDING, MessageState.REFUSED):
        raise NothingToSendAgain
    message.state, message.due_at = MessageState.QUEUED, now
    record(by, "mail.sent_again", message, now=now)


def composed(message: OutgoingMessage, from_address: str) -> EmailMessage:
    """As it is sent. The Message-ID is the same at every try, so that receivers may drop a second copy."""
    made = EmailMessage(policy=SMTP_POLICY)
    made["From"], made["To"], made["Subject"] = from_address, message.to_address, message.subject
    made["Date"] = message.queued_at
    made["Message-ID"] = f"<{message.id}@{from_address.rpartition('@')[2].strip('>') or 'sterilog'}>"
    if message.reply_to:
        made["Reply-To"] = message.reply_to
    made.set_content(message.body)
    for part in message.attachments:
        kind, _, subkind = part.mimetype.partition("/")
        made.add_attachment(part.content, maintype=kind, subtype=subkind, filename=part.filename)
    return made
