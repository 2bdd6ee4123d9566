"""Flags for the lead nurse: the list, and the acknowledgement with a reason."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.sessions import judging, queries, review_queries
from inventory.sessions.blueprint import blueprint
from inventory.sessions.forms import ReasonForm
from inventory.web.access import actor, requires
from inventory.web.pages import go


@blueprint.get("/flags")
@requires("flags.view")
def flags() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    waiting = review_queries.flags_in(clinic_id)
    seen = [pair for pair in review_queries.flags_in(clinic_id, waiting=False) if pair not in waiting]
    reviews = review_queries.reviews_of(clinic_id, [flag for flag, _ in seen])
    return render_template("sessions/flags.html", waiting=waiting, seen=seen, reviews=reviews)


@blueprint.route("/flags/<uuid:flag_id>/review", methods=["GET", "POST"])
@requires("flags.review")
def review(flag_id: UUID) -> ResponseReturnValue:
    by, form = actor(), ReasonForm()
    flag = review_queries.flag_of(by.clinic_id, flag_id)
    treatment = queries.treatment_of(by.clinic_id, flag.treatment_id)
    if form.validate_on_submit():

        def reviewed() -> Answer:
            judging.review(flag, treatment, form.reason.data, by, utc_now())
            return Answer(f"Flag of session {treatment.number} reviewed.", url_for("sessions.flags"))

        content = {**form.content, "flag": flag_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=reviewed)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("sessions/review.html", form=form, flag=flag, treatment=treatment), form.status
