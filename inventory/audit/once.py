"""Requests that may arrive twice: the client names the event, and the first answer is kept and given again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.models import StoredAnswer
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import ALREADY_SENT, DomainError

_WANTED = (StoredAnswer.clinic_id == bindparam("in_clinic"), StoredAnswer.event_id == bindparam("event"))
_STORED = select(StoredAnswer.request_hash, StoredAnswer.answer).where(*_WANTED)
_CLAIM = insert(StoredAnswer)
_ANSWER = update(StoredAnswer).where(*_WANTED).values(answer=bindparam("said"))


@dataclass(frozen=True)
class Answer:
    """What was answered: `location` to go to and `message` to show; refused if `accepted` is false."""

    message: str = ""
    location: str = ""
    accepted: bool = True
    code: str = "DONE"
    status: int = 303
    field: str | None = None


REUSED = Answer(
    ALREADY_SENT,
    accepted=False,
    code="EVENT_REUSED",
    status=422,
)


@dataclass(frozen=True)
class Event:
    """An event as the subject of an entry in the record."""

    id: UUID
    __tablename__: str = "event"


def answer_once(
    event_id: UUID, content: Mapping[str, object], *, by: Actor, now: datetime, act: Callable[[], Answer]
) -> Answer:
    """Run `act` for a new event; give the stored answer for one already seen, changing nothing.

    A refusal (`DomainError`) undoes what `act` did, is recorded, stored and returned as an answer. The same
    id with other content is recorded and answered with `REUSED`. The caller commits in every case.
    """
    digest = sha256(canonical({"by": by.id, "content": content})).digest()
    event = {"in_clinic": by.clinic_id, "event": event_id}
    stored = db.session.execute(_STORED, event).first()
    if stored is None and not _claimed(by.clinic_id, event_id, digest, now):
        stored = db.session.execute(_STORED, event).one()
    if stored is not None:
        if stored.request_hash != digest:
            record(by, "event.reused", Event(event_id), now=now)
            return REUSED
        return Answer(**json.loads(stored.answer))
    try:
        with db.session.begin_nested():
            answer = act()
    except DomainError as refusal:
        answer = Answer(refusal.sentence, "", False, refusal.code, refusal.status, refusal.field)
        record(by, "request.refused", Event(event_id), now=now, code=refusal.code, sentence=refusal.sentence)
    db.session.connection().execute(_ANSWER, {**event, "said": json.dumps(asdict(answer))})
    return answer


def _claimed(clinic_id: UUID, event_id: UUID, digest: bytes, now: datetime) -> bool:
    """Take the event id. On PostgreSQL a twin arriving at the same instant waits here for the first one."""
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            connection.execute(
                _CLAIM, {"clinic_id": clinic_id, "event_id": event_id, "request_hash": digest, "at": now}
            )
    except IntegrityError:
        return False
    return True
