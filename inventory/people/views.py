"""Signing in and out, choosing a clinic, one's own password."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import NotHere
from inventory.people import auditor_views, badge_views, member_views, operations, passwords, queries, switch_views
from inventory.people import sign_in as signing
from inventory.people.actors import at_work
from inventory.people.blueprint import blueprint
from inventory.people.errors import NoClinic, TooManyTries, WrongPassword
from inventory.people.forms import PasswordForm, SignInForm
from inventory.people.models import Person, Role
from inventory.people.paths import own_path
from inventory.people.queries import Working
from inventory.web.access import PUBLIC, SIGNED_IN, actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go

FIRST_PAGES = {
    Role.NURSE: "/sessions",
    Role.LEAD_NURSE: "/packs",
    Role.MANAGER: "/desk",
    Role.AUDITOR: "/log",
    Role.ADMINISTRATOR: "/people",
}


@blueprint.get("/")
@requires(SIGNED_IN)
def start() -> ResponseReturnValue:
    return redirect(FIRST_PAGES[g.actor.role])


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(PUBLIC)
@begins_reading
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    status = form.status
    if form.validate_on_submit():
        try:
            location = _begun(_proven(form.email.data, form.password.data))
        except (TooManyTries, WrongPassword, NoClinic) as refusal:
            form.refuse(refusal.sentence)
            status = refusal.status
        db.session.commit()
        if status == 200:
            return redirect(location, 303)
    return render_template("people/sign_in.html", form=form), status


@blueprint.post("/sign-out")
@requires(PUBLIC)
@begins_reading
def sign_out() -> ResponseReturnValue:
    signing.end()
    return redirect(url_for("people.sign_in"), 303)


@blueprint.get("/clinics")
@requires(PUBLIC)
def clinics() -> ResponseReturnValue:
    """One's own clinics; for somebody whose password was right and who has not chosen yet."""
    own = signing.working()
    if not own:
        return redirect(url_for("people.sign_in"))
    wanted = own_path(request.args.get("next"))
    return render_template("people/clinics.html", clinics=[clinic for _, _, clinic in own], wanted=wanted, form=Form())


@blueprint.post("/clinics/<uuid:clinic_id>")
@requires(PUBLIC)
def enter(clinic_id: UUID) -> ResponseReturnValue:
    own = signing.working()
    if not own:
        return redirect(url_for("people.sign_in"), 303)
    chosen = next((working for working in own if working[2].id == clinic_id), None)
    if chosen is None:
        raise NotHere("You do not belong to this clinic.")
    _enter(chosen)
    db.session.commit()
    return redirect(own_path(request.args.get("next")) or "/", 303)


@blueprint.route("/account", methods=["GET", "POST"])
@requires(SIGNED_IN)
@begins_reading
def account() -> ResponseReturnValue:
    form = PasswordForm()
    status = form.status
    if form.validate_on_submit():
        answer = _own_password(form)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
        status = answer.status
    return render_template("people/account.html", form=form), status


def _own_password(form: PasswordForm) -> Answer:
    try:
        person = _proven(g.actor.email, form.current.data)
    except WrongPassword as wrong:
        return Answer("That is not your password.", accepted=False, status=wrong.status, field="current")
    except TooManyTries as wait:
        return Answer(wait.sentence, accepted=False, status=wait.status)

    def changed() -> Answer:
        operations.set_password(person, form.password.data, actor(), utc_now())
        signing.stay(person)
        return Answer("Your password was changed; other devices were signed out.", url_for("people.account"))

    # The password itself must not be kept, not even as part of a hash of the request.
    return answer_once(form.event, {"step": "own password"}, by=actor(), now=utc_now(), act=changed)


def _proven(account: str, password: str) -> Person:
    """Whose password this is; the try is noted, to be committed by the caller whatever comes of it.

    The password is checked before the write begins: Argon2 takes a while, and nobody should queue behind it.
    The tries are counted again then, as others may have been guessing meanwhile.
    Raises `TooManyTries`, `WrongPassword`.
    """
    account, address = account.strip().lower(), request.remote_addr or "unknown"
    operations.check_tries(account, address, utc_now())
    person = queries.person_signing_in(account)
    right = passwords.matches(password, person.password if person and person.active else None)
    db.session.rollback()
    begin_write()
    now = utc_now()
    operations.check_tries(account, address, now)
    operations.note_attempt(account, address, right, now)
    if person is None or not right:
        if person is not None:
            operations.sign_in_failed(person, now)
        raise WrongPassword
    return person


def _begun(person: Person) -> str:
    """A new session for a person; where to go on to. Raises `NoClinic`."""
    wanted, own = own_path(request.args.get("next")), queries.working_as(person.fs_uniquifier)
    if not own:
        raise NoClinic
    if not (opened := signing.open_now(own)):
        raise signing.ended(own)
    own = opened
    signing.begin(person)
    if len(own) > 1:
        return url_for("people.clinics", next=wanted)
    _enter(own[0])
    return wanted or "/"


def _enter(working: Working) -> None:
    person, membership, clinic = working
    operations.signed_in(person, at_work(person, membership, clinic.name, clinic.time_zone), utc_now())
    signing.choose_clinic(clinic.id)


__all__ = ["auditor_views", "badge_views", "blueprint", "member_views", "switch_views"]
