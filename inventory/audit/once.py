"""Requests that may arrive twice: the client names the event, and the first answer is kept and given again."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.models import StoredAnswer
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import ALREADY_SENT, DomainError

_CLAIMED = [StoredAnswer.__table__.c[name] for name in ("clinic_id", "event_id", "request_hash", "at")]
_WANTED = (StoredAnswer.clinic_id == bindparam("in_clinic"), StoredAnswer.event_id == bindparam("event"))
_STORED = select(StoredAnswer.request_hash, StoredAnswer.answer).where(*_WANTED)
_NEW = select(*(bindparam(column.name, type_=column.type) for column in _CLAIMED)).where(
    ~select(StoredAnswer.event_id).where(*_WANTED).exists()
)
_CLAIM = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(StoredAnswer)
    .from_select(_CLAIMED, _NEW)
    .on_conflict_do_nothing()
    .returning(StoredAnswer.event_id)
    for dialect in (sqlite, postgresql)
}
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
    event_id: UUID,
    content: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
    act: Callable[[], Answer],
    act_undoes: bool = False,
) -> Answer:
    """Run `act` for a new event; give the stored answer for one already seen, changing nothing.

    A refusal (`DomainError`) undoes what `act` did, is recorded, stored and returned as an answer. The same
    id with other content is recorded and answered with `REUSED`. The caller commits in every case.

    With `act_undoes` there is nothing to undo: where `act` refuses, it has changed nothing or undone it itself.
    """
    digest = sha256(canonical({"by": by.id, "content": content})).digest()
    event = {"in_clinic": by.clinic_id, "event": event_id}
    if not _claimed(event, digest, now):
        stored = db.session.execute(_STORED, event).one()
        if stored.request_hash != digest:
            record(by, "event.reused", Event(event_id), now=now)
            return REUSED
        return Answer(**json.loads(stored.answer))
    try:
        with nullcontext() if act_undoes else db.session.begin_nested():
            answer = act()
    except DomainError as refusal:
        answer = Answer(refusal.sentence, "", False, refusal.code, refusal.status, refusal.field)
        record(by, "request.refused", Event(event_id), now=now, code=refusal.code, sentence=refusal.sentence)
    db.session.connection().execute(_ANSWER, {**event, "said": json.dumps(asdict(answer))})
    return answer


def _claimed(event: Mapping[str, UUID], digest: bytes, now: datetime) -> bool:
    """Take the event id. On PostgreSQL a twin arriving at the same instant waits here for the first one."""
    connection = db.session.connection()
    taken = {"clinic_id": event["in_clinic"], "event_id": event["event"], "request_hash": digest, "at": now}
    return connection.execute(_CLAIM[connection.dialect.name], {**event, **taken}).first() is not None
