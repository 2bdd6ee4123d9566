"""One lot: its page, and everything that corrects or blocks it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.signatures.forms import SignedForm
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.stock import ledger, operations, queries
from inventory.stock.blueprint import blueprint
from inventory.stock.forms import chosen, whole
from inventory.stock.lot_forms import CountForm, ReasonForm, SignedReasonForm, TransferForm, WriteOffForm
from inventory.stock.models import Lot
from inventory.stock.returning import return_to_supplier
from inventory.stock.shelf_forms import ReturnForm
from inventory.stock.signed_content import contents_of_decisions, contents_of_movements, decisions_on
from inventory.web.access import SignedIn, actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go


@blueprint.get("/stock/lots/<uuid:lot_id>")
@requires("stock.view")
def lot(lot_id: UUID) -> ResponseReturnValue:
    by = actor()
    found = queries.lot_of(by.clinic_id, lot_id)
    page = ledger.ledger_page(found, request.args.get("before", type=UUID))
    decisions = decisions_on(found)
    signed = {**contents_of_movements(line.movement for line in page.lines), **contents_of_decisions(decisions)}
    return render_template(
        "stock/lot.html",
        lot=found,
        holdings=ledger.holdings_of_lot(found),
        page=page,
        decisions=decisions,
        signatures=signatures_of(by.clinic_id, signed),
        expired=found.expired_on(day_in(by.time_zone, utc_now())),
    )


@blueprint.route("/stock/lots/<uuid:lot_id>/write-off", methods=["GET", "POST"])
@requires("stock.correct")
@begins_reading
def write_off(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), WriteOffForm()
    _offer(form, found)

    def act(by: Signer, now: datetime) -> str:
        place = queries.location_of(by.clinic_id, chosen(form.location))
        operations.write_off(found, place, whole(form.quantity), form.reason.data, by, now)
        return f"Wrote off {form.quantity.data} of lot {found.number} at {place.name}."

    return _signed_step(found, form, act, "stock/write_off.html")


@blueprint.route("/stock/lots/<uuid:lot_id>/count", methods=["GET", "POST"])
@requires("stock.correct")
@begins_reading
def count(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), CountForm()
    _offer(form, found)

    def act(by: Signer, now: datetime) -> str:
        place = queries.location_of(by.clinic_id, chosen(form.location))
        operations.correct_to(found, place, whole(form.counted), form.reason.data, by, now)
        return f"{place.name} now holds {form.counted.data} of lot {found.number}."

    return _signed_step(found, form, act, "stock/count.html")


@blueprint.route("/stock/lots/<uuid:lot_id>/transfer", methods=["GET", "POST"])
@requires("stock.correct")
def transfer(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), TransferForm()
    _offer(form, found)

    def act(by: SignedIn, now: datetime) -> str:
        from_ = queries.location_of(by.clinic_id, chosen(form.location))
        to = queries.location_of(by.clinic_id, chosen(form.to))
        said = form.out_of_order.data
        operations.transfer(found, from_, to, whole(form.quantity), by, now, out_of_order=said)
        return f"Moved {form.quantity.data} of lot {found.number} from {from_.name} to {to.name}."

    first = queries.earlier_lot(found, day_in(actor().time_zone, utc_now()))
    return _step(found, form, act, "stock/transfer.html", first=first)


@blueprint.route("/stock/lots/<uuid:lot_id>/return", methods=["GET", "POST"])
@requires("stock.correct")
@begins_reading
def return_lot(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), ReturnForm()
    _offer(form, found)

    def act(by: Signer, now: datetime) -> str:
        place = queries.location_of(by.clinic_id, chosen(form.location))
        quantity = whole(form.quantity)
        return_to_supplier(found, place, quantity, form.reference.data, form.reason.data, by, now)
        return f"{quantity} of lot {found.number} left {place.name} as return {form.reference.data}."

    return _signed_step(found, form, act, "stock/return.html")


@blueprint.route("/stock/lots/<uuid:lot_id>/quarantine", methods=["GET", "POST"])
@requires("stock.correct")
def quarantine(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), ReasonForm()

    def act(by: SignedIn, now: datetime) -> str:
        operations.quarantine(found, form.reason.data, by, now)
        return f"Lot {found.number} is in quarantine: a scan of it is refused."

    return _step(found, form, act, "stock/quarantine.html")


@blueprint.route("/stock/lots/<uuid:lot_id>/release", methods=["GET", "POST"])
@requires("stock.correct")
@begins_reading
def release(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), SignedReasonForm()

    def act(by: Signer, now: datetime) -> str:
        operations.release_from_quarantine(found, form.reason.data, by, now)
        return f"Lot {found.number} may be used again."

    return _signed_step(found, form, act, "stock/release.html")


@blueprint.route("/stock/lots/<uuid:lot_id>/recall", methods=["GET", "POST"])
@requires("stock.manage")
@begins_reading
def recall(lot_id: UUID) -> ResponseReturnValue:
    found, form = _lot(lot_id), SignedReasonForm()

    def act(by: Signer, now: datetime) -> str:
        operations.recall(found, form.reason.data, by, now)
        return f"Lot {found.number} is recalled: nothing of it can be used any more."

    return _signed_step(found, form, act, "stock/recall.html")


def _lot(lot_id: UUID) -> Lot:
    return queries.lot_of(actor().clinic_id, lot_id)


def _offer(form: WriteOffForm | CountForm | TransferForm, found: Lot) -> None:
    form.offer(ledger.holdings_of_lot(found), queries.locations_in(found.clinic_id))


def _step(
    found: Lot, form: Form, act: Callable[[SignedIn, datetime], str], template: str, *, first: Lot | None = None
) -> ResponseReturnValue:
    """Show the form of one step on a lot; once it is sent and fits, do it and go back to the lot."""
    by, now = actor(), utc_now()

    def send(content: Mapping[str, object], page: str) -> Answer:
        return answer_once(form.event, content, by=by, now=now, act=lambda: Answer(act(by, now), page))

    return _sent(found, form, send, template, first)


def _signed_step(
    found: Lot, form: SignedForm, act: Callable[[Signer, datetime], str], template: str
) -> ResponseReturnValue:
    """As `_step`, for a step that is signed."""

    def send(content: Mapping[str, object], page: str) -> Answer:
        return answer_signed(form, content, lambda by, now: Answer(act(by, now), page))

    return _sent(found, form, send, template)


def _sent(
    found: Lot,
    form: Form,
    send: Callable[[Mapping[str, object], str], Answer],
    template: str,
    first: Lot | None = None,
) -> ResponseReturnValue:
    if form.validate_on_submit():
        # The step and the lot are part of what was asked: the same event on another lot is another content.
        content = {**form.content, "step": template, "lot": found.id}
        answer = send(content, url_for("stock.lot", lot_id=found.id))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template(template, lot=found, form=form, first=first), form.status
