"""The manager's first page, what to order and why, and the stock at a glance."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.oversight.lifecycle import FlagState
from inventory.oversight.queries import counts_of
from inventory.purchasing import drawing, operations, queries, use_queries
from inventory.purchasing.blueprint import blueprint
from inventory.purchasing.suggesting import booked_needles, by_supplier, suggestions
from inventory.purchasing.writing import Written
from inventory.stock import levels
from inventory.stock import queries as stock_queries
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import Form
from inventory.web.pages import error_page, go

SHOWN = 5
MOST_LINES = 200
EXPIRY_DAYS = 60
WEEKS = 12


@blueprint.get("/desk")
@requires("orders.view")
def desk() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    today = day_in(by.time_zone, now)
    low = [line for line in suggestions(by.clinic_id, now, today) if line.low]
    return render_template(
        "purchasing/desk.html",
        groups=by_supplier(low),
        low=sorted(low, key=lambda line: line.advice.cover_days),
        expired=levels.expired(by.clinic_id, today),
        expiring=levels.expiring(by.clinic_id, today, EXPIRY_DAYS),
        expiry_days=EXPIRY_DAYS,
        overdue=queries.overdue(by.clinic_id, today),
        flags=counts_of(by.clinic_id)[FlagState.OPEN] if by.may("flags.view") else 0,
        shown=SHOWN,
        written=_written(by),
    )


@blueprint.get("/orders/reorder")
@requires("orders.view")
def reorder() -> ResponseReturnValue:
    return _reorder_page(only_low=True)


@blueprint.get("/orders/reorder/all")
@requires("orders.view")
def reorder_all() -> ResponseReturnValue:
    return _reorder_page(only_low=False)


@blueprint.post("/orders/reorder/<uuid:supplier_id>")
@requires("orders.work")
def draft(supplier_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), Form()
    supplier = queries.supplier_of(by.clinic_id, supplier_id)
    if not form.validate_on_submit():
        return error_page(422, "Open the page again and repeat the step.")

    def act() -> Answer:
        lines = suggestions(by.clinic_id, now, day_in(by.time_zone, now))
        order = operations.draft(supplier, lines, by, now)
        return Answer("", url_for("purchasing.order", order_id=order.id))

    content = {**form.content, "supplier": str(supplier_id)}
    answer = answer_once(form.event, content, by=by, now=now, act=act)
    db.session.commit()
    return go(answer) if answer.accepted else error_page(answer.status, answer.message)


@blueprint.get("/orders/products/<uuid:product_id>")
@requires("orders.view")
def product(product_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    today = day_in(by.time_zone, now)
    found = stock_queries.product_of(by.clinic_id, product_id)
    line = next((line for line in suggestions(by.clinic_id, now, today) if line.product.id == found.id), None)
    weeks = use_queries.use_by_week(by.clinic_id, found.id, today - timedelta(days=7 * WEEKS - 1), today)
    return render_template(
        "purchasing/product.html",
        product=found,
        line=line,
        used=drawing.use_per_week(weeks, found.base_unit, _written(by)),
        level=drawing.against_reorder_point(line) if line else None,
        written=_written(by),
    )


@blueprint.get("/orders/glance")
@requires("orders.view")
def glance() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    today = day_in(by.time_zone, now)
    lines, written = suggestions(by.clinic_id, now, today), _written(by)
    weeks = use_queries.use_by_week(by.clinic_id, None, today - timedelta(days=7 * WEEKS - 1), today)
    waste = use_queries.waste_by_product(by.clinic_id, today - timedelta(days=365))
    return render_template(
        "purchasing/glance.html",
        cover=drawing.days_of_cover(lines),
        used=drawing.use_per_week(weeks, "pieces", written),
        value=drawing.value_on_shelf(lines, written),
        waste=drawing.waste(lines, waste, written),
    )


def _reorder_page(*, only_low: bool) -> str:
    by, now = actor(), utc_now()
    today = day_in(by.time_zone, now)
    lines = suggestions(by.clinic_id, now, today)
    chosen = [line for line in lines if line.low] if only_low else lines
    drafts = [order for order in queries.orders_in(by.clinic_id) if order.state.value == "draft"]
    return render_template(
        "purchasing/reorder.html",
        groups=by_supplier(chosen[:MOST_LINES]),
        left_out=max(0, len(chosen) - MOST_LINES),
        only_low=only_low,
        products=len(lines),
        drafts={order.supplier_id: order for order in drafts},
        booked=_booked(by, now),
        bar_of=drawing.stock_bar,
        form=Form(),
        written=_written(by),
    )


def _booked(by: SignedIn, now: datetime) -> int:
    return round(booked_needles(by.clinic_id, now, day_in(by.time_zone, now)))


def _written(by: SignedIn) -> Written:
    return Written(queries.terms_of(by.clinic_id).writing)
