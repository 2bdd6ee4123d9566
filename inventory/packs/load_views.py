"""A load with its packs: putting them in, and deciding on it. Packs stand above loads, so the page is theirs."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import NotHere
from inventory.packs import operations, queries
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import IntoLoadForm
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.sterilising import biological
from inventory.sterilising import operations as sterilising
from inventory.sterilising import queries as loads
from inventory.sterilising.forms import DecisionForm, PlaceForm, ReadForm
from inventory.sterilising.judging import against_release
from inventory.sterilising.models import Control, Growth, Load, LoadState
from inventory.sterilising.release import ALLOWED
from inventory.sterilising.signed_content import contents_of
from inventory.web.access import SignedIn, actor, begins_reading, requires
from inventory.web.pages import go


@blueprint.get("/loads/<uuid:load_id>")
@requires("loads.view")
def load(load_id: UUID) -> ResponseReturnValue:
    return _load_page(loads.load_of(actor().clinic_id, load_id))


@blueprint.post("/loads/<uuid:load_id>/decide")
@requires("loads.work")
@begins_reading
def decide_load(load_id: UUID) -> ResponseReturnValue:
    form = DecisionForm()
    form.offer(loads.load_of(actor().clinic_id, load_id).state)
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_signed(form, content, lambda by, now: _decided(load_id, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _load_page(loads.load_of(actor().clinic_id, load_id), decision=form), form.status


@blueprint.post("/loads/<uuid:load_id>/biological")
@requires("loads.work")
def place_indicator(load_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), PlaceForm()
    found = loads.load_of(by.clinic_id, load_id)
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _placed(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _load_page(found, place=form), form.status


@blueprint.post("/loads/<uuid:load_id>/biological/read")
@requires("loads.work")
def read_indicator(load_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), ReadForm()
    found = loads.load_of(by.clinic_id, load_id)
    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _read(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _load_page(found, read=form), form.status


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


def _load_page(
    found: Load,
    *,
    decision: DecisionForm | None = None,
    into: IntoLoadForm | None = None,
    place: PlaceForm | None = None,
    read: ReadForm | None = None,
) -> str:
    by, now = actor(), utc_now()
    decision, into = decision or DecisionForm(formdata=None), into or IntoLoadForm(formdata=None)
    decision.offer(found.state)
    takes = found.state in (LoadState.AWAITING, LoadState.QUARANTINED)
    waiting = queries.without_load(found.clinic_id) if takes else []
    into.packs.offer(waiting)
    reasons, warned = against_release(found, by, now)
    indicator = loads.biological_of(found)
    return render_template(
        "packs/load.html",
        load=found,
        packs=queries.packs_of_load(found.clinic_id, found.id),
        against=reasons,
        warned=warned,
        decisions=loads.decisions_on(found),
        signatures=signatures_of(found.clinic_id, contents_of(found)),
        indicator=indicator,
        is_positive=indicator is not None and indicator.result is Growth.POSITIVE,
        form=decision,
        into=into,
        place=place or PlaceForm(formdata=None),
        read=read or ReadForm(formdata=None),
        waiting=waiting,
        open=bool(ALLOWED[found.state]),
    )


def _decided(load_id: UUID, form: DecisionForm, by: Signer, now: datetime) -> Answer:
    found = loads.load_of(by.clinic_id, load_id)
    state = LoadState(form.decision.data)
    sterilising.decide_load(found, state, form.meaning.data, by, now, warnings_seen=form.seen.data)
    changed = operations.refresh_load(found, by, now)
    count = "1 pack" if len(changed) == 1 else f"{len(changed)} packs"
    said = f"Load {found.number} is {found.state.value}, and {count} with it."
    return Answer(said, url_for("packs.load", load_id=found.id))


def _placed(found: Load, form: PlaceForm, by: SignedIn, now: datetime) -> Answer:
    biological.place_indicator(
        found,
        product=form.product.data,
        lot=form.lot.data,
        incubation_hours=form.incubation_hours.data,
        by=by,
        now=now,
    )
    return Answer("The biological indicator is in the incubator.", url_for("packs.load", load_id=found.id))


def _read(found: Load, form: ReadForm, by: SignedIn, now: datetime) -> Answer:
    """Growth leads to the choice of what is recalled."""
    indicator = loads.biological_of(found)
    if indicator is None:
        raise NotHere("This load has no biological indicator. Put one in first.")
    biological.read_indicator(indicator, Growth(form.result.data), Control(form.control.data), by, now)
    operations.refresh_load(found, by, now)
    if indicator.result is Growth.POSITIVE:
        return Answer("Growth: the load is in quarantine. Choose what is recalled.", f"/loads/{found.id}/recall")
    return Answer("The biological indicator is read.", url_for("packs.load", load_id=found.id))


def _put_in(found: Load, form: IntoLoadForm, by: SignedIn, now: datetime) -> Answer:
    packs = queries.packs_named(by.clinic_id, form.packs.data)
    operations.put_in_load(packs, found, by, now)
    return Answer(f"{len(packs)} packs are in load {found.number}.", url_for("packs.load", load_id=found.id))
