"""Receiving against an order: each scan is held against what is still to come."""

from datetime import datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.purchasing import operations, queries
from inventory.purchasing.blueprint import blueprint
from inventory.purchasing.checking_in import Checked, check_in
from inventory.purchasing.forms import CheckInForm
from inventory.purchasing.lifecycle import RECEIVABLE
from inventory.purchasing.models import PurchaseOrder
from inventory.stock import queries as stock_queries
from inventory.stock.forms import ScanForm, chosen, whole
from inventory.stock.receiving import as_query
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go


@blueprint.route("/orders/<uuid:order_id>/receive", methods=["GET", "POST"])
@requires("stock.receive")
def receive(order_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    order, scan = queries.order_of(by.clinic_id, order_id), ScanForm(request.args)
    read = _read(order, scan, by, now) if request.method == "GET" else None
    form = CheckInForm(data=_filled(read, scan))
    form.offer([line.product for line in order.lines if line.packs], stock_queries.locations_in(by.clinic_id))
    if form.validate_on_submit():
        content = {**form.content, "order": str(order_id)}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _received(order, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(order, scan, form, read), form.status


def _read(order: PurchaseOrder, scan: ScanForm, by: SignedIn, now: datetime) -> Checked | None:
    text, known = request.args.get("code", ""), scan.known()
    if order.state not in RECEIVABLE or not (text or known.code or known.lot):
        return None
    return check_in(order, text, known, day_in(by.time_zone, now))


def _filled(read: Checked | None, scan: ScanForm) -> dict[str, object]:
    filled: dict[str, object] = {"location": scan.place or None}
    if read is not None:
        carton = read.reading.carton
        filled |= {"lot": carton.lot, "expires_on": carton.expires_on, "quantity": read.reading.quantity}
        filled["product"] = str(read.line.product_id) if read.line else None
    return filled


def _page(order: PurchaseOrder, scan: ScanForm, form: CheckInForm, read: Checked | None) -> str:
    known = as_query(read.reading.carton) if read else {}
    if form.location.data:
        known["location"] = form.location.data
    scan.code.data = ""
    return render_template(
        "purchasing/receive.html",
        order=order,
        scan=scan,
        form=form,
        read=read.reading if read else None,
        bookable=bool(read and read.line and read.reading.word in ("Ready", "Too many")),
        carried=known,
        receivable=order.state in RECEIVABLE,
    )


def _received(order: PurchaseOrder, form: CheckInForm, by: SignedIn, now: datetime) -> Answer:
    product = stock_queries.product_of(by.clinic_id, chosen(form.product))
    location = stock_queries.location_of(by.clinic_id, chosen(form.location))
    receipt = operations.receive(
        order, product, form.lot.data, form.expires_on.data, whole(form.quantity), location, by, now
    )
    line = receipt.line
    over = line.received_units - line.ordered_units
    told = f"{over} more than ordered." if over > 0 else f"{line.outstanding} still to come of it."
    said = f"Booked {receipt.units} x {product.name}, lot {receipt.lot.number}. {told}"
    if order.outstanding:
        return Answer(said, url_for("purchasing.receive", order_id=order.id, location=location.id))
    return Answer(f"{said} Order {order.number} is complete.", url_for("purchasing.order", order_id=order.id))
