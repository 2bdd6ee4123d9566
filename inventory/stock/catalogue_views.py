"""What the clinic keeps: the stock list, what is low or expires, products and locations."""

from datetime import date, datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.audit.queries import corrections_of
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.stock import catalogue_queries, kinds, ledger, operations, queries, trade_codes
from inventory.stock.blueprint import blueprint
from inventory.stock.catalogue_forms import ProductForm
from inventory.stock.expiry_board import board
from inventory.stock.forms import FilterForm, LocationForm, carried
from inventory.stock.models import LocationKind, Product, ProductKind
from inventory.stock.packaging import packed
from inventory.stock.pars import par_counts
from inventory.stock.receiving_views import after_adding
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go

HORIZONS = (30, 60, 90)


@blueprint.get("/stock")
@requires("stock.view")
def index() -> ResponseReturnValue:
    by = actor()
    wanted = FilterForm(request.args)
    text, kind = wanted.wanted_text, wanted.wanted_kind
    after, idle = request.args.get("after", "")[:200], bool(request.args.get("idle"))
    page = queries.stock_page(by.clinic_id, _today(by), text=text, kind=kind, after=after, idle=idle)
    asked = {name: value for name, value in (("text", text), ("kind", kind and kind.value)) if value}
    return render_template("stock/index.html", page=page, wanted=wanted, asked=asked, after=after)


@blueprint.get("/stock/low")
@requires("stock.view")
def low() -> ResponseReturnValue:
    by = actor()
    return render_template("stock/low.html", lines=queries.low(by.clinic_id, _today(by)))


@blueprint.get("/stock/expiring")
@requires("stock.view")
def expiring() -> ResponseReturnValue:
    by = actor()
    today = _today(by)
    asked = request.args.get("days", type=int)
    days = asked if asked in HORIZONS else HORIZONS[0]
    return render_template(
        "stock/expiring.html",
        expired=queries.expired(by.clinic_id, today),
        board=board(by.clinic_id, by.time_zone, today, days),
        days=days,
        horizons=HORIZONS,
    )


@blueprint.get("/stock/products/<uuid:product_id>")
@requires("stock.view")
def product(product_id: UUID) -> ResponseReturnValue:
    found = queries.product_of(actor().clinic_id, product_id)
    items = queries.trade_items_of(found)
    return render_template(
        "stock/product.html",
        product=found,
        lots=queries.lots_of(found),
        holdings=ledger.holdings_of(found),
        known=kinds.facts_of(found),
        packages=packed(items),
        documents=catalogue_queries.documents_of(found),
        today=_today(actor()),
        corrections=corrections_of(found.clinic_id, [found.id, *(item.id for item in items)]),
    )


@blueprint.route("/stock/products/new", methods=["GET", "POST"])
@requires("stock.manage")
def add_product() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = ProductForm(data=carried(request.args))
    del form.active, form.reason
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _added(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("stock/add_product.html", form=form), form.status


@blueprint.route("/stock/products/<uuid:product_id>/change", methods=["GET", "POST"])
@requires("stock.manage")
def change_product(product_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.product_of(by.clinic_id, product_id)
    form = ProductForm(obj=found)
    form.only_for(found.kind)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _changed(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("stock/change_product.html", form=form, product=found), form.status


@blueprint.get("/stock/locations")
@requires("stock.view")
def locations() -> ResponseReturnValue:
    return _locations_page(LocationForm())


@blueprint.post("/stock/locations")
@requires("stock.manage")
def add_location() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = LocationForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _placed(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _locations_page(form), form.status


def _locations_page(form: LocationForm) -> str:
    clinic_id = actor().clinic_id
    found = queries.locations_in(clinic_id)
    return render_template("stock/locations.html", form=form, locations=found, pars=par_counts(clinic_id))


def _today(by: SignedIn) -> date:
    return day_in(by.time_zone, utc_now())


def _added(form: ProductForm, by: SignedIn, now: datetime) -> Answer:
    kind = ProductKind(form.kind.data)
    added = operations.add_product(by, now, kind=kind, base_unit=form.base_unit.data, **form.details)
    code: str = form.code.data
    if code:
        units = form.base_units.data or 1
        operations.add_trade_item(added, trade_codes.scheme_of(code), code, units, by, now)
    return Answer(f"{added.name} is in the catalogue.", after_adding(added, code, form))


def _changed(found: Product, form: ProductForm, by: SignedIn, now: datetime) -> Answer:
    operations.change_product(found, form.reason.data, by, now, **form.details)
    return Answer(f"{found.name} was changed.", url_for("stock.product", product_id=found.id))


def _placed(form: LocationForm, by: SignedIn, now: datetime) -> Answer:
    location = operations.add_location(form.name.data, LocationKind(form.kind.data), by, now)
    return Answer(f"{location.name} was added.", url_for("stock.locations"))
