"""Whose references were erased, kept beside the database: a backup from before must not bring them back.

A line of JSON each, with nothing in it that names anybody. The database has the same rows; the file is for the day on
which the database is lost.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from filelock import FileLock
from sqlalchemy import select

from inventory.db import as_text, db
from inventory.errors import DomainError
from inventory.keeping.models import ErasedSubject

NAME = "erased.jsonl"


class ListDamaged(DomainError):
    def __init__(self, path: Path, line: int) -> None:
        super().__init__(
            f"Line {line} of {path} cannot be read, so nobody can say whose references were erased. Put the file back "
            "from its copy. Nothing was changed."
        )


@dataclass(frozen=True)
class Line:
    clinic_id: UUID
    treatment_id: UUID


def list_in(data: Path) -> Path:
    return data / NAME


def read(path: Path) -> list[Line]:
    """Raises `ListDamaged`."""
    if not path.exists():
        return []
    return list(_lines(path))


def bring_up_to_date(path: Path) -> int:
    """Add the database's erasures that are not in the file yet; call after the commit. How many were added."""
    with FileLock(path.with_suffix(".lock")):
        known = {line.treatment_id for line in read(path)}
        rows = db.session.scalars(select(ErasedSubject).order_by(ErasedSubject.erased_at, ErasedSubject.id)).all()
        new = [row for row in rows if row.treatment_id not in known]
        if new:
            _append(path, new)
    return len(new)


def _append(path: Path, rows: Sequence[ErasedSubject]) -> None:
    text = "".join(
        json.dumps(
            {
                "clinic": str(row.clinic_id),
                "session": str(row.treatment_id),
                "subject": row.commitment,
                "at": as_text(row.erased_at),
            }
        )
        + "\n"
        for row in rows
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> Iterator[Line]:
    for number, text in enumerate(path.read_text().splitlines(), start=1):
        try:
            found = json.loads(text)
            yield Line(UUID(found["clinic"]), UUID(found["session"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ListDamaged(path, number) from None
