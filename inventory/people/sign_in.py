"""Who is at work: read from the session cookie at each request."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from flask import Flask, current_app, g, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from inventory.clock import utc_now
from inventory.db import db
from inventory.people.actors import at_work
from inventory.people.errors import AccessEnded
from inventory.people.limits import has_ended, impose
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


def take_over(person: Person) -> None:
    """Somebody else of the clinic goes on at this browser, which is shared from now on. It stays as long as it was."""
    session["_user_id"] = person.fs_uniquifier
    session["quick"] = session["shared"] = True
    session["seen_at"] = utc_now().isoformat()
    session.pop("locked", None)


def lock(page: str) -> None:
    """Nobody is at work here until somebody says who they are; who signed in stays known.

    `page` is the path that was open: only there a view marked `while_locked` goes on.
    """
    session["locked"] = session["shared"] = True
    session["page"] = page


def end() -> None:
    session.clear()


def choose_clinic(clinic_id: UUID) -> None:
    session["clinic_id"] = str(clinic_id)


def working() -> list[Working]:
    """The signed-in person in each of their clinics; none if nobody is, or not any more."""
    return open_now(_signed_in())


def open_now(found: list[Working]) -> list[Working]:
    """Without those whose last day is over."""
    now = utc_now()
    return [each for each in found if not has_ended(each[1].expires_on, each[2].time_zone, now)]


def ended(found: list[Working]) -> AccessEnded:
    """Why nothing of `found` opens any more."""
    _, membership, clinic = max(found, key=lambda each: each[1].expires_on or date.min)
    return AccessEnded(clinic.name, membership.expires_on or date.min)


def _signed_in() -> list[Working]:
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
    if request.endpoint in ("static", "healthz") or "clinic_id" not in session:
        return
    g.shared = bool(session.get("shared"))
    if g.shared and _left_alone():
        session["locked"] = True
    g.locked = bool(session.get("locked"))
    if g.locked and not _goes_on_locked():
        return
    signed_in = _signed_in()
    found = open_now(signed_in)
    for person, membership, clinic in found:
        if str(clinic.id) == session["clinic_id"]:
            quick = g.locked or bool(session.get("quick"))
            g.actor = at_work(person, membership, clinic.name, clinic.time_zone, quick=quick)
    here = [each for each in signed_in if str(each[2].id) == session["clinic_id"]]
    if g.actor is None and here:
        g.refusal = ended(here).sentence
    if g.actor is not None and g.actor.limit is not None:
        g.narrow = partial(impose, g.actor.limit)
        g.narrow(db.session())
    g.other_clinics = [
        {"name": clinic.name, "url": url_for("people.enter", clinic_id=clinic.id)}
        for _, _, clinic in found
        if g.actor and clinic.id != g.actor.clinic_id
    ]


def _left_alone() -> bool:
    """Whether a shared browser was not used for so long that anybody may stand before it."""
    seen, now = session.get("seen_at"), utc_now()
    # What a page does by itself, such as bringing home what waited, is no sign of a person.
    if request.blueprint != "devices":
        session["seen_at"] = now.isoformat()
        if request.method == "GET" and not session.get("locked") and request.blueprint != "people":
            session["page"] = request.path
    return seen is not None and now - datetime.fromisoformat(seen) > timedelta(
        minutes=current_app.config["LOCK_MINUTES"]
    )


def _goes_on_locked() -> bool:
    """A needle must be changed although nobody said who they are: with the page that was open, and with no other."""
    view, page = current_app.view_functions.get(request.endpoint or ""), session.get("page")
    here = page is not None and f"{request.path}/".startswith(f"{page}/")
    return here and getattr(view, "while_locked", False)
