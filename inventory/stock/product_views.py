"""The catalogue itself: its list, its files, and a product's packages and documents."""

from datetime import datetime
from uuid import UUID

from flask import render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.stock import catalogue_queries, exporting, operations, queries
from inventory.stock.blueprint import blueprint
from inventory.stock.catalogue_forms import DocumentForm, PackageForm
from inventory.stock.forms import FilterForm, plain
from inventory.stock.kinds import in_words
from inventory.stock.models import PackageLevel, Product, TradeItem
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import streamed
from inventory.web.pages import go

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/stock/catalogue")
@requires("stock.view")
def catalogue() -> ResponseReturnValue:
    wanted = FilterForm(request.args)
    text, kind, use = wanted.wanted_text, wanted.wanted_kind, wanted.wanted_use
    after = request.args.get("after", "")[:200]
    page = catalogue_queries.catalogue_page(actor().clinic_id, text=text, kind=kind, use=use, after=after)
    filters = {"text": text, "kind": kind.value if kind else "", "use": wanted.use.data if use is not None else ""}
    return render_template(
        "stock/catalogue.html",
        page=page,
        wanted=wanted,
        filtered=bool(text or kind or use is not None),
        asked={name: value for name, value in filters.items() if value},
        after=after,
        in_words=in_words,
    )


@blueprint.get("/stock/catalogue.csv")
@requires("stock.view")
def catalogue_csv() -> ResponseReturnValue:
    name = f"catalogue-{day_in(actor().time_zone, utc_now())}.csv"
    return streamed(stream_with_context(exporting.as_csv(actor().clinic_id)), name, "text/csv; charset=utf-8")


@blueprint.get("/stock/catalogue.xlsx")
@requires("stock.view")
def catalogue_xlsx() -> ResponseReturnValue:
    name = f"catalogue-{day_in(actor().time_zone, utc_now())}.xlsx"
    return streamed([exporting.as_xlsx(actor().clinic_id)], name, XLSX)


@blueprint.route("/stock/packages/<uuid:item_id>/change", methods=["GET", "POST"])
@requires("stock.manage")
def change_package(item_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = catalogue_queries.package_of(by.clinic_id, item_id)
    form = PackageForm(data={"level": found.level.value, "code": found.code, "base_units": found.base_units})
    del form.product
    form.offer((), [row for row in queries.trade_items_of(found.product) if row.base_units < found.base_units])
    if form.validate_on_submit():
        content = {**form.content, "package": found.id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _package_changed(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("stock/change_package.html", form=form, package=found), form.status


@blueprint.route("/stock/products/<uuid:product_id>/documents/new", methods=["GET", "POST"])
@requires("stock.manage")
def add_document(product_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.product_of(by.clinic_id, product_id)
    form = DocumentForm(data={"title": plain(request.args.get("title")) or "Instructions for use"})
    if form.validate_on_submit():
        content = {**form.content, "product": found.id}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _document_added(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("stock/add_document.html", form=form, product=found), form.status


def _package_changed(found: TradeItem, form: PackageForm, by: SignedIn, now: datetime) -> Answer:
    operations.change_trade_item(
        found, PackageLevel(form.level.data), form.code.data, form.in_all, form.reason.data, by, now
    )
    said = f"The {found.level.value} {found.code} holds {found.base_units:,} of {found.product.name}."
    return Answer(said, url_for("stock.product", product_id=found.product_id))


def _document_added(found: Product, form: DocumentForm, by: SignedIn, now: datetime) -> Answer:
    issued_on = form.issued_on.data or now.date()
    kept = operations.add_document(found, form.title.data, form.version.data, issued_on, form.reference.data, by, now)
    said = f"Version {kept.version} of {kept.title} is kept."
    return Answer(said, url_for("stock.product", product_id=found.id))
