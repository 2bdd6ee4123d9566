"""A load with its packs: putting them in, and deciding on it. Packs stand above loads, so the page is theirs."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.packs import operations, queries
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import IntoLoadForm
from inventory.sterilising import operations as sterilising
from inventory.sterilising import queries as loads
from inventory.sterilising.forms import DecisionForm
from inventory.sterilising.models import Load, LoadState
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go


@blueprint.get("/loads/<uuid:load_id>")
@requires("loads.view")
def load(load_id: UUID) -> ResponseReturnValue:
    return _load_page(loads.load_of(actor().clinic_id, load_id))


@blueprint.post("/loads/<uuid:load_id>/decide")
@requires("loads.work")
def decide_load(load_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), DecisionForm()
    found = loads.load_of(by.clinic_id, load_id)
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _decided(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _load_page(found, decision=form), form.status


@blueprint.post("/loads/<uuid:load_id>/packs")
@requires("packs.work")
def put_in_load(load_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), IntoLoadForm()
    found = loads.load_of(by.clinic_id, load_id)
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _put_in(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _load_page(found, into=form), form.status


def _load_page(found: Load, *, decision: DecisionForm | None = None, into: IntoLoadForm | None = None) -> str:
    decision, into = decision or DecisionForm(formdata=None), into or IntoLoadForm(formdata=None)
    decision.offer(found.state)
    takes = found.state in (LoadState.AWAITING, LoadState.QUARANTINED)
    waiting = queries.without_load(found.clinic_id) if takes else []
    into.packs.offer(waiting)
    return render_template(
        "packs/load.html",
        load=found,
        packs=queries.packs_of_load(found.clinic_id, found.id),
        against=sterilising.against_release(found),
        form=decision,
        into=into,
        waiting=waiting,
        open=found.state in (LoadState.AWAITING, LoadState.QUARANTINED, LoadState.RELEASED),
    )


def _decided(found: Load, form: DecisionForm, by: SignedIn, now: datetime) -> Answer:
    sterilising.decide_load(found, LoadState(form.decision.data), form.meaning.data, by, now)
    changed = operations.refresh_load(found, by, now)
    said = f"Load {found.number} is {found.state.value}; {len(changed)} packs changed with it."
    return Answer(said, url_for("packs.load", load_id=found.id))


def _put_in(found: Load, form: IntoLoadForm, by: SignedIn, now: datetime) -> Answer:
    packs = queries.packs_named(by.clinic_id, form.packs.data)
    operations.put_in_load(packs, found, by, now)
    return Answer(f"{len(packs)} packs are in load {found.number}.", url_for("packs.load", load_id=found.id))
