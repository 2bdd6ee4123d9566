"""Reading signatures, each with whether what it is of is still as it was signed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inventory.clock import in_zone
from inventory.db import db
from inventory.signatures.models import Signature, SignedSubject
from inventory.signatures.standing import Difference, Standing, differences, digest, signed_of


@dataclass(frozen=True)
class Shown:
    """A signature as a page shows it under one of its subjects."""

    signature: Signature
    standing: Standing
    changes: Sequence[Difference] = ()

    @property
    def short(self) -> str:
        """The first 12 characters of the content's SHA-256."""
        return self.signature.content_sha256[:12]

    def in_words(self, time_zone: str) -> str:
        """As one line of a printed document."""
        signed = self.signature
        return (
            f"Signed by {signed.by_name}, {in_zone(signed.at, time_zone)}, as {signed.meaning}, with {signed.how}. "
            f"Content {self.short}, {self.standing.replace('_', ' ')}."
        )


def signatures_of(
    clinic_id: UUID, contents: Mapping[UUID, Mapping[str, object] | None]
) -> Mapping[UUID, Sequence[Shown]]:
    """The signatures under each subject, oldest first. `contents`: what there is of each today, by its id; None
    where it says nothing under a signature any more. A later signature under a subject takes the place of an earlier.
    """
    found: dict[UUID, list[Signature]] = defaultdict(list)
    rows = db.session.execute(
        select(SignedSubject.subject_id, Signature)
        .join(Signature, Signature.id == SignedSubject.signature_id)
        .where(SignedSubject.clinic_id == clinic_id, SignedSubject.subject_id.in_(list(contents)))
        .order_by(Signature.at, Signature.id)
    )
    for subject_id, signature in rows:
        found[subject_id].append(signature)
    return {
        subject_id: [
            *(Shown(each, Standing.SUPERSEDED) for each in signed[:-1]),
            shown(signed[-1], subject_id, contents[subject_id]),
        ]
        for subject_id, signed in found.items()
    }


def shown(signature: Signature, subject_id: UUID, today: Mapping[str, object] | None) -> Shown:
    """A signature beside what its subject says today."""
    signed = signed_of(signature.content, subject_id)
    if digest(signature.content) != signature.content_sha256 or signed is None:
        return Shown(signature, Standing.CHANGED, [Difference("signed content", "another", "not what was signed")])
    if today is None:
        return Shown(signature, Standing.SUPERSEDED)
    changes = differences(signed, today)
    return Shown(signature, Standing.CHANGED if changes else Standing.AS_SIGNED, changes)
