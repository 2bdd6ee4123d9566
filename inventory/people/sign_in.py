"""Who is at work: read from the session cookie at each request."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, current_app, g, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from inventory.clock import utc_now
from inventory.people.actors import at_work
from inventory.people.models import Person
from inventory.people.queries import Working, working_as


class Cookies(SecureCookieSessionInterface):
    """Static files may be kept by caches between us and the browser, so they never carry somebody's cookie."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.endpoint != "static" and super().should_set_cookie(app, session)


def init_app(app: Flask) -> None:
    app.session_interface = Cookies()
    app.before_request(_load_actor)


def begin(person: Person) -> None:
    """A new browser session for somebody whose password was right; the old one's content is gone."""
    session.clear()
    session.permanent = True
    session["_user_id"] = person.fs_uniquifier
    session["signed_in_at"] = utc_now().isoformat()


def stay(person: Person) -> None:
    """Keep this browser signed in although the person's mark was changed."""
    session["_user_id"] = person.fs_uniquifier


def end() -> None:
    session.clear()


def choose_clinic(clinic_id: UUID) -> None:
    session["clinic_id"] = str(clinic_id)


def working() -> list[Working]:
    """The signed-in person in each of their clinics; none if nobody is, or not any more."""
    began, mark = session.get("signed_in_at"), session.get("_user_id")
    if mark is None or began is None:
        return []
    oldest = utc_now() - timedelta(hours=current_app.config["ABSOLUTE_SESSION_HOURS"])
    found = working_as(str(mark)) if datetime.fromisoformat(began) >= oldest else []
    if not found:
        session.clear()
    return found


def _load_actor() -> None:
    """Flask itself refuses a cookie that was idle for too long."""
    g.actor = None
    if request.endpoint == "static" or "clinic_id" not in session:
        return
    found = working()
    for person, membership, clinic in found:
        if str(clinic.id) == session["clinic_id"]:
            g.actor = at_work(person, membership, clinic.name, clinic.time_zone)
    g.other_clinics = [
        {"name": clinic.name, "url": url_for("people.enter", clinic_id=clinic.id)}
        for _, _, clinic in found
        if g.actor and clinic.id != g.actor.clinic_id
    ]
