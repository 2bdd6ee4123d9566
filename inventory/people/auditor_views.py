"""The administrator's pages for auditors: who sees which days, and until when."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.people import operations, queries
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.blueprint import blueprint
from inventory.people.forms import AuditorForm, TermsForm
from inventory.people.limits import Terms
from inventory.web.access import actor, requires
from inventory.web.pages import go


@blueprint.route("/people/auditors/new", methods=["GET", "POST"])
@requires("people.manage")
def add_auditor() -> ResponseReturnValue:
    form, administered = AuditorForm(), _administered()
    form.offer(administered)
    if form.validate_on_submit():
        content = {name: value for name, value in form.content.items() if name != "password"}
        answer = answer_once(form.event, content, by=actor(), now=utc_now(), act=lambda: _taken_in(form, administered))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("people/add_auditor.html", form=form), form.status


@blueprint.route("/people/<uuid:membership_id>/limits", methods=["GET", "POST"])
@requires("people.manage")
def limit_auditor(membership_id: UUID) -> ResponseReturnValue:
    found = queries.membership_of(actor().clinic_id, membership_id)
    form = TermsForm(sees_from=found.sees_from, sees_until=found.sees_until, expires_on=found.expires_on)

    def limited() -> Answer:
        operations.limit_auditor(found, _terms(form), actor(), utc_now())
        return Answer(f"{found.person.name} sees these days from now on.", url_for("people.members"))

    if form.validate_on_submit():
        content = {**form.content, "step": request.path}
        answer = answer_once(form.event, content, by=actor(), now=utc_now(), act=limited)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("people/limit_auditor.html", form=form, member=found), form.status


def _administered() -> list[PersonAtWork]:
    """The administrator in each of their clinics, the present one first."""
    by = actor()
    own = [
        at_work(person, membership, clinic.name, clinic.time_zone)
        for person, membership, clinic in queries.administered_by(by.id)
    ]
    return sorted(own, key=lambda each: each.clinic_id != by.clinic_id)


def _taken_in(form: AuditorForm, administered: list[PersonAtWork]) -> Answer:
    chosen = [by for by in administered if str(by.clinic_id) in (form.clinics.data or ())]
    taken = operations.take_in_auditor(
        form.name.data, form.email.data, form.password.data, chosen, _terms(form), utc_now()
    )
    return Answer(f"{taken[0].person.name} can sign in.", url_for("people.members"))


def _terms(form: TermsForm) -> Terms:
    return Terms(form.sees_from.data, form.sees_until.data, form.expires_on.data)
