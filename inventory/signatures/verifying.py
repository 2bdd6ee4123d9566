"""Proving signatures: each against its digest, the record, and what its subjects say today."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select

from inventory.audit.canonical import Plain, plain
from inventory.audit.models import AuditEntry
from inventory.db import Model, db
from inventory.signatures.models import Signature, SignedSubject
from inventory.signatures.queries import shown
from inventory.signatures.standing import Difference, Standing, digest, signed_subjects

AT_ONCE = 500
Readers: TypeAlias = "Mapping[str, tuple[type[Model], Callable[[Any], Mapping[str, object] | None]]]"
"""By the table of a subject: its model, and what is signed of a row of it; None where it stands for itself no more."""
Recorded: TypeAlias = "Mapping[UUID, Mapping[str, Plain]]"


class Rule(StrEnum):
    """What a signature breaks."""

    NOT_ITS_HASH = "CONTENT_NOT_ITS_HASH"
    NOT_AS_RECORDED = "SIGNATURE_NOT_AS_RECORDED"
    NOT_IN_RECORD = "SIGNATURE_NOT_IN_RECORD"
    MISSING = "SIGNATURE_MISSING"
    MOVED = "SIGNATURE_MOVED"
    CHANGED = "CHANGED_SINCE_SIGNED"
    SUBJECT_MISSING = "SUBJECT_MISSING"


@dataclass(frozen=True)
class Fault:
    rule: Rule
    signature_id: UUID
    sentence: str


def faults(clinic_id: UUID, readers: Readers) -> Iterator[Fault]:
    """What does not hold of a clinic's signatures, oldest first. Memory: the entries that speak of signatures."""
    recorded, subjects, newest = _recorded(clinic_id), _subjects(clinic_id), _newest(clinic_id)
    seen: set[UUID] = set()
    last: UUID | None = None
    while batch := _after(clinic_id, last):
        for signature in batch:
            last = signature.id
            seen.add(last)
            yield from _against_record(signature, recorded)
            yield from _against_subjects(signature, subjects[signature.id], newest, readers)
        db.session.expunge_all()
    for signature_id in sorted(recorded.keys() - seen):
        yield Fault(Rule.MISSING, signature_id, "The record tells of it; it is not there.")


def _against_record(signature: Signature, recorded: Recorded) -> Iterator[Fault]:
    if digest(signature.content) != signature.content_sha256:
        yield Fault(Rule.NOT_ITS_HASH, signature.id, f"{_named(signature)}: the content kept is not what was signed.")
    said = recorded.get(signature.id)
    if said is None:
        yield Fault(Rule.NOT_IN_RECORD, signature.id, f"{_named(signature)}: no entry of the record tells of it.")
        return
    today = {name: plain(getattr(signature, name)) for name in said if name != "content"}
    for name in (name for name in today if today[name] != said[name]):
        sentence = f"{_named(signature)}: {name} was {said[name]}, today {today[name]}."
        yield Fault(Rule.NOT_AS_RECORDED, signature.id, sentence)


def _against_subjects(
    signature: Signature, linked: set[tuple[str, UUID]], newest: Mapping[UUID, UUID], readers: Readers
) -> Iterator[Fault]:
    try:
        listed = set(signed_subjects(signature.content))
    except (ValueError, KeyError, TypeError):
        return  # told by its digest
    if listed != linked:
        yield Fault(Rule.MOVED, signature.id, f"{_named(signature)}: it was put under something else.")
    for kind, subject_id in sorted(listed):
        model, content_of = readers[kind]
        row = db.session.get(model, subject_id)
        if row is None:
            yield Fault(Rule.SUBJECT_MISSING, signature.id, f"{_named(signature)}: its {kind} {subject_id} is gone.")
        elif newest.get(subject_id, signature.id) == signature.id:
            found = shown(signature, subject_id, content_of(row))
            if found.standing is Standing.CHANGED:
                yield from (_changed(signature, kind, subject_id, each) for each in found.changes)


def _changed(signature: Signature, kind: str, subject_id: UUID, change: Difference) -> Fault:
    sentence = f"{_named(signature)}, {kind} {subject_id}: {change.name} was {change.signed}, today {change.today}."
    return Fault(Rule.CHANGED, signature.id, sentence)


def _named(signature: Signature) -> str:
    return f"{signature.meaning.capitalize()} signed by {signature.by_name} on {signature.at.isoformat()}"


def _after(clinic_id: UUID, last: UUID | None) -> list[Signature]:
    query = select(Signature).where(Signature.clinic_id == clinic_id).order_by(Signature.id).limit(AT_ONCE)
    return list(db.session.scalars(query if last is None else query.where(Signature.id > last)))


def _recorded(clinic_id: UUID) -> Recorded:
    """The fields of each signature as the record tells them."""
    table = Signature.__tablename__
    entries = db.session.scalars(
        select(AuditEntry.record).where(
            AuditEntry.chain == clinic_id, AuditEntry.record.contains(f'"kind":"{table}"', autoescape=True)
        ),
        execution_options={"yield_per": 1000},
    )
    rows = (row for text in entries for row in json.loads(text)["changes"] if row["kind"] == table)
    return {UUID(row["id"]): {name: new for name, (_, new) in row["fields"].items()} for row in rows}


def _subjects(clinic_id: UUID) -> Mapping[UUID, set[tuple[str, UUID]]]:
    found: dict[UUID, set[tuple[str, UUID]]] = defaultdict(set)
    query = select(SignedSubject.signature_id, SignedSubject.subject_kind, SignedSubject.subject_id)
    for signature_id, kind, subject_id in db.session.execute(query.where(SignedSubject.clinic_id == clinic_id)):
        found[signature_id].add((kind, subject_id))
    return found


def _newest(clinic_id: UUID) -> Mapping[UUID, UUID]:
    """The newest signature under each subject: it takes the place of those before."""
    query = (
        select(SignedSubject.subject_id, Signature.id)
        .join(Signature, Signature.id == SignedSubject.signature_id)
        .where(SignedSubject.clinic_id == clinic_id)
        .order_by(Signature.at, Signature.id)
    )
    return dict(db.session.execute(query).all())
