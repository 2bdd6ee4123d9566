"""The administrator's pages: who works in the clinic, as what."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.people import operations, queries
from inventory.people.blueprint import blueprint
from inventory.people.forms import PersonForm, ResetForm, RoleForm
from inventory.people.models import Role
from inventory.web.access import actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go


@blueprint.get("/people")
@requires("people.manage")
def members() -> ResponseReturnValue:
    by = actor()
    return render_template(
        "people/members.html", members=queries.memberships_in(by.clinic_id), today=day_in(by.time_zone, utc_now())
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires("people.manage")
def add_member() -> ResponseReturnValue:
    form = PersonForm()

    def added() -> Answer:
        role, by, now = Role(form.role.data), actor(), utc_now()
        joined = operations.take_in(form.name.data, form.email.data, form.password.data, role, by, now)
        return Answer(f"{joined.person.name} can sign in.", url_for("people.members"))

    return _answered(form, added, "people/add_member.html")


@blueprint.route("/people/<uuid:membership_id>", methods=["GET", "POST"])
@requires("people.manage")
def member(membership_id: UUID) -> ResponseReturnValue:
    found = queries.membership_of(actor().clinic_id, membership_id)
    form = RoleForm(role=found.role.value)

    def changed() -> Answer:
        operations.change_role(found, Role(form.role.data), actor(), utc_now())
        return Answer(f"{found.person.name} has a new role.", url_for("people.members"))

    return _answered(form, changed, "people/member.html", member=found)


@blueprint.route("/people/<uuid:membership_id>/password", methods=["GET", "POST"])
@requires("people.manage")
def reset_password(membership_id: UUID) -> ResponseReturnValue:
    found = queries.membership_of(actor().clinic_id, membership_id)
    form = ResetForm()

    def reset() -> Answer:
        operations.reset_password(found, form.password.data, actor(), utc_now())
        return Answer(f"{found.person.name} was signed out and has a new password.", url_for("people.members"))

    return _answered(form, reset, "people/reset_password.html", member=found)


@blueprint.route("/people/<uuid:membership_id>/end", methods=["GET", "POST"])
@requires("people.manage")
def end_member(membership_id: UUID) -> ResponseReturnValue:
    found = queries.membership_of(actor().clinic_id, membership_id)

    def ended() -> Answer:
        operations.end_membership(found, actor(), utc_now())
        return Answer(f"{found.person.name} no longer sees this clinic.", url_for("people.members"))

    return _answered(Form(), ended, "people/end_member.html", member=found)


def _answered(form: Form, act: Callable[[], Answer], template: str, **shown: object) -> ResponseReturnValue:
    """The write of one form; passwords never enter the stored request."""
    if form.validate_on_submit():
        content = {name: value for name, value in form.content.items() if name != "password"}
        stated = {**content, "step": request.path}
        answer = answer_once(form.event, stated, by=actor(), now=utc_now(), act=act)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template(template, form=form, **shown), form.status
