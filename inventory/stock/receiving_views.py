"""Receiving a delivery: one scan, one tap."""

from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.stock import catalogue_queries, operations, queries, reading, trade_codes
from inventory.stock.blueprint import blueprint
from inventory.stock.catalogue_forms import PackageForm
from inventory.stock.forms import CartonForm, ReceiveForm, ScanForm, carried, chosen, whole
from inventory.stock.models import PackageLevel, Product
from inventory.stock.reading import Reading
from inventory.stock.receiving import as_query
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go


@blueprint.route("/stock/receive", methods=["GET", "POST"])
@requires("stock.receive")
def receive() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    scan = ScanForm(request.args)
    read = _reading(scan, by, now) if request.method == "GET" else None
    form = ReceiveForm(data=_filled(read, scan))
    form.offer(queries.products_in(by.clinic_id), queries.locations_in(by.clinic_id))
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _received(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _receive_page(scan, form, read), form.status


@blueprint.route("/stock/packages/new", methods=["GET", "POST"])
@requires("stock.manage")
def add_package() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = PackageForm(data=carried(request.args))
    del form.reason
    form.offer(queries.products_in(by.clinic_id), catalogue_queries.packages_of(by.clinic_id, form.product.data))
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _package_added(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("stock/add_package.html", form=form), form.status


def after_adding(product: Product, code: str, form: CartonForm) -> str:
    """Back to the carton that was being received, with everything scanned; else to the product."""
    if not form.receiving.data:
        return url_for("stock.product", product_id=product.id)
    scheme = trade_codes.scheme_of(code)
    parts = {
        "scheme": scheme.value if code else "",
        "package": trade_codes.stored(scheme, code) if code else "",
        "lot": form.lot.data,
        "expires_on": form.expires_on.data,
        "packages": form.packages.data,
        "pieces": form.pieces.data,
        "boxes": form.boxes.data,
        "location": form.location.data,
    }
    return url_for("stock.receive", **{name: value for name, value in parts.items() if value})


def _reading(scan: ScanForm, by: SignedIn, now: datetime) -> Reading | None:
    today, known = day_in(by.time_zone, now), scan.known()
    # As it was sent: trimmed like typed text it would lose the separators a code may begin or end with.
    text = request.args.get("code", "")
    if text:
        return reading.read(text, known, by.clinic_id, today)
    if known.code or known.lot:
        return reading.judge(known, by.clinic_id, today)
    return None


def _filled(read: Reading | None, scan: ScanForm) -> dict[str, object]:
    """What the form of a scanned carton shows before anything is typed."""
    filled: dict[str, object] = {"location": scan.place or None}
    if read is not None:
        filled |= {"lot": read.carton.lot, "expires_on": read.carton.expires_on, "quantity": read.quantity}
        filled["dated"] = "1" if read.carton.lot_unread else ""
        filled["product"] = str(read.product.id) if read.product else None
    return filled


def _receive_page(scan: ScanForm, form: ReceiveForm, read: Reading | None) -> str:
    known = as_query(read.carton) if read else {}
    if form.location.data:
        known["location"] = form.location.data
    fewer = {**known, "boxes": str(read.carton.boxes - 1)} if read and read.carton.boxes > 1 else {}
    # The box is ready for the next scan: what it held is in the carton now.
    scan.code.data = ""
    return render_template("stock/receive.html", scan=scan, form=form, read=read, carried=known, fewer=fewer)


def _received(form: ReceiveForm, by: SignedIn, now: datetime) -> Answer:
    product = queries.product_of(by.clinic_id, chosen(form.product))
    location = queries.location_of(by.clinic_id, chosen(form.location))
    quantity = whole(form.quantity)
    lot = operations.receive(product, form.lot.data, form.expires_on.data, quantity, location, by, now)
    said = f"Booked {quantity} x {product.name}, lot {lot.number}, into {location.name}. Scan the next carton."
    return Answer(said, url_for("stock.receive", location=location.id))


def _package_added(form: PackageForm, by: SignedIn, now: datetime) -> Answer:
    product = queries.product_of(by.clinic_id, chosen(form.product))
    code: str = form.code.data
    scheme, level = trade_codes.scheme_of(code), PackageLevel(form.level.data)
    item = operations.add_trade_item(product, scheme, code, form.in_all, by, now, level=level)
    said = f"The {item.level.value} {item.code} holds {item.base_units:,} of {product.name}."
    return Answer(said, after_adding(product, code, form))
