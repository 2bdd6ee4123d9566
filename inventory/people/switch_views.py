"""Who is at work at a shared tablet: locking it, taking it over, PIN and badge."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.actors import Program
from inventory.audit.once import Answer
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import DomainError, Invalid
from inventory.people import operations, passwords, queries, switching
from inventory.people import sign_in as signing
from inventory.people.actors import at_work
from inventory.people.blueprint import blueprint
from inventory.people.forms import BadgeForm, OwnPinForm, PinForm
from inventory.people.models import Membership
from inventory.people.paths import own_path
from inventory.people.permissions import PERMISSIONS
from inventory.web.access import PUBLIC, SIGNED_IN, actor, begins_reading, requires
from inventory.web.forms import choices
from inventory.web.pages import go
from labels import codes
from labels.codes import CodeKind, UnreadableCode

TakeOver = TypeVar("TakeOver", PinForm, BadgeForm)
Found = tuple[Membership, str]


@blueprint.post("/lock")
@requires(SIGNED_IN)
@begins_reading
def lock() -> ResponseReturnValue:
    """Back to the page: what may not be seen there now asks who is at work."""
    page = own_path(request.args.get("next")) or "/"
    signing.lock(page.partition("?")[0])
    return redirect(page, 303)


@blueprint.route("/switch", methods=["GET", "POST"])
@requires(PUBLIC)
@begins_reading
def switch() -> ResponseReturnValue:
    """Who takes over, by PIN. Only on a browser where somebody signed in with a password in these twelve hours."""
    return _taking_over(PinForm(), _by_pin)


@blueprint.post("/switch/badge")
@requires(PUBLIC)
@begins_reading
def switch_by_badge() -> ResponseReturnValue:
    return _taking_over(BadgeForm(), _by_badge)


@blueprint.get("/<any(B, b):kind>/<code>")
@requires(PUBLIC)
def badge_label(kind: str, code: str) -> ResponseReturnValue:
    """A badge opened with a phone's own camera lets nobody in: it is scanned where a tablet asks."""
    return redirect(url_for("people.switch"))


@blueprint.route("/account/pin", methods=["GET", "POST"])
@requires(SIGNED_IN)
@begins_reading
def own_pin() -> ResponseReturnValue:
    form, status = OwnPinForm(), 200
    if form.validate_on_submit():
        right = passwords.matches(form.current.data, _own_person_password())
        by, now = actor(), utc_now()
        db.session.rollback()
        begin_write()
        try:
            operations.check_tries(g.actor.email, request.remote_addr or "unknown", now)
            operations.note_attempt(g.actor.email, request.remote_addr or "unknown", right, now)
            if not right:
                raise Invalid("Your password is wrong. Try again.", field="current")
            switching.set_pin(queries.membership_of(by.clinic_id, g.actor.membership_id), form.pin.data, by, now)
        except DomainError as refused:
            form.refuse(refused.sentence, refused.field)
            status = refused.status
        db.session.commit()
        if status == 200:
            return go(Answer("Your PIN is set. It works on tablets of this clinic.", url_for("people.account")))
    return render_template("people/own_pin.html", form=form), max(status, form.status)


def _taking_over(form: TakeOver, find: Callable[[TakeOver, list[Membership]], Found]) -> ResponseReturnValue:
    staff = _staff()
    if staff is None:
        return redirect(url_for("people.sign_in", next=own_path(request.args.get("next"))))
    wanted, status = own_path(request.args.get("next")) or "/", 200
    pin_form = form if isinstance(form, PinForm) else PinForm(formdata=None)
    badge_form = form if isinstance(form, BadgeForm) else BadgeForm(formdata=None)
    pin_form.member.choices = choices([(str(member.id), member.person.name) for member in staff if member.pin])
    if form.validate_on_submit():
        try:
            _take_over(*find(form, staff))
        except DomainError as refused:
            form.refuse(refused.sentence, refused.field)
            status = refused.status
        db.session.commit()
        if status == 200:
            return redirect(wanted, 303)
    shown = render_template("people/switch.html", pin_form=pin_form, badge_form=badge_form, wanted=wanted)
    return shown, max(status, form.status)


def _by_pin(form: PinForm, staff: list[Membership]) -> Found:
    member = next(member for member in staff if str(member.id) == form.member.data)
    account, address = f"pin:{member.id}", request.remote_addr or "unknown"
    operations.check_tries(account, address, utc_now())
    right = passwords.matches(form.pin.data, member.pin)
    _begin_again()
    operations.check_tries(account, address, utc_now())
    operations.note_attempt(account, address, right, utc_now())
    if not right:
        switching.failed(member, Program(member.clinic_id, _zone(member)), utc_now())
        raise switching.WrongPin
    return member, "pin"


def _by_badge(form: BadgeForm, staff: list[Membership]) -> Found:
    address = request.remote_addr or "unknown"
    _begin_again()
    operations.check_tries("badge", address, utc_now())
    try:
        scanned = codes.parse(form.text.data)
    except UnreadableCode:
        scanned = None
    found = None
    if scanned is not None and scanned.kind in (CodeKind.BADGE, None):
        found = next((member for member in staff if member.badge_code == switching.hashed(scanned.code)), None)
    operations.note_attempt("badge", address, found is not None, utc_now())
    if found is None:
        raise switching.UnknownBadge
    return found, "badge"


def _take_over(member: Membership, how: str) -> None:
    clinic = queries.clinic_of(member.clinic_id)
    signing.take_over(member.person)
    switching.switched(member, how, at_work(member.person, member, clinic.name, clinic.time_zone), utc_now())


def _staff() -> list[Membership] | None:
    """Who works in the clinic this browser is signed in to; None where nobody is signed in any more."""
    if "clinic_id" not in session or not signing.working():
        return None
    treating = [role for role, permissions in PERMISSIONS.items() if "sessions.work" in permissions]
    return list(queries.memberships_in(UUID(session["clinic_id"]), treating))


def _begin_again() -> None:
    """Slow work is done: the write begins now, and nobody queued behind it."""
    db.session.rollback()
    begin_write()


def _zone(member: Membership) -> str:
    return queries.clinic_of(member.clinic_id).time_zone


def _own_person_password() -> str | None:
    person = queries.person_signing_in(g.actor.email)
    return person.password if person else None
