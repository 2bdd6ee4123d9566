"""The body map: where a session treats, chosen by tapping or from a list."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import REUSED, Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.sessions import area_screen, queries
from inventory.sessions.area_forms import AreasForm
from inventory.sessions.areas import Change, check_open, set_areas
from inventory.sessions.blueprint import blueprint
from inventory.sessions.facts import regions_of
from inventory.sessions.models import TreatmentSession
from inventory.sessions.regions import label_of
from inventory.web.access import actor, requires
from inventory.web.pages import go


@blueprint.route("/sessions/<uuid:treatment_id>/areas", methods=["GET", "POST"])
@requires("sessions.work")
def areas(treatment_id: UUID) -> ResponseReturnValue:
    form, by, now = AreasForm(), actor(), utc_now()
    found = queries.treatment_of(by.clinic_id, treatment_id)
    if form.validate_on_submit():
        content = {**form.content, "treatment": treatment_id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _saved(found, form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message)
        if answer is not REUSED:
            form.ask_again(queries.areas_of(found))
    check_open(found)
    if request.method == "GET":
        form.show(queries.areas_of(found))
    return render_template("sessions/areas.html", **area_screen.of(found, form, now)), form.status


def _saved(found: TreatmentSession, form: AreasForm) -> Answer:
    change = set_areas(found, form.wanted, form.seen.data or "", actor(), utc_now())
    return Answer(_said(found, change), url_for("sessions.treatment", treatment_id=found.id))


def _said(found: TreatmentSession, change: Change) -> str:
    if not change.entered and not change.taken_out:
        return "Nothing was changed."
    uses = queries.needle_uses_of(found)
    total = sum(area.area_cm2 for area in queries.areas_of(found))
    sentences = [f"The treated area is {total} cm2."]
    for key in change.taken_out:
        sentences.append(f"{label_of(key)} was taken out.")
        needles = [str(use.sequence) for use in uses if key in regions_of(use)]
        if needles:
            sentences.append(f"Needle {', '.join(needles)} stays recorded as used there.")
    if any(use.removed_at is None and regions_of(use)[-1:] == (key,) for use in uses for key in change.taken_out):
        sentences.append("Say below where the needle on the gun goes on.")
    return " ".join(sentences)
