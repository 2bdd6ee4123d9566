"""Whether what was signed is still what there is. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from inventory.audit.canonical import Plain, canonical, plain

THEN = "_then"
"""The end of names whose values may be put right later without touching what was signed, such as a product's name."""


class Standing(StrEnum):
    AS_SIGNED = "as_signed"
    CHANGED = "changed"
    SUPERSEDED = "superseded"
    """What it is of was taken up again since, and says nothing under this signature any more."""


@dataclass(frozen=True)
class SubjectContent:
    """What was seen of one row; `kind` is its table."""

    kind: str
    id: UUID
    content: Mapping[str, object]


@dataclass(frozen=True)
class Difference:
    name: str
    signed: str
    today: str


def written(meaning: StrEnum, subjects: Sequence[SubjectContent]) -> str:
    """The canonical text that a signature's digest is of. Subject and meaning are in it, so that it fits no other."""
    rows = [{"kind": each.kind, "id": each.id, "content": each.content} for each in subjects]
    return canonical({"meaning": meaning, "subjects": rows}).decode()


def digest(content: str) -> str:
    """SHA-256 in hex."""
    return sha256(content.encode()).hexdigest()


def signed_of(content: str, subject_id: UUID) -> Mapping[str, Plain] | None:
    """What the text says of one subject; None where it does not speak of it."""
    for row in json.loads(content)["subjects"]:
        if row["id"] == str(subject_id):
            said: Mapping[str, Plain] = row["content"]
            return said
    return None


def signed_subjects(content: str) -> list[tuple[str, UUID]]:
    """The tables and ids that the text speaks of."""
    return [(row["kind"], UUID(row["id"])) for row in json.loads(content)["subjects"]]


def differences(signed: Mapping[str, object], today: Mapping[str, object]) -> list[Difference]:
    """What differs, in the words of the content's names."""
    before, after = dict(_flat("", plain(signed))), dict(_flat("", plain(today)))
    names = [*before, *(name for name in after if name not in before)]
    return [
        Difference(name, before.get(name, "-"), after.get(name, "-"))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _flat(name: str, value: Plain) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not key.endswith(THEN):
                yield from _flat(f"{name} {key}".strip(), item)
    elif isinstance(value, list):
        for place, item in enumerate(value, 1):
            yield from _flat(f"{name} {place}", item)
    else:
        yield name, "-" if value is None else str(value)
