"""Sessions that are booked: one technique on one day, said again it is replaced."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.purchasing.booking import Booked
from inventory.purchasing.models import PlannedSessions
from inventory.sessions.models import Technique


def plan(booked: Sequence[Booked], by: Actor, now: datetime) -> list[PlannedSessions]:
    """All rows or none; 0 sessions takes a day's booking away."""
    days = [row.day for row in booked]
    known = {
        (row.day, row.technique): row
        for row in db.session.scalars(
            select(PlannedSessions).where(
                PlannedSessions.clinic_id == by.clinic_id, PlannedSessions.day.between(min(days), max(days))
            )
        )
    }
    kept = []
    for row in booked:
        technique = Technique(row.technique)
        stored = known.get((row.day, technique)) or PlannedSessions(
            clinic_id=by.clinic_id, day=row.day, technique=technique, sessions=row.sessions
        )
        stored.sessions, stored.needles_each = row.sessions, row.needles_each
        kept.append(stored)
    db.session.add_all(kept)
    record(by, "sessions.planned", kept[0], now=now, also=kept[1:], rows=len(kept))
    return kept
