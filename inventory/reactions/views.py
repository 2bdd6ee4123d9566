"""Reactions of a session, the clinic's list of them, and the aftercare sheet."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.reactions import operations, queries
from inventory.reactions.forms import AftercareForm, ReactionForm
from inventory.reactions.models import HowGiven, ReactionKind, ReactionSeverity
from inventory.sessions.models import TreatmentSession
from inventory.sessions.queries import treatment_of
from inventory.web.access import actor, requires
from inventory.web.pages import go

PAGE = 50
blueprint = Blueprint("reactions", __name__)


@blueprint.get("/reactions")
@requires("flags.view")
def index() -> ResponseReturnValue:
    found = queries.reactions_in(actor().clinic_id, before=request.args.get("before", type=UUID), limit=PAGE + 1)
    more = found[PAGE - 1][0].id if len(found) > PAGE else None
    return render_template("reactions/index.html", reported=found[:PAGE], more=more)


@blueprint.route("/sessions/<uuid:treatment_id>/reactions", methods=["GET", "POST"])
@requires("sessions.work")
def reactions(treatment_id: UUID) -> ResponseReturnValue:
    by, form = actor(), ReactionForm()
    treatment = treatment_of(by.clinic_id, treatment_id)
    if form.validate_on_submit():
        content = {**form.content, "treatment": treatment_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=lambda: _reported(treatment, form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    elif not form.is_submitted():
        form.onset_on.data = day_in(by.time_zone, utc_now())
    return (
        render_template(
            "reactions/reactions.html", treatment=treatment, form=form, reported=queries.reactions_of(treatment)
        ),
        form.status,
    )


@blueprint.route("/sessions/<uuid:treatment_id>/aftercare", methods=["GET", "POST"])
@requires("sessions.work")
def aftercare(treatment_id: UUID) -> ResponseReturnValue:
    """The sheet, to be printed or shown, and the note that it was given."""
    by, form = actor(), AftercareForm()
    treatment = treatment_of(by.clinic_id, treatment_id)
    if form.validate_on_submit():
        content = {**form.content, "treatment": treatment_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=lambda: _given(treatment, form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return (
        render_template(
            "reactions/aftercare.html", treatment=treatment, form=form, given=queries.aftercare_of(treatment)
        ),
        form.status,
    )


def _reported(treatment: TreatmentSession, form: ReactionForm) -> Answer:
    operations.report(
        treatment,
        ReactionKind(form.kind.data),
        ReactionSeverity(form.severity.data),
        form.onset_on.data,
        form.note.data or "",
        actor(),
        utc_now(),
    )
    return Answer("Reaction recorded.", url_for("reactions.reactions", treatment_id=treatment.id))


def _given(treatment: TreatmentSession, form: AftercareForm) -> Answer:
    operations.give_aftercare(treatment, HowGiven(form.how.data), actor(), utc_now())
    return Answer("Aftercare advice recorded.", url_for("sessions.treatment", treatment_id=treatment.id))
