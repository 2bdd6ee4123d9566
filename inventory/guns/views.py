"""Pages of the guns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.disinfection import queries as disinfection
from inventory.disinfection.forms import duration
from inventory.disinfection.models import RinseWater
from inventory.guns import operations, queries
from inventory.guns.forms import DisinfectForm, GunForm, OutOfServiceForm, ServiceForm
from inventory.guns.models import Gun
from inventory.guns.readiness import Readiness
from inventory.stock.models import ProductKind
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go
from labels import codes

blueprint = Blueprint("guns", __name__)


@dataclass(frozen=True)
class Badge:
    """How readiness is shown: a colour is never alone, it comes with its word and icon."""

    tone: str
    icon: str
    word: str


BADGES: Mapping[Readiness, Badge] = {
    Readiness.READY: Badge("go", "ok", "Ready"),
    Readiness.IN_USE: Badge("accent", "clock", "In use"),
    Readiness.NEEDS_DISINFECTION: Badge("caution", "warning", "Disinfect first"),
    Readiness.OUT_OF_SERVICE: Badge("stop", "stop", "Out of service"),
    Readiness.SERVICE_OVERDUE: Badge("stop", "stop", "Service overdue"),
    Readiness.TAP_WATER: Badge("stop", "stop", "Tap water, service it"),
}


@blueprint.get("/guns")
@requires("guns.view")
def guns() -> ResponseReturnValue:
    today = _today()
    listed = [(gun, badge_of(gun, today)) for gun in queries.guns_in(actor().clinic_id)]
    return render_template("guns/guns.html", guns=listed)


@blueprint.get("/guns/<uuid:gun_id>")
@requires("guns.view")
def gun(gun_id: UUID) -> ResponseReturnValue:
    found = queries.gun_of(actor().clinic_id, gun_id)
    return render_template(
        "guns/gun.html",
        gun=found,
        readiness=badge_of(found, _today()),
        code=codes.grouped(found.code),
        duration=duration,
        disinfections=disinfection.disinfections_of_gun(found.clinic_id, found.id),
        services=queries.services_of(found),
    )


@blueprint.route("/guns/new", methods=["GET", "POST"])
@requires("guns.manage")
def add_gun() -> ResponseReturnValue:
    form = GunForm()
    if form.validate_on_submit():
        by, now = actor(), utc_now()
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _added(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("guns/add_gun.html", form=form), form.status


@blueprint.route("/guns/<uuid:gun_id>/disinfect", methods=["GET", "POST"])
@requires("guns.disinfect")
def disinfect_gun(gun_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.gun_of(by.clinic_id, gun_id)
    form = DisinfectForm()
    opened = disinfection.open_containers(by.clinic_id, {ProductKind.DISINFECTANT})
    form.offer(opened)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _disinfected(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    page = render_template(
        "guns/disinfect_gun.html", form=form, gun=found, opened=opened, readiness=badge_of(found, _today())
    )
    return page, form.status


@blueprint.route("/guns/<uuid:gun_id>/service", methods=["GET", "POST"])
@requires("guns.manage")
def service_gun(gun_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.gun_of(by.clinic_id, gun_id)
    form = ServiceForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _serviced(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("guns/service_gun.html", form=form, gun=found), form.status


@blueprint.route("/guns/<uuid:gun_id>/out-of-service", methods=["GET", "POST"])
@requires("guns.disinfect")
def take_out_of_service(gun_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.gun_of(by.clinic_id, gun_id)
    form = OutOfServiceForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _taken_out(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("guns/take_out_of_service.html", form=form, gun=found), form.status


def badge_of(gun: Gun, today: date) -> Badge:
    return BADGES[queries.readiness_on(gun, today)]


def _today() -> date:
    return day_in(actor().time_zone, utc_now())


def _page_of(gun: Gun) -> str:
    return url_for(".gun", gun_id=gun.id)


def _added(form: GunForm, by: SignedIn, now: datetime) -> Answer:
    added = operations.add_gun(
        form.model.data,
        form.serial_number.data,
        by,
        now,
        fastest_shots_per_minute=form.fastest_shots_per_minute.data,
        high_speed=form.high_speed.data,
        service_due_on=form.service_due_on.data,
    )
    return Answer("Gun added. Print its label, then disinfect it before its first session.", _page_of(added))


def _disinfected(gun: Gun, form: DisinfectForm, by: SignedIn, now: datetime) -> Answer:
    rinse_water = RinseWater(form.rinse_water.data)
    used = disinfection.container_meant(by.clinic_id, form.scan.data, form.chosen_id)
    operations.disinfect_gun(gun, used, form.contact_kept, rinse_water, by, now)
    badge = badge_of(gun, day_in(by.time_zone, now))
    return Answer(f"{gun.model} {gun.serial_number} disinfected. It is now: {badge.word.lower()}.", _page_of(gun))


def _serviced(gun: Gun, form: ServiceForm, by: SignedIn, now: datetime) -> Answer:
    operations.service_gun(gun, form.work_done.data, form.next_due_on.data, by, now)
    return Answer("Service recorded. Disinfect the gun before its next session.", _page_of(gun))


def _taken_out(gun: Gun, form: OutOfServiceForm, by: SignedIn, now: datetime) -> Answer:
    operations.take_out_of_service(gun, form.reason.data, by, now)
    return Answer(f"{gun.model} {gun.serial_number} is out of service until it is serviced.", _page_of(gun))
