"""What is signed of a flag: how it was judged, which no review changes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from inventory.sessions.models import Flag
from inventory.signatures.queries import Shown, signatures_of


def content_of(flag: Flag) -> dict[str, object]:
    return {
        "session": flag.treatment_id,
        "flag": flag.code,
        "rule": flag.rule,
        "policy_version": flag.policy_number,
        "sentence": flag.sentence,
        "raised_at": flag.raised_at,
    }


def reviews_of(clinic_id: UUID, flags: Sequence[Flag]) -> Mapping[UUID, Shown]:
    """The newest signature under each flag that somebody reviewed."""
    signed = signatures_of(clinic_id, {flag.id: content_of(flag) for flag in flags}) if flags else {}
    return {flag_id: shown[-1] for flag_id, shown in signed.items()}
