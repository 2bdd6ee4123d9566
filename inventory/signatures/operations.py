"""Signing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from inventory.audit.operations import Subject
from inventory.db import Model, db
from inventory.signatures.models import Meaning, Signature, SignedSubject
from inventory.signatures.signer import Signer
from inventory.signatures.standing import SubjectContent, digest, written

Row = TypeVar("Row", bound=Subject)


def sign(
    meaning: Meaning,
    subjects: Sequence[Row],
    content_of: Callable[[Row], Mapping[str, object] | None],
    by: Signer,
    now: datetime,
) -> Sequence[Model]:
    """One signature under `subjects` as they are now. Gives its rows, which belong into the entry of the act:
    `record(..., also=(..., *sign(...)))`, with no flush in between.
    """
    # Read without a flush: what is flushed before `record` is not in its entry.
    with db.session.no_autoflush:
        seen = [SubjectContent(each.__tablename__, each.id, content_of(each) or {}) for each in subjects]
    content = written(meaning, seen)
    signature = Signature(
        clinic_id=by.clinic_id,
        meaning=meaning,
        membership_id=by.membership_id,
        by_id=by.id,
        by_name=by.name,
        at=now,
        how=by.how,
        content=content,
        content_sha256=digest(content),
    )
    rows = [
        SignedSubject(clinic_id=by.clinic_id, signature=signature, subject_kind=each.kind, subject_id=each.id)
        for each in seen
    ]
    db.session.add_all([signature, *rows])
    return signature, *rows
