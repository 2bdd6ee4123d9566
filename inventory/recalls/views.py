"""Recall notices: the list, entering one, what it reaches, and the letters to physicians."""

from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.recalls import operations, queries
from inventory.recalls.blueprint import blueprint
from inventory.recalls.forms import NoticeForm
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.stock.models import Product
from inventory.stock.queries import lot_of, lots_of, product_of, products_in
from inventory.stock.shelf_forms import typed_day
from inventory.stock.shelf_models import RecallReach
from inventory.stock.signed_content import content_of_notice
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go

__all__ = ["blueprint"]


@blueprint.get("/recalls")
@requires("stock.view")
def index() -> ResponseReturnValue:
    by = actor()
    return render_template(
        "recalls/index.html", notices=queries.notices_in(by.clinic_id), products=products_in(by.clinic_id)
    )


@blueprint.route("/recalls/products/<uuid:product_id>", methods=["GET", "POST"])
@requires("stock.manage")
@begins_reading
def enter(product_id: UUID) -> ResponseReturnValue:
    by, form = actor(), NoticeForm()
    product = product_of(by.clinic_id, product_id)
    lots = lots_of(product)
    form.offer(lots)
    if form.validate_on_submit():
        content = {**form.content, "product": product.id}
        answer = answer_signed(form, content, lambda by, now: _entered(product, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("recalls/enter.html", product=product, form=form, lots=lots), form.status


@blueprint.get("/recalls/<uuid:notice_id>")
@requires("sterility.view")
def notice(notice_id: UUID) -> ResponseReturnValue:
    found = queries.notice_of(actor().clinic_id, notice_id)
    return render_template(
        "recalls/notice.html",
        recall=found,
        lots=queries.lots_in(found),
        packs=queries.packs_in(found),
        reached=queries.reached_by(found),
        signatures=signatures_of(found.clinic_id, {found.id: content_of_notice(found)}).get(found.id, ()),
    )


@blueprint.get("/recalls/<uuid:notice_id>/letters")
@requires("sessions.work")
def letters(notice_id: UUID) -> ResponseReturnValue:
    """One letter a patient, to print. It names the clinic's own reference: who that is stands in the clinic's files."""
    by = actor()
    found = queries.notice_of(by.clinic_id, notice_id)
    reached = queries.reached_by(found)
    return render_template(
        "recalls/letters.html",
        recall=found,
        lots=[each.lot.number for each in queries.lots_in(found)],
        patients=reached.by_reference,
        signatures=signatures_of(found.clinic_id, {found.id: content_of_notice(found)}).get(found.id, ()),
        erased=len(reached.treatments) - len(reached.references),
        today=day_in(by.time_zone, utc_now()),
    )


def _entered(product: Product, form: NoticeForm, by: Signer, now: datetime) -> Answer:
    entered = operations.enter(
        product,
        form.reference.data,
        typed_day(form.issued_on),
        form.text.data,
        RecallReach(form.reach.data),
        by,
        now,
        lots=[lot_of(by.clinic_id, lot_id) for lot_id in form.lots.data or ()],
        first_number=form.first_number.data or "",
        last_number=form.last_number.data or "",
    )
    said = f"{len(entered.lots)} lots and {len(entered.packs)} packs are blocked. Look at whom they reached."
    return Answer(said, url_for("recalls.notice", notice_id=entered.notice.id))
