"""Suppliers, what they offer, and the clinic's terms."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.purchasing import queries, supplying, use_queries
from inventory.purchasing.amounts import Currency, Writing, plain
from inventory.purchasing.blueprint import blueprint
from inventory.purchasing.forms import OfferForm, SupplierForm, TermsForm
from inventory.purchasing.models import Supplier
from inventory.purchasing.reordering import lead_time
from inventory.purchasing.writing import Written
from inventory.stock import queries as stock_queries
from inventory.stock.forms import chosen, whole
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go


@blueprint.get("/orders/suppliers")
@requires("orders.view")
def suppliers() -> ResponseReturnValue:
    by = actor()
    seen = use_queries.lead_days_by_supplier(by.clinic_id)
    found = queries.suppliers_in(by.clinic_id)
    return render_template(
        "purchasing/suppliers.html",
        suppliers=[(row, lead_time(row.lead_days, seen.get(row.id, ()))) for row in found],
        written=Written(queries.terms_of(by.clinic_id).writing),
    )


@blueprint.route("/orders/suppliers/new", methods=["GET", "POST"])
@requires("orders.work")
def add_supplier() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    terms = queries.terms_of(by.clinic_id)
    form = SupplierForm(terms.writing, data={"currency": terms.currency, "minimum_order": "0", "lead_days": 7})
    del form.active
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _saved(None, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("purchasing/add_supplier.html", form=form), form.status


@blueprint.route("/orders/suppliers/<uuid:supplier_id>/change", methods=["GET", "POST"])
@requires("orders.work")
def change_supplier(supplier_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found, writing = queries.supplier_of(by.clinic_id, supplier_id), queries.terms_of(by.clinic_id).writing
    form = SupplierForm(writing, data=_as_typed(found, writing))
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _saved(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("purchasing/change_supplier.html", form=form, supplier=found), form.status


@blueprint.route("/orders/suppliers/<uuid:supplier_id>", methods=["GET", "POST"])
@requires("orders.work")
def supplier(supplier_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found, writing = queries.supplier_of(by.clinic_id, supplier_id), queries.terms_of(by.clinic_id).writing
    form = OfferForm(writing)
    form.offer(stock_queries.products_in(by.clinic_id))
    if form.validate_on_submit():
        content = {**form.content, "supplier": str(supplier_id)}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _offered(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _supplier_page(found, form, writing), form.status


@blueprint.route("/orders/terms", methods=["GET", "POST"])
@requires("orders.work")
def terms() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.terms_of(by.clinic_id)
    typed = {
        "written": found.writing,
        "currency": found.currency,
        "service": found.service // 10,
        "review_days": found.review_days,
        "manager_limit": plain(found.manager_limit, found.writing),
    }
    form = TermsForm(found.writing, data=typed)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _set(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("purchasing/terms.html", form=form, may_set=by.may("orders.approve_any")), form.status


def _as_typed(found: Supplier, writing: Writing) -> dict[str, object]:
    names = ("name", "email", "customer_number", "currency", "lead_days", "active")
    return {name: getattr(found, name) for name in names} | {"minimum_order": plain(found.minimum_order, writing)}


def _supplier_page(found: Supplier, form: OfferForm, writing: Writing) -> str:
    seen = use_queries.lead_days_by_supplier(found.clinic_id).get(found.id, ())
    return render_template(
        "purchasing/supplier.html",
        supplier=found,
        form=form,
        offers=queries.offers_of(found),
        lead=lead_time(found.lead_days, seen),
        receipts=queries.receipts_from(found),
        written=Written(writing),
    )


def _saved(known: Supplier | None, form: SupplierForm, by: SignedIn, now: datetime) -> Answer:
    row = supplying.save_supplier(
        known,
        by,
        now,
        name=form.name.data,
        email=form.email.data or None,
        customer_number=form.customer_number.data or None,
        currency=Currency(form.currency.data),
        minimum_order=form.amount_in(form.minimum_order),
        lead_days=whole(form.lead_days),
        active=form.active.data if "active" in form else True,
    )
    return Answer(f"{row.name} was saved.", url_for("purchasing.supplier", supplier_id=row.id))


def _offered(found: Supplier, form: OfferForm, by: SignedIn, now: datetime) -> Answer:
    product = stock_queries.product_of(by.clinic_id, chosen(form.product))
    supplying.offer(
        found,
        product,
        by,
        now,
        reference=form.reference.data,
        pack_units=whole(form.pack_units),
        price=form.amount_in(form.price),
        minimum_packs=whole(form.minimum_packs),
        preferred=form.preferred.data,
    )
    said = f"{found.name} offers {product.name}."
    return Answer(said, url_for("purchasing.supplier", supplier_id=found.id))


def _set(form: TermsForm, by: SignedIn, now: datetime) -> Answer:
    """The limit is an administrator's to set: nobody raises their own."""
    known = queries.terms_of(by.clinic_id).manager_limit
    supplying.set_terms(
        by,
        now,
        writing=Writing(form.written.data),
        currency=Currency(form.currency.data),
        service=10 * whole(form.service),
        review_days=whole(form.review_days),
        manager_limit=form.amount_in(form.manager_limit) if by.may("orders.approve_any") else known,
    )
    return Answer("The terms were set.", url_for("purchasing.index"))
