"""Signing in and out, choosing a clinic, one's own password."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import NotHere
from inventory.people import member_views, operations, passwords, queries
from inventory.people import sign_in as signing
from inventory.people.actors import at_work
from inventory.people.blueprint import blueprint
from inventory.people.forms import PasswordForm, SignInForm
from inventory.people.models import Person, Role
from inventory.web.access import PUBLIC, SIGNED_IN, actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go

MOST_PER_ACCOUNT, MOST_PER_ADDRESS = 10, 100
FIRST_PAGES = {
    Role.NURSE: "/sessions",
    Role.LEAD_NURSE: "/packs",
    Role.MANAGER: "/stock",
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
    """The password is checked before the write begins: Argon2 takes a while, and nobody should queue behind it."""
    form = SignInForm()
    status = form.status
    if form.validate_on_submit():
        account, address = form.email.data.lower(), request.remote_addr or "unknown"
        if _too_many(account, address):
            form.refuse("Too many failed tries. Wait 15 minutes, or ask your administrator for a new password.")
            return render_template("people/sign_in.html", form=form), 429
        person = queries.person_signing_in(account)
        right = passwords.matches(form.password.data, person.password if person else None)
        db.session.rollback()
        begin_write()
        operations.note_attempt(account, address, right, utc_now())
        if person is not None and right and person.active:
            return _begin(person)
        db.session.commit()
        form.refuse("E-mail or password is wrong. Try again.")
        status = 422
    return render_template("people/sign_in.html", form=form), status


@blueprint.post("/sign-out")
@requires(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    signing.end()
    return redirect(url_for("people.sign_in"), 303)


@blueprint.get("/clinics")
@requires(PUBLIC)
def clinics() -> ResponseReturnValue:
    """One's own clinics; for somebody whose password was right and who has not chosen yet."""
    person = _signed_in_person()
    if person is None:
        return redirect(url_for("people.sign_in"))
    return render_template("people/clinics.html", clinics=queries.clinics_of(person.id), form=Form())


@blueprint.post("/clinics/<uuid:clinic_id>")
@requires(PUBLIC)
def enter(clinic_id: UUID) -> ResponseReturnValue:
    person = _signed_in_person()
    if person is None:
        return redirect(url_for("people.sign_in"), 303)
    found = queries.at_work_as(person.fs_uniquifier, clinic_id)
    if found is None:
        raise NotHere("You do not belong to this clinic.")
    _, membership, clinic = found
    operations.signed_in(person, at_work(person, membership, clinic.name, clinic.time_zone), utc_now())
    db.session.commit()
    signing.choose_clinic(clinic_id)
    return redirect("/", 303)


@blueprint.route("/account", methods=["GET", "POST"])
@requires(SIGNED_IN)
def account() -> ResponseReturnValue:
    by, form = actor(), PasswordForm()
    if form.validate_on_submit():
        person = db.session.get_one(Person, by.id)
        if not passwords.matches(form.current.data, person.password):
            form.refuse("That is not your password.", "current")
            return render_template("people/account.html", form=form), 422
        answer = answer_once(
            form.event, {"of": by.id}, by=by, now=utc_now(), act=lambda: _changed(person, form.password.data)
        )
        db.session.commit()
        if answer.accepted:
            session["_user_id"] = person.fs_uniquifier
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("people/account.html", form=form), form.status


def _changed(person: Person, password: str) -> Answer:
    operations.set_password(person, password, actor(), utc_now())
    return Answer("Your password was changed; other devices were signed out.", url_for("people.account"))


def _begin(person: Person) -> ResponseReturnValue:
    wanted = _own_path(request.args.get("next"))
    own = queries.clinics_of(person.id)
    signing.begin(person)
    if len(own) != 1:
        db.session.commit()
        return redirect(url_for("people.clinics"), 303)
    found = queries.at_work_as(person.fs_uniquifier, own[0].id)
    if found is not None:
        by = at_work(person, found[1], own[0].name, own[0].time_zone)
        operations.signed_in(person, by, utc_now())
        signing.choose_clinic(own[0].id)
    db.session.commit()
    return redirect(wanted or "/", 303)


def _signed_in_person() -> Person | None:
    mark = signing.uniquifier()
    return queries.person_marked(mark) if mark else None


def _too_many(account: str, address: str) -> bool:
    since = utc_now() - queries.WINDOW
    return (
        queries.failures(since, account=account) >= MOST_PER_ACCOUNT
        or queries.failures(since, address=address) >= MOST_PER_ADDRESS
    )


def _own_path(wanted: str | None) -> str | None:
    """A path of ours to go on to; anything that could lead elsewhere is dropped."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    parts = urlsplit(wanted)
    plain = all(symbol.isprintable() and symbol != "\\" for symbol in wanted)
    return wanted if plain and not parts.scheme and not parts.netloc else None


__all__ = ["blueprint", "member_views"]
