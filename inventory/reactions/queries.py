"""Reading reactions and aftercare."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inventory.db import db
from inventory.errors import NotHere
from inventory.reactions.models import AdverseReaction, Aftercare, ReactionCorrection
from inventory.sessions.models import TreatmentSession


def reactions_of(treatment: TreatmentSession) -> Sequence[AdverseReaction]:
    """The newest report first."""
    return db.session.scalars(
        select(AdverseReaction)
        .where(AdverseReaction.clinic_id == treatment.clinic_id, AdverseReaction.treatment_id == treatment.id)
        .order_by(AdverseReaction.reported_at.desc(), AdverseReaction.id.desc())
    ).all()


def reaction_of(treatment: TreatmentSession, reaction_id: UUID) -> AdverseReaction:
    """Raises `NotHere`."""
    found = db.session.scalar(
        select(AdverseReaction).where(
            AdverseReaction.clinic_id == treatment.clinic_id,
            AdverseReaction.treatment_id == treatment.id,
            AdverseReaction.id == reaction_id,
        )
    )
    if found is None:
        raise NotHere("There is no such report of this session. Open its reactions.")
    return found


def correction_of(reaction: AdverseReaction) -> ReactionCorrection | None:
    """What corrected it, if anything did."""
    return corrections_of(reaction.clinic_id, [reaction.id]).get(reaction.id)


def corrections_of(clinic_id: UUID, reaction_ids: Iterable[UUID]) -> dict[UUID, ReactionCorrection]:
    """By the id of the report that was wrong."""
    found = db.session.scalars(
        select(ReactionCorrection)
        .where(ReactionCorrection.clinic_id == clinic_id, ReactionCorrection.wrong_id.in_(list(reaction_ids)))
        .options(joinedload(ReactionCorrection.wrong), joinedload(ReactionCorrection.right))
    )
    return {each.wrong_id: each for each in found}


def aftercare_of(treatment: TreatmentSession) -> Sequence[Aftercare]:
    return db.session.scalars(
        select(Aftercare)
        .where(Aftercare.clinic_id == treatment.clinic_id, Aftercare.treatment_id == treatment.id)
        .order_by(Aftercare.given_at.desc(), Aftercare.id.desc())
    ).all()


def reactions_in(
    clinic_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> Sequence[tuple[AdverseReaction, TreatmentSession]]:
    """A clinic's reports with their sessions, newest first; `before` is the report the page stands after."""
    query = (
        select(AdverseReaction, TreatmentSession)
        .join(TreatmentSession, TreatmentSession.id == AdverseReaction.treatment_id)
        .where(AdverseReaction.clinic_id == clinic_id)
        .order_by(AdverseReaction.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AdverseReaction.id < before)
    return [(reaction, treatment) for reaction, treatment in db.session.execute(query)]
