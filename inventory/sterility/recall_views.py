"""A positive biological indicator: what each scope of a recall reaches, and the choice, signed."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer
from inventory.db import db
from inventory.packs import operations as packs
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.sterilising import biological, queries
from inventory.sterilising.forms import RecallForm
from inventory.sterilising.models import Growth, Load, RecallScope
from inventory.sterilising.signed_content import contents_of
from inventory.sterility.blueprint import blueprint
from inventory.sterility.load_recalls import reached_by
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go


@blueprint.get("/loads/<uuid:load_id>/recall")
@requires("loads.view")
def load_recall(load_id: UUID) -> ResponseReturnValue:
    return _recall_page(queries.load_of(actor().clinic_id, load_id), RecallForm())


@blueprint.post("/loads/<uuid:load_id>/recall")
@requires("loads.work")
@begins_reading
def recall_loads(load_id: UUID) -> ResponseReturnValue:
    form = RecallForm()
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_signed(form, content, lambda by, now: _recalled(load_id, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _recall_page(queries.load_of(actor().clinic_id, load_id), form), form.status


def _recalled(load_id: UUID, form: RecallForm, by: Signer, now: datetime) -> Answer:
    load = queries.load_of(by.clinic_id, load_id)
    scope = RecallScope(form.scope.data)
    changed = biological.recall(load, scope, form.meaning.data, by, now)
    blocked = sum(len(packs.refresh_load(each, by, now)) for each in changed)
    said = f"{len(changed)} loads and {blocked} packs are recalled. Call the patients listed here."
    return Answer(said, url_for("sterility.load_recall", load_id=load_id))


def _recall_page(load: Load, form: RecallForm) -> str:
    indicator = queries.biological_of(load)
    decisions = [each for each in queries.decisions_on(load) if each.scope is not None]
    return render_template(
        "sterility/load_recall.html",
        load=load,
        indicator=indicator,
        is_positive=indicator is not None and indicator.result is Growth.POSITIVE,
        scopes=[reached_by(load, scope) for scope in RecallScope],
        chosen=decisions[-1] if decisions else None,
        signatures=signatures_of(load.clinic_id, contents_of(load)),
        form=form,
    )
