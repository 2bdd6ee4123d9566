"""Who may open a view. A view without a stated permission cannot be reached."""

from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from inventory.db import begin_write

View = TypeVar("View", bound=Callable[..., object])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC = "public"
SIGNED_IN = "signed in"
SIGNED_OUT = "You were signed out. Sign in again; nothing of this step was saved."


class SignedIn(Protocol):
    """The person at work in one of their clinics."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def clinic_id(self) -> UUID: ...
    @property
    def membership_id(self) -> UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def clinic_name(self) -> str: ...
    @property
    def time_zone(self) -> str: ...

    @property
    def quick(self) -> bool: ...

    def may(self, permission: str) -> bool: ...


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it needs, such as `packs.work`, or with `PUBLIC` or `SIGNED_IN`."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def begins_reading(view: View) -> View:
    """Mark a writing view that begins its write itself, after slow work such as checking a password."""
    view.begins_reading = True  # type: ignore[attr-defined]
    return view


def while_locked(view: View) -> View:
    """Mark a view that goes on at a locked tablet, for the page it was locked on, under the name of who was at work."""
    view.while_locked = True  # type: ignore[attr-defined]
    return view


def is_locked() -> bool:
    return bool(g.get("locked"))


def actor() -> SignedIn:
    """The signed-in person. Only inside views that need a permission."""
    person: SignedIn = g.actor
    return person


def open_transactions(app: Flask) -> None:
    """Registered before anything reads the database, so that a writing request queues for the lock at once."""
    app.before_request(_open_transaction)


def guard(app: Flask) -> None:
    """Registered after the person is known."""
    app.before_request(_guard)


def permission_of(endpoint: str) -> str | None:
    view = current_app.view_functions.get(endpoint)
    return getattr(view, "permission", None)


def _open_transaction() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view and request.method not in SAFE_METHODS and not getattr(view, "begins_reading", False):
        begin_write()


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    permission = permission_of(request.endpoint)
    if permission == PUBLIC:
        return None
    person: SignedIn | None = g.get("actor")
    if person is None:
        if g.get("refusal"):
            abort(403, g.refusal)
        if request.method in SAFE_METHODS:
            asks = "people.switch" if g.get("locked") else "people.sign_in"
            return redirect(url_for(asks, next=request.full_path.rstrip("?")))
        abort(401, "Say who you are first; nothing of this step was saved." if g.get("locked") else SIGNED_OUT)
    if permission is None or not (permission == SIGNED_IN or person.may(permission)):
        abort(403, "Sign in with your password for this." if person.quick else None)
    return None
