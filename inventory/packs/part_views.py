"""Reusable parts: the list, one part, packing some of them for the steriliser."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.packs import parts as operations
from inventory.packs import queries
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import PackPartsForm, PartForm, RetireForm
from inventory.packs.lifecycle import ShelfMode
from inventory.packs.models import Part
from inventory.web.access import actor, requires
from inventory.web.pages import go
from labels.codes import grouped


@blueprint.get("/packs/parts")
@requires("packs.view")
def parts() -> ResponseReturnValue:
    return render_template("packs/parts.html", parts=queries.parts_in(actor().clinic_id))


@blueprint.route("/packs/parts/new", methods=["GET", "POST"])
@requires("packs.work")
def add_part() -> ResponseReturnValue:
    by, form = actor(), PartForm()

    def added() -> Answer:
        name, number, most = form.name.data, form.serial_number.data, form.most_cycles.data
        made = operations.add_part(name, number, most, by, utc_now(), cycles=form.cycles.data or 0)
        return Answer(f"{made.name} {made.serial_number} was added.", url_for("packs.part", part_id=made.id))

    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=added)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("packs/add_part.html", form=form), form.status


@blueprint.get("/packs/parts/<uuid:part_id>")
@requires("packs.view")
def part(part_id: UUID) -> ResponseReturnValue:
    return _part_page(queries.part_of(actor().clinic_id, part_id), RetireForm())


@blueprint.post("/packs/parts/<uuid:part_id>/retire")
@requires("packs.work")
def retire_part(part_id: UUID) -> ResponseReturnValue:
    by, form = actor(), RetireForm()
    found = queries.part_of(by.clinic_id, part_id)

    def retired() -> Answer:
        operations.retire(found, form.reason.data, by, utc_now())
        return Answer("The part is retired.", url_for("packs.part", part_id=part_id))

    if form.validate_on_submit():
        answer = answer_once(form.event, {**form.content, "part": part_id}, by=by, now=utc_now(), act=retired)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _part_page(found, form), form.status


@blueprint.route("/packs/parts/pack", methods=["GET", "POST"])
@requires("packs.work")
def pack_parts() -> ResponseReturnValue:
    by, form = actor(), PackPartsForm()
    free = [part for part, pack in queries.parts_in(by.clinic_id) if pack is None and part.retired_at is None]
    form.parts.offer_parts(free)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _packed(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("packs/pack_parts.html", form=form, free=free), form.status


def _packed(form: PackPartsForm) -> Answer:
    by = actor()
    chosen = queries.parts_named(by.clinic_id, form.parts.data)
    mode = ShelfMode(form.shelf_mode.data)
    made = operations.pack_parts(chosen, form.use_by.data, by, utc_now(), shelf_mode=mode)
    return Answer("The pack waits for its load and its label.", url_for("packs.pack", pack_id=made.id))


def _part_page(found: Part, form: RetireForm) -> str:
    return render_template(
        "packs/part.html", part=found, code=grouped(found.code), packs=queries.packs_with(found), form=form
    )
