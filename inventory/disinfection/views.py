"""Pages of opened containers and of disinfected rooms."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.disinfection import operations, queries
from inventory.disinfection.forms import (
    EndForm,
    EndReason,
    OpenForm,
    RoomForm,
    StripForm,
    TestResult,
    duration,
    until,
)
from inventory.disinfection.models import Container, DisinfectionOf, RinseWater
from inventory.disinfection.standing import Standing, standing_of
from inventory.stock import queries as stock
from inventory.stock.models import LocationKind, ProductKind
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import choices, words
from inventory.web.pages import go
from labels import codes

blueprint = Blueprint("disinfection", __name__)

BADGES: Mapping[Standing, tuple[str, str]] = {
    Standing.USABLE: ("Usable", "go"),
    Standing.ENDED: ("Ended", "plain"),
    Standing.RECALLED: ("Recalled", "stop"),
    Standing.QUARANTINED: ("Quarantined", "stop"),
    Standing.EXPIRED: ("Expired", "stop"),
    Standing.OPEN_TOO_LONG: ("Too long open", "stop"),
}
"""The word each standing is shown with, and its tone."""


@blueprint.get("/disinfection")
@requires("disinfection.view")
def containers() -> ResponseReturnValue:
    by = actor()
    opened = [(found, _badge_of(found)) for found in queries.open_containers(by.clinic_id)]
    return render_template(
        "disinfection/containers.html",
        opened=opened,
        ended=queries.ended_containers(by.clinic_id),
        rooms=queries.room_disinfections(by.clinic_id, limit=10),
        until=until,
        duration=duration,
    )


@blueprint.route("/disinfection/open", methods=["GET", "POST"])
@requires("disinfection.work")
def open_container() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = OpenForm()
    openable = queries.openable(by.clinic_id, day_in(by.time_zone, now))
    form.offer(openable)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _opened(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("disinfection/open_container.html", form=form, openable=openable), form.status


@blueprint.get("/disinfection/<uuid:container_id>")
@requires("disinfection.view")
def container(container_id: UUID) -> ResponseReturnValue:
    return _container_page(queries.container_of(actor().clinic_id, container_id), StripForm())


@blueprint.post("/disinfection/<uuid:container_id>/strip")
@requires("disinfection.work")
def record_strip(container_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.container_of(by.clinic_id, container_id)
    form = StripForm()
    if form.validate_on_submit():
        passed = form.result.data == TestResult.PASSED
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _tested(found, passed, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message)
    return _container_page(found, form)


@blueprint.route("/disinfection/<uuid:container_id>/end", methods=["GET", "POST"])
@requires("disinfection.work")
def end_container(container_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.container_of(by.clinic_id, container_id)
    form = EndForm()
    if form.validate_on_submit():
        reason = words(EndReason(form.reason.data))
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _ended(found, reason, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message)
    return render_template("disinfection/end_container.html", form=form, container=found), form.status


@blueprint.route("/disinfection/room", methods=["GET", "POST"])
@requires("disinfection.work")
def disinfect_room() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = RoomForm()
    opened = queries.open_containers(by.clinic_id, {ProductKind.DISINFECTANT})
    form.offer(opened, request.args.get("container", ""))
    rooms = stock.locations_in(by.clinic_id, LocationKind.ROOM)
    form.room.choices = choices([(str(room.id), room.name) for room in rooms])
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _cleaned(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    page = render_template("disinfection/disinfect_room.html", form=form, rooms=rooms, opened=opened)
    return page, form.status


def _badge_of(found: Container) -> tuple[str, str]:
    now = utc_now()
    return BADGES[standing_of(found, now, day_in(actor().time_zone, now))]


def _container_page(found: Container, form: StripForm) -> ResponseReturnValue:
    page = render_template(
        "disinfection/container.html",
        container=found,
        code=codes.grouped(found.code),
        until=until(found),
        standing=_badge_of(found),
        for_rooms=found.lot.product.kind is ProductKind.DISINFECTANT,
        tested=queries.strip_passed_on(found, day_in(actor().time_zone, utc_now())),
        strips=queries.strips_of(found),
        uses=queries.uses_of(found),
        duration=duration,
        form=form,
    )
    return page, form.status


def _opened(form: OpenForm, by: SignedIn, now: datetime) -> Answer:
    if form.scan.data:
        lot, place = queries.lot_scanned(by.clinic_id, form.scan.data, day_in(by.time_zone, now))
    else:
        lot_id, place_id = form.lot_and_place
        lot, place = stock.lot_of(by.clinic_id, lot_id), stock.location_of(by.clinic_id, place_id)
    opened = operations.open_container(lot, place, by, now, out_of_order=form.out_of_order.data)
    said = f"{lot.product.name} is open, good until {until(opened)}. Print its label and stick it on."
    return Answer(said, url_for(".container", container_id=opened.id))


def _tested(found: Container, passed: bool, by: SignedIn, now: datetime) -> Answer:
    operations.record_strip(found, passed, by, now)
    said = "Test passed. You may use it today." if passed else "Test failed. Discard it and open a new one."
    return Answer(said, url_for(".container", container_id=found.id))


def _ended(found: Container, reason: str, by: SignedIn, now: datetime) -> Answer:
    operations.end_container(found, reason, by, now)
    return Answer(f"{found.lot.product.name} ended: {reason}.", url_for(".containers"))


def _cleaned(form: RoomForm, by: SignedIn, now: datetime) -> Answer:
    room = stock.location_of(by.clinic_id, UUID(form.room.data))
    used = queries.container_meant(by.clinic_id, form.scan.data, form.chosen_id)
    operations.disinfect(
        DisinfectionOf.ROOM_SURFACE,
        used,
        form.contact_kept,
        RinseWater.NONE,
        by,
        now,
        room_id=room.id,
    )
    return Answer(f"{room.name} disinfected with {used.lot.product.name}.", url_for(".containers"))
