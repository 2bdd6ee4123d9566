"""Orders: list, one order, and its steps."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.mail.queries import message_about
from inventory.mail.views import deliver_waiting
from inventory.people.models import Person
from inventory.purchasing import operations, queries
from inventory.purchasing.blueprint import blueprint
from inventory.purchasing.documents import Sheet, as_csv, as_pdf, sheet_of
from inventory.purchasing.forms import ApproveOrderForm, EndForm, LinesForm, StepForm, lines_form
from inventory.purchasing.lifecycle import Act, after
from inventory.purchasing.models import PurchaseOrder
from inventory.purchasing.signed_content import approval_in_words, content_of
from inventory.purchasing.writing import Written
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import SignedIn, actor, begins_reading, requires
from inventory.web.downloads import shown, streamed
from inventory.web.pages import error_page, go


@blueprint.get("/orders")
@requires("orders.view")
def index() -> ResponseReturnValue:
    by = actor()
    terms = queries.terms_of(by.clinic_id)
    return render_template(
        "purchasing/index.html",
        orders=queries.orders_in(by.clinic_id),
        written=Written(terms.writing),
        today=day_in(by.time_zone, utc_now()),
    )


@blueprint.get("/orders/<uuid:order_id>")
@requires("orders.view")
def order(order_id: UUID) -> ResponseReturnValue:
    found = queries.order_of(actor().clinic_id, order_id)
    return _page(found, lines_form(found)), 200


@blueprint.post("/orders/<uuid:order_id>/change")
@requires("orders.work")
def change(order_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    found = queries.order_of(by.clinic_id, order_id)
    form = lines_form(found)
    if not form.validate_on_submit():
        return _page(found, form), 422

    def act() -> Answer:
        operations.change(found, form.packs(), form.seen, by, now)
        return Answer(f"Order {found.number} was changed.", _at(found))

    return _answered(found, form, act, by, now)


@blueprint.post("/orders/<uuid:order_id>/approve")
@requires("orders.work")
@begins_reading
def approve(order_id: UUID) -> ResponseReturnValue:
    found, form = queries.order_of(actor().clinic_id, order_id), ApproveOrderForm()
    if form.validate_on_submit():
        content = {**form.content, "order": str(found.id), "at": request.path}
        answer = answer_signed(form, content, lambda by, now: _approved(found, form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
        return _page(found, lines_form(found, blank=True), form), answer.status
    return _page(found, lines_form(found, blank=True), form), form.status


@blueprint.post("/orders/<uuid:order_id>/reopen")
@requires("orders.work")
def reopen(order_id: UUID) -> ResponseReturnValue:
    def act(found: PurchaseOrder, form: StepForm, by: SignedIn, now: datetime) -> Answer:
        operations.reopen(found, form.seen, by, now)
        return Answer("", _at(found))

    return _step(order_id, act)


@blueprint.post("/orders/<uuid:order_id>/send")
@requires("orders.work")
def send(order_id: UUID) -> ResponseReturnValue:
    """By e-mail, and where `how` says so only marked: it went by telephone, fax or a shop's page."""
    by_email = request.args.get("how") != "other"

    def act(found: PurchaseOrder, form: StepForm, by: SignedIn, now: datetime) -> Answer:
        reply_to = db.session.get_one(Person, by.id).email
        operations.send(found, form.seen, by, now, clinic_name=by.clinic_name, by_email=by_email, reply_to=reply_to)
        return Answer(f"Order {found.number} is marked as sent to {found.supplier.name}.", _at(found))

    answered = _step(order_id, act, by_email=by_email)
    if by_email and current_app.config["SMTP_URL"]:
        deliver_waiting(actor().clinic_id)
    return answered


@blueprint.post("/orders/<uuid:order_id>/close")
@requires("orders.work")
def close(order_id: UUID) -> ResponseReturnValue:
    return _ended(order_id, operations.close)


