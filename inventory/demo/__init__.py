"""The demo clinic: 90 days of plausible history, made by the real operations with past times, from a seed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from inventory.db import begin_write, db
from inventory.demo.clinic import PASSWORD, SIGN_INS, found
from inventory.demo.history import DAYS, live_through
from inventory.people.models import Clinic

STEPS = DAYS + 1
__all__ = ["DAYS", "PASSWORD", "SIGN_INS", "STEPS", "build", "exists"]


def exists() -> bool:
    """Whether this database already holds a clinic; the demo is then left as it is."""
    return db.session.scalar(select(Clinic.id).limit(1)) is not None


def build(now: datetime, *, seed: int, tick: Callable[[int], object] = lambda _steps: None) -> None:
    """Build the clinic so that its last day is the one before `now`. One commit: whole, or not there."""
    db.session.rollback()
    begin_write()
    clinic = found(now, seed)
    tick(1)
    live_through(clinic, now, seed, tick)
    db.session.commit()
