"""Taking back the use of a pack that was never opened."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.packs.forms import VoidForm
from inventory.packs.queries import use_of
from inventory.sessions.blueprint import blueprint
from inventory.sessions.queries import treatment_of
from inventory.sessions.taking_back import take_back
from inventory.web.access import actor, requires
from inventory.web.pages import go


@blueprint.route("/packs/uses/<uuid:use_id>/take-back", methods=["GET", "POST"])
@requires("packs.take_back")
def take_pack_back(use_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), VoidForm()
    use = use_of(by.clinic_id, use_id)
    treatment = treatment_of(by.clinic_id, use.treatment_id)

    def taken() -> Answer:
        pack = take_back(treatment, use, form.reason.data or "", by, now)
        return Answer("Taken back. A manager releases the pack or discards it.", url_for("packs.pack", pack_id=pack.id))

    if form.validate_on_submit():
        answer = answer_once(form.event, {**form.content, "use": use_id}, by=by, now=now, act=taken)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
        use = use_of(by.clinic_id, use_id)
        treatment = treatment_of(by.clinic_id, use.treatment_id)
    return render_template("sessions/take_back.html", form=form, use=use, treatment=treatment), form.status
