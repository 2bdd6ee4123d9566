"""One pack: its history, and what takes it off the shelf or makes others of it."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.audit.queries import entries_of
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.packs import holding, operations, queries, remaking
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import DiscardForm, ReleaseForm, RemakeForm, SplitForm
from inventory.packs.history import history_of
from inventory.packs.lifecycle import CLOSED, ShelfMode, Spoilt
from inventory.packs.lines import line_of
from inventory.packs.models import Pack
from inventory.web.access import actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go


@blueprint.get("/packs/<uuid:pack_id>")
@requires("packs.view")
def pack(pack_id: UUID) -> ResponseReturnValue:
    return _pack_page(queries.pack_of(actor().clinic_id, pack_id))


@blueprint.post("/packs/<uuid:pack_id>/discard")
@requires("packs.work")
def discard(pack_id: UUID) -> ResponseReturnValue:
    by, form = actor(), DiscardForm()
    found = queries.pack_of(by.clinic_id, pack_id)

    def discarded() -> Answer:
        operations.discard(found, form.said, by, utc_now(), spoilt=Spoilt(form.spoilt.data))
        return Answer("The pack was discarded.", url_for("packs.pack", pack_id=pack_id))

    return _answered(form, found, discarded)


@blueprint.post("/packs/<uuid:pack_id>/release")
@requires("packs.release")
def release_held(pack_id: UUID) -> ResponseReturnValue:
    by, form = actor(), ReleaseForm()
    found = queries.pack_of(by.clinic_id, pack_id)

    def released() -> Answer:
        holding.release_held(found, form.reason.data or "", by, utc_now())
        return Answer("The pack is released.", url_for("packs.pack", pack_id=pack_id))

    return _answered(form, found, released)


@blueprint.post("/packs/<uuid:pack_id>/split")
@requires("packs.work")
def split(pack_id: UUID) -> ResponseReturnValue:
    by, form = actor(), SplitForm()
    found = queries.pack_of(by.clinic_id, pack_id)

    def done() -> Answer:
        made = remaking.split(found, form.count.data, by, utc_now())
        return Answer(f"{len(made)} packs are made of it. Print their labels.", url_for("printing.pack_labels"))

    return _answered(form, found, done)


@blueprint.post("/packs/<uuid:pack_id>/remake")
@requires("packs.work")
def remake(pack_id: UUID) -> ResponseReturnValue:
    by, form = actor(), RemakeForm()
    found = queries.pack_of(by.clinic_id, pack_id)

    def done() -> Answer:
        mode = ShelfMode(form.shelf_mode.data)
        new = remaking.remake(found, form.use_by.data, by, utc_now(), shelf_mode=mode)
        return Answer("The new pack waits for its load and its label.", url_for("packs.pack", pack_id=new.id))

    return _answered(form, found, done)


def _answered(form: Form, found: Pack, act: Callable[[], Answer]) -> ResponseReturnValue:
    if form.validate_on_submit():
        content = {**form.content, "step": type(form).__name__, "pack": found.id}
        answer = answer_once(form.event, content, by=actor(), now=utc_now(), act=act)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _pack_page(queries.pack_of(actor().clinic_id, found.id), form), form.status


def _pack_page(found: Pack, sent: Form | None = None) -> str:
    use, by = queries.live_use_of(found), actor()
    return render_template(
        "packs/pack.html",
        pack=found,
        line=line_of(found, day_in(by.time_zone, utc_now())),
        use=use,
        history=history_of(found, use, entries_of(found.clinic_id, found.id)),
        source=queries.source_of(found),
        made=queries.made_of(found),
        discard_form=sent if isinstance(sent, DiscardForm) else DiscardForm(formdata=None),
        release_form=sent if isinstance(sent, ReleaseForm) else ReleaseForm(formdata=None),
        split_form=sent if isinstance(sent, SplitForm) else SplitForm(formdata=None),
        remake_form=sent if isinstance(sent, RemakeForm) else RemakeForm(formdata=None),
        closed=found.state in CLOSED,
        may_split=remaking.is_splittable(found),
        may_remake=remaking.is_reusable(found),
    )
