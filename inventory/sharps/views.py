"""Sharps containers: what stands where, and the steps of one."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.sharps import operations, queries
from inventory.sharps.blueprint import blueprint
from inventory.sharps.forms import HandOverForm, PlaceForm
from inventory.sharps.lifecycle import Fill, SharpsState
from inventory.sharps.models import SharpsContainer
from inventory.stock.forms import chosen
from inventory.stock.models import LocationKind
from inventory.stock.queries import location_of, locations_in
from inventory.stock.shelf_forms import typed_day
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go
from labels import codes, svg

__all__ = ["blueprint"]
TONES = {
    Fill.ROOM_LEFT: ("go", "Room left"),
    Fill.NEARLY_FULL: ("caution", "Nearly full"),
    Fill.FULL: ("stop", "Full: close it"),
}


@blueprint.get("/sharps")
@requires("sharps.view")
def index() -> ResponseReturnValue:
    by = actor()
    standing = queries.standing(by.clinic_id)
    covered = {each.container.room_id for each in standing if each.container.state is SharpsState.IN_USE}
    return render_template(
        "sharps/index.html",
        standing=standing,
        tones=TONES,
        without=[room for room in locations_in(by.clinic_id, LocationKind.ROOM) if room.id not in covered],
        gone=queries.picked_up(by.clinic_id),
    )


@blueprint.route("/sharps/new", methods=["GET", "POST"])
@requires("sharps.work")
def place() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), PlaceForm()
    rooms = locations_in(by.clinic_id, LocationKind.ROOM)
    form.offer(rooms)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _placed(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("sharps/place.html", form=form, rooms=rooms), form.status


@blueprint.get("/sharps/<uuid:sharps_id>")
@requires("sharps.view")
def container(sharps_id: UUID) -> ResponseReturnValue:
    return _page(sharps_id, Form(), HandOverForm())


@blueprint.post("/sharps/<uuid:sharps_id>/close")
@requires("sharps.work")
def close(sharps_id: UUID) -> ResponseReturnValue:
    def act(found: SharpsContainer, by: SignedIn, now: datetime) -> str:
        operations.close(found, by, now)
        return f"The container of {found.room.name} is closed. Put a new one there, and seal this one."

    return _stepped(sharps_id, "close", act)


@blueprint.post("/sharps/<uuid:sharps_id>/seal")
@requires("sharps.work")
def seal(sharps_id: UUID) -> ResponseReturnValue:
    def act(found: SharpsContainer, by: SignedIn, now: datetime) -> str:
        operations.seal(found, by, now)
        return "It is sealed and waits for the carrier."

    return _stepped(sharps_id, "seal", act)


@blueprint.post("/sharps/<uuid:sharps_id>/hand-over")
@requires("sharps.work")
def hand_over(sharps_id: UUID) -> ResponseReturnValue:
    form = HandOverForm()

    def act(found: SharpsContainer, by: SignedIn, now: datetime) -> str:
        day = typed_day(form.picked_up_on)
        operations.hand_over(found, form.carrier.data, form.document.data, day, by, now)
        return f"{found.carrier} took it on {found.picked_up_on}, document {found.document}."

    return _stepped(sharps_id, "hand over", act, form)


def _placed(form: PlaceForm, by: SignedIn, now: datetime) -> Answer:
    room = location_of(by.clinic_id, chosen(form.room))
    placed = operations.place(room, by, now, needles=form.needles.data, size_ml=form.size_ml.data)
    said = f"The container stands in {room.name}. Write its code on it, or print this page."
    return Answer(said, url_for("sharps.container", sharps_id=placed.id))


def _stepped(
    sharps_id: UUID, step: str, act: Callable[[SharpsContainer, SignedIn, datetime], str], form: Form | None = None
) -> ResponseReturnValue:
    by, now, sent = actor(), utc_now(), form or Form()
    found = queries.container_of(by.clinic_id, sharps_id).container
    if sent.validate_on_submit():
        page = url_for("sharps.container", sharps_id=found.id)
        content = {**sent.content, "step": step, "container": found.id}
        answer = answer_once(sent.event, content, by=by, now=now, act=lambda: Answer(act(found, by, now), page))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        sent.refuse(answer.message, answer.field)
    handing = sent if isinstance(sent, HandOverForm) else HandOverForm()
    return _page(sharps_id, sent, handing), sent.status


def _page(sharps_id: UUID, form: Form, hand_over_form: HandOverForm) -> str:
    by = actor()
    filled = queries.container_of(by.clinic_id, sharps_id)
    if hand_over_form.picked_up_on.data is None and not hand_over_form.errors:
        hand_over_form.picked_up_on.data = day_in(by.time_zone, utc_now())
    here = f"{current_app.config['PUBLIC_URL']}{url_for('sharps.container', sharps_id=sharps_id)}"
    return render_template(
        "sharps/container.html",
        filled=filled,
        container=filled.container,
        tone=TONES[filled.fill],
        code=codes.grouped(filled.container.code),
        drawing=svg.drawing(here),
        form=form,
        hand_over_form=hand_over_form,
    )
