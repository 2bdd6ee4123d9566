"""What is signed with the correction of a reported reaction: old values, new values, and why."""

from inventory.reactions.models import AdverseReaction, ReactionCorrection


def content_of(correction: ReactionCorrection) -> dict[str, object]:
    return {
        "session": correction.wrong.treatment_id,
        "old": _said(correction.wrong),
        "new": _said(correction.right),
        "reason": correction.reason,
    }


def _said(reaction: AdverseReaction) -> dict[str, object]:
    return {name: getattr(reaction, name) for name in ("kind", "severity", "onset_on", "note", "by_name")}
