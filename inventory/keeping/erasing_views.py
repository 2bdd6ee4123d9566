"""Erasing a patient's reference, from the page of one of their sessions."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer
from inventory.clock import utc_now
from inventory.db import db
from inventory.keeping import erasing, queries, traces
from inventory.keeping.blueprint import blueprint
from inventory.keeping.erasure_list import bring_up_to_date, list_in
from inventory.keeping.forms import EraseForm
from inventory.sessions.queries import treatment_of
from inventory.sessions.subjects import sessions_of, subject_in
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go


@blueprint.route("/sessions/<uuid:treatment_id>/erase", methods=["GET", "POST"])
@requires("references.erase")
@begins_reading
def erase(treatment_id: UUID) -> ResponseReturnValue:
    form = EraseForm()
    if form.validate_on_submit():
        content = {**form.content, "session": treatment_id}
        answer = answer_signed(form, content, lambda by, now: _erased(treatment_id, form, by, now))
        db.session.commit()
        if answer.accepted:
            bring_up_to_date(list_in(Path(current_app.config["DATA_DIR"])))
            db.session.rollback()
            traces.wipe()
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(treatment_id, form), form.status


def _erased(treatment_id: UUID, form: EraseForm, by: Signer, now: datetime) -> Answer:
    treatment = treatment_of(by.clinic_id, treatment_id)
    gone = erasing.erase(treatment, form.reason.data, by.how.value, by, now)
    count = len(gone.erased)
    said = f"The reference is erased from {count} session{'' if count == 1 else 's'}, for good."
    return Answer(said, url_for("sessions.treatment", treatment_id=treatment_id))


def _page(treatment_id: UUID, form: EraseForm) -> str:
    by = actor()
    treatment = treatment_of(by.clinic_id, treatment_id)
    subject = subject_in(treatment)
    treatments = sessions_of(subject) if subject else []
    return render_template(
        "keeping/erase.html",
        form=form,
        treatment=treatment,
        reference=subject.reference if subject and by.may("sessions.work") else None,
        is_known=subject is not None,
        treatments=treatments,
        hold=queries.hold_on(subject) if subject else None,
        open_one=next((each for each in treatments if each.closed_at is None), None),
        recent=erasing.is_within_look_back(treatments, utc_now()),
        erased_at=queries.erased_at(treatment),
    )
