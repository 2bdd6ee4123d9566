"""Judging a session when it changes, with little and with much history: the cost must not differ."""

import statistics
import time

from sqlalchemy import select

from benchmarks.clinics import NOW, demo_clinic, grow_log
from inventory.db import db
from inventory.sessions.judging import findings_of
from inventory.sessions.models import TreatmentSession, TreatmentState

ROUNDS, REPEATS = 7, 60
SESSIONS = 100_000


def run() -> str:
    """Aim: equal at the demo's 400 sessions and at 100,000."""
    with demo_clinic():
        few = _judged()
        count_few = _sessions()
        uses = db.session.query(TreatmentSession).count()
        grow_log(SESSIONS * 5 // 2 if uses else 0)
        many = _judged()
        count_many = _sessions()
    return (
        f"facts and rules of one session: {few * 1e6:.0f} us CPU with {count_few} sessions of history, "
        f"{many * 1e6:.0f} us with {count_many}: ratio {many / few:.2f} (aim 1)"
    )


def _sessions() -> int:
    return db.session.query(TreatmentSession).count()


def _judged() -> float:
    treatment = db.session.scalars(
        select(TreatmentSession).where(TreatmentSession.state == TreatmentState.CLOSED).limit(1)
    ).one()
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(REPEATS):
            db.session.expire_all()
            findings_of(treatment, NOW)
        rounds.append((time.process_time() - began) / REPEATS)
    return statistics.median(rounds)
