"""Views of the log kept under a name."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import Invalid
from inventory.sterility import operations, queries
from inventory.sterility.blueprint import blueprint
from inventory.sterility.forms import FilterForm, KeepForm, filter_form
from inventory.web.access import actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go


class ViewUnusable(Invalid):
    def __init__(self, why: str) -> None:
        super().__init__(f"No view was kept. {why}")


@blueprint.post("/log/views")
@requires("sterility.view")
def keep_view() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    asked, form = filter_form(by.clinic_id), KeepForm()
    if not asked.validate():
        raise ViewUnusable("The filter is not right. Open the log, correct it and keep it again.")
    if not form.validate_on_submit():
        raise ViewUnusable("Give it a name of at most 60 characters.")
    content = {**form.content, **asked.asked()}
    answer = answer_once(form.event, content, by=by, now=now, act=lambda: _kept(form, asked, now))
    db.session.commit()
    return _led(answer)


@blueprint.post("/log/views/<uuid:view_id>/remove")
@requires("sterility.view")
def remove_view(view_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), Form()
    queries.view_of(by.clinic_id, view_id, removed=True)
    if not form.validate_on_submit():
        raise ViewUnusable("Open the log again and repeat the step.")
    answer = answer_once(form.event, {"view": view_id}, by=by, now=now, act=lambda: _removed(view_id, now))
    db.session.commit()
    return _led(answer)


def _kept(form: KeepForm, asked: FilterForm, now: datetime) -> Answer:
    by, shared = actor(), bool(form.shared.data)
    # A box that was not offered is not obeyed.
    shared = shared and by.may("sterility.share")
    view = operations.keep_view(form.name.data, urlencode(asked.asked()), by.membership_id, by, now, shared=shared)
    said = f"{view.name} is kept{' for everybody of the clinic' if shared else ''}."
    return Answer(said, f"{url_for('sterility.index')}?{view.asked}")


def _removed(view_id: UUID, now: datetime) -> Answer:
    by = actor()
    view = queries.view_of(by.clinic_id, view_id)
    operations.remove_view(view, by.membership_id, by, now, may_share=by.may("sterility.share"))
    return Answer(f"{view.name} is no longer kept.", url_for("sterility.index"))


def _led(answer: Answer) -> ResponseReturnValue:
    if answer.accepted:
        return go(answer)
    flash(answer.message, "stop")
    return redirect(url_for("sterility.index"), 303)
