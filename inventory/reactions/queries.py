"""Reading reactions and aftercare."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.reactions.models import AdverseReaction, Aftercare
from inventory.sessions.models import TreatmentSession


def reactions_of(treatment: TreatmentSession) -> Sequence[AdverseReaction]:
    """The newest report first."""
    return db.session.scalars(
        select(AdverseReaction)
        .where(AdverseReaction.clinic_id == treatment.clinic_id, AdverseReaction.treatment_id == treatment.id)
        .order_by(AdverseReaction.reported_at.desc(), AdverseReaction.id.desc())
    ).all()


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
