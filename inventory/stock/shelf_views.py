"""One location: its par levels and the list that fills it; what went back to suppliers."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.stock import pars, queries, returning
from inventory.stock.blueprint import blueprint
from inventory.stock.forms import chosen
from inventory.stock.models import Location
from inventory.stock.shelf_forms import FillForm, ParForm
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go


@blueprint.get("/stock/locations/<uuid:location_id>")
@requires("stock.view")
def location(location_id: UUID) -> ResponseReturnValue:
    return _page(queries.location_of(actor().clinic_id, location_id), ParForm(), FillForm())


@blueprint.post("/stock/locations/<uuid:location_id>/par")
@requires("stock.manage")
def set_par(location_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), ParForm()
    place = queries.location_of(by.clinic_id, location_id)
    form.offer(queries.products_in(by.clinic_id))
    if form.validate_on_submit():
        content = {**form.content, "location": place.id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _set(place, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(place, form, FillForm()), form.status


@blueprint.post("/stock/locations/<uuid:location_id>/fill")
@requires("stock.correct")
def fill(location_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), FillForm()
    place = queries.location_of(by.clinic_id, location_id)
    if form.validate_on_submit():
        content = {**form.content, "location": place.id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _filled(place, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(place, ParForm(), form), form.status


@blueprint.get("/stock/returns")
@requires("stock.view")
def returns() -> ResponseReturnValue:
    return render_template("stock/returns.html", returns=returning.returns_in(actor().clinic_id))


def _page(place: Location, par_form: ParForm, fill_form: FillForm) -> str:
    by = actor()
    products = queries.products_in(by.clinic_id)
    par_form.offer(products)
    needed = pars.fill_list(place, day_in(by.time_zone, utc_now()))
    fill_form.seen.data = needed.mark
    return render_template(
        "stock/location.html",
        location=place,
        levels=pars.pars_of(place),
        needed=needed,
        products=products,
        par_form=par_form,
        fill_form=fill_form,
    )


def _set(place: Location, form: ParForm, by: SignedIn, now: datetime) -> Answer:
    product = queries.product_of(by.clinic_id, chosen(form.product))
    level = pars.set_par(place, product, form.quantity.data or 0, by, now)
    page = url_for("stock.location", location_id=place.id)
    if not level.quantity:
        return Answer(f"{place.name} is no longer filled up with {product.name}.", page)
    return Answer(f"{place.name} is filled up to {level.quantity} x {product.name}.", page)


def _filled(place: Location, form: FillForm, by: SignedIn, now: datetime) -> Answer:
    done = pars.fill(place, form.seen.data or "", by, now)
    moved = sum(taking.quantity for taking in done.takings)
    said = f"{moved} pieces of {len(done.takings)} lots are booked into {place.name}."
    return Answer(said, url_for("stock.location", location_id=place.id))
