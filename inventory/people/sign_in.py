"""Who is at work: read from the session cookie at each request."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, current_app, g, session

from inventory.clock import utc_now
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.models import Person
from inventory.people.queries import at_work_as


def init_app(app: Flask) -> None:
    app.before_request(_load_actor)


def begin(person: Person) -> None:
    """A new browser session for somebody whose password was right; the old one's content is gone."""
    session.clear()
    session.permanent = True
    session["_user_id"] = person.fs_uniquifier
    session["signed_in_at"] = utc_now().isoformat()


def end() -> None:
    session.clear()


def choose_clinic(clinic_id: UUID) -> None:
    session["clinic_id"] = str(clinic_id)


def uniquifier() -> str | None:
    """The signed-in person's mark, or None; Flask itself refuses a cookie idle for too long."""
    began = session.get("signed_in_at")
    if "_user_id" not in session or began is None:
        return None
    oldest = utc_now() - timedelta(hours=current_app.config["ABSOLUTE_SESSION_HOURS"])
    if datetime.fromisoformat(began) < oldest:
        session.clear()
        return None
    return str(session["_user_id"])


def _load_actor() -> None:
    g.actor = None
    mark, clinic = uniquifier(), session.get("clinic_id")
    if mark and clinic:
        g.actor = _at_work(mark, UUID(clinic))


def _at_work(mark: str, clinic_id: UUID) -> PersonAtWork | None:
    found = at_work_as(mark, clinic_id)
    if found is None:
        return None
    person, membership, clinic = found
    return at_work(person, membership, clinic.name, clinic.time_zone)
