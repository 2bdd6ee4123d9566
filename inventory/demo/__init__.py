"""The demo clinic: 90 days of plausible history, made by the real operations with past times, from a seed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from inventory.db import begin_write, db
from inventory.demo.clinic import PASSWORD, SIGN_INS, found
from inventory.demo.history import DAYS, live_through
from inventory.demo.orders import order_goods
from inventory.demo.today import open_the_day
from inventory.people.models import Clinic
from inventory.sterility.operations import keep_view

SESSIONS = 400
STEPS = DAYS + 2
__all__ = ["DAYS", "PASSWORD", "SESSIONS", "SIGN_INS", "STEPS", "build", "exists"]


def exists() -> bool:
    """Whether this database already holds a clinic; the demo is then left as it is."""
    return db.session.scalar(select(Clinic.id).limit(1)) is not None


def build(
    now: datetime, *, seed: int, sessions: int = SESSIONS, tick: Callable[[int], object] = lambda _steps: None
) -> None:
    """Build the clinic, in the middle of its morning at `now`. One commit: whole, or not there.

    `sessions` closed sessions, and half as many packs again; `tick` is told of each of `STEPS` steps.
    """
    # What looked whether a clinic exists has begun a reading transaction, and that cannot become a writing one.
    db.session.rollback()
    begin_write()
    clinic = found(now, seed)
    tick(1)
    rooms = live_through(clinic, seed, sessions, tick)
    order_goods(clinic)
    open_the_day(clinic, rooms, sessions * 3 // 2, now)
    by = clinic.manager
    keep_view("Flagged sessions", "flag=any&shape=sessions", by.membership_id, by, now, shared=True)
    db.session.commit()
    tick(1)