@blueprint.post("/orders/<uuid:order_id>/cancel")
@requires("orders.work")
def cancel(order_id: UUID) -> ResponseReturnValue:
    return _ended(order_id, operations.cancel)


@blueprint.get("/orders/<uuid:order_id>/order.csv")
@requires("orders.view")
def order_csv(order_id: UUID) -> ResponseReturnValue:
    found, by = queries.order_of(actor().clinic_id, order_id), actor()
    return streamed([as_csv(_sheet(found, by))], f"order-{found.number}.csv", "text/csv")


@blueprint.get("/orders/<uuid:order_id>/order.pdf")
@requires("orders.view")
def order_pdf(order_id: UUID) -> ResponseReturnValue:
    found, by = queries.order_of(actor().clinic_id, order_id), actor()
    return shown(as_pdf(_sheet(found, by)), f"order-{found.number}.pdf", "application/pdf")


def _approved(found: PurchaseOrder, form: ApproveOrderForm, by: Signer, now: datetime) -> Answer:
    limit = None if by.may("orders.approve_any") else queries.terms_of(by.clinic_id).manager_limit
    operations.approve(found, limit, form.seen, by, now)
    return Answer("", _at(found))


def _sheet(found: PurchaseOrder, by: SignedIn) -> Sheet:
    day = day_in(by.time_zone, found.sent_at or utc_now())
    signed = approval_in_words(found, by.time_zone)
    return sheet_of(found, by.clinic_name, day, queries.terms_of(by.clinic_id).writing, signed)


def _page(found: PurchaseOrder, form: LinesForm, approve_form: ApproveOrderForm | None = None) -> str:
    by = actor()
    terms = queries.terms_of(by.clinic_id)
    return render_template(
        "purchasing/order.html",
        order=found,
        form=form,
        approve_form=approve_form or ApproveOrderForm(data={"version": str(found.version)}, formdata=None),
        signatures=signatures_of(by.clinic_id, {found.id: content_of(found)}).get(found.id, ()),
        step=StepForm(data={"version": str(found.version)}, formdata=None),
        end=EndForm(data={"version": str(found.version)}, formdata=None),
        may={act.value for act in Act if after(found.state, act)} if by.may("orders.work") else set(),
        above_limit=not by.may("orders.approve_any") and found.total > terms.manager_limit,
        receipts=queries.receipts_of(found),
        message=message_about(by.clinic_id, found.id),
        written=Written(terms.writing),
        today=day_in(by.time_zone, utc_now()),
    )


def _step(
    order_id: UUID,
    act: Callable[[PurchaseOrder, StepForm, SignedIn, datetime], Answer],
    form: StepForm | None = None,
    **facts: object,
) -> ResponseReturnValue:
    by, now, sent = actor(), utc_now(), form or StepForm()
    found = queries.order_of(by.clinic_id, order_id)
    if not sent.validate_on_submit():
        return error_page(422, " ".join(said for errors in sent.errors.values() for said in errors))
    return _answered(found, sent, lambda: act(found, sent, by, now), by, now, **facts)


def _answered(
    found: PurchaseOrder, form: StepForm, act: Callable[[], Answer], by: SignedIn, now: datetime, **facts: object
) -> ResponseReturnValue:
    content = {**form.content, **facts, "order": str(found.id), "at": request.path}
    answer = answer_once(form.event, content, by=by, now=now, act=act)
    db.session.commit()
    return go(answer) if answer.accepted else error_page(answer.status, answer.message)


def _ended(order_id: UUID, end: Callable[[PurchaseOrder, str, int, SignedIn, datetime], None]) -> ResponseReturnValue:
    form = EndForm()

    def act(found: PurchaseOrder, sent: StepForm, by: SignedIn, now: datetime) -> Answer:
        end(found, form.reason.data, sent.seen, by, now)
        return Answer(f"Order {found.number} is {found.state.value}.", _at(found))

    return _step(order_id, act, form)


def _at(found: PurchaseOrder) -> str:
    return url_for("purchasing.order", order_id=found.id)
