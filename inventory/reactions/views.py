"""Reactions of a session, the clinic's list of them, and the aftercare sheet."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.reactions import operations, queries
from inventory.reactions.forms import AftercareForm, CorrectionForm, ReactionForm
from inventory.reactions.models import AdverseReaction, HowGiven, ReactionKind, ReactionSeverity
from inventory.reactions.signed_content import content_of
from inventory.sessions.models import TreatmentSession
from inventory.sessions.queries import treatment_of
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go

PAGE = 50
blueprint = Blueprint("reactions", __name__)


@blueprint.get("/reactions")
@requires("flags.view")
def index() -> ResponseReturnValue:
    found = queries.reactions_in(actor().clinic_id, before=request.args.get("before", type=UUID), limit=PAGE + 1)
    more = found[PAGE - 1][0].id if len(found) > PAGE else None
    wrong = queries.corrections_of(actor().clinic_id, [reaction.id for reaction, _ in found])
    return render_template("reactions/index.html", reported=found[:PAGE], more=more, wrong=wrong)


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
    reported = queries.reactions_of(treatment)
    wrong = queries.corrections_of(by.clinic_id, [each.id for each in reported])
    page = render_template(
        "reactions/reactions.html",
        treatment=treatment,
        form=form,
        reported=reported,
        wrong=wrong,
        signatures=signatures_of(by.clinic_id, {each.id: content_of(each) for each in wrong.values()}),
    )
    return page, form.status


@blueprint.route("/sessions/<uuid:treatment_id>/reactions/<uuid:reaction_id>/correct", methods=["GET", "POST"])
@requires("sessions.work")
@begins_reading
def correct(treatment_id: UUID, reaction_id: UUID) -> ResponseReturnValue:
    treatment = treatment_of(actor().clinic_id, treatment_id)
    wrong = queries.reaction_of(treatment, reaction_id)
    form = CorrectionForm(obj=wrong)
    if form.validate_on_submit():
        content = {**form.content, "reaction": reaction_id}
        answer = answer_signed(form, content, lambda by, now: _corrected(treatment, wrong, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    page = render_template(
        "reactions/correct.html", treatment=treatment, wrong=wrong, form=form, done=queries.correction_of(wrong)
    )
    return page, form.status


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


def _corrected(
    treatment: TreatmentSession, wrong: AdverseReaction, form: CorrectionForm, by: Signer, now: datetime
) -> Answer:
    operations.correct(
        wrong,
        treatment,
        ReactionKind(form.kind.data),
        ReactionSeverity(form.severity.data),
        form.onset_on.data,
        form.note.data or "",
        form.reason.data,
        by,
        now,
    )
    said = "The report is corrected. The first one stays, marked."
    return Answer(said, url_for("reactions.reactions", treatment_id=treatment.id))


def _given(treatment: TreatmentSession, form: AftercareForm) -> Answer:
    operations.give_aftercare(treatment, HowGiven(form.how.data), actor(), utc_now())
    return Answer("Aftercare advice recorded.", url_for("sessions.treatment", treatment_id=treatment.id))
