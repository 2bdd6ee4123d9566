"""From one thing to what went into it and where it went: the things of each stage, and what links them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from inventory.db import db
from inventory.sessions.models import TreatmentSession
from inventory.sterility.exposure import EVER, NEWEST, Period, count_reached, newest_reached
from inventory.sterility.links import links_between
from inventory.sterility.stages import AROUND, Reached, Stage
from inventory.sterility.subjects import Kind, Thing


@dataclass(frozen=True)
class Trace:
    clinic_id: UUID
    subject: Thing
    before: Sequence[Stage]
    after: Sequence[Stage]
    moments: dict[UUID, datetime]
    """When each listed session was reached last."""

    @property
    def stages(self) -> list[Stage]:
        own = Stage(self.subject.kind, "", [self.subject], 1)
        return [*self.before, own, *self.after]

    @property
    def sessions(self) -> Stage:
        return self.after[-1]

    def links(self, shown: int) -> frozenset[tuple[UUID, UUID]]:
        """What leads to what, among the first `shown` things of each stage."""
        stages = [(stage.kind, [thing.id for thing in stage.things[:shown]]) for stage in self.stages]
        return links_between(self.clinic_id, self.subject, stages)


def trace(clinic_id: UUID, subject: Thing, period: Period = EVER) -> Trace:
    """What `subject` went into and came from; sessions of `period` only."""
    newest = newest_reached(clinic_id, subject.kind, [subject.id], period)
    total = len(newest) if len(newest) < NEWEST else count_reached(clinic_id, subject.kind, [subject.id], period)
    reached = Reached(clinic_id, subject, [each for each, _ in newest], total > len(newest))
    sessions = Stage(Kind.SESSION, "Sessions", _sessions(reached), total)
    before, after = AROUND[subject.kind]
    return Trace(
        clinic_id,
        subject,
        [stage for stage in (find(reached) for find in before) if stage.total],
        [*(stage for stage in (find(reached) for find in after) if stage.total), sessions],
        dict(newest),
    )


def _sessions(reached: Reached) -> list[Thing]:
    rows = db.session.execute(
        select(TreatmentSession.id, TreatmentSession.number, TreatmentSession.practitioner_name).where(
            TreatmentSession.clinic_id == reached.clinic_id, TreatmentSession.id.in_(reached.ids)
        )
    )
    found = {row.id: Thing(Kind.SESSION, row.id, f"Session {row.number}", row.practitioner_name) for row in rows}
    return [found[each] for each in reached.ids if each in found]
