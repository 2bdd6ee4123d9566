"""Stocktakes: the list, one of them, and the steps between its states. Counting itself: `count_views`."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.signatures.forms import ApproveForm
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.stock.queries import location_of, locations_in
from inventory.stocktaking import approving, count_views, operations, queries
from inventory.stocktaking.blueprint import blueprint
from inventory.stocktaking.forms import CancelForm, StartForm
from inventory.stocktaking.lifecycle import OPEN, TAKES_SCANS, StocktakeState
from inventory.stocktaking.lines import lines_of, to_count_again, unsettled
from inventory.stocktaking.models import Stocktake
from inventory.stocktaking.signed_content import content_of
from inventory.web.access import SignedIn, actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go

__all__ = ["blueprint", "count_views"]
Step = Callable[[Stocktake, SignedIn, datetime], str]


@blueprint.get("/stocktakes")
@requires("stock.view")
def index() -> ResponseReturnValue:
    return _index_page(StartForm())


@blueprint.post("/stocktakes")
@requires("stock.correct")
def start() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), StartForm()
    form.offer(locations_in(by.clinic_id))
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _started(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _index_page(form), form.status


@blueprint.get("/stocktakes/<uuid:stocktake_id>")
@requires("stock.view")
def stocktake(stocktake_id: UUID) -> ResponseReturnValue:
    return _page(queries.stocktake_of(actor().clinic_id, stocktake_id), Form(), CancelForm())


@blueprint.post("/stocktakes/<uuid:stocktake_id>/finish")
@requires("stock.count")
def finish(stocktake_id: UUID) -> ResponseReturnValue:
    def act(found: Stocktake, by: SignedIn, now: datetime) -> str:
        operations.finish(found, by, now)
        if found.state is StocktakeState.RECOUNTING:
            return "The count is complete. What differs is counted again by another person."
        return "The count is complete. It waits for its approval."

    return _stepped(stocktake_id, "finish", act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/again")
@requires("stock.approve")
def count_again(stocktake_id: UUID) -> ResponseReturnValue:
    def act(found: Stocktake, by: SignedIn, now: datetime) -> str:
        approving.count_again(found, by, now)
        return "What differs is counted once more, by another person than the last time."

    return _stepped(stocktake_id, "again", act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/approve")
@requires("stock.approve")
@begins_reading
def approve(stocktake_id: UUID) -> ResponseReturnValue:
    found, form = queries.stocktake_of(actor().clinic_id, stocktake_id), ApproveForm()
    if form.validate_on_submit():
        content = {**form.content, "step": "approve", "stocktake": found.id}
        answer = answer_signed(form, content, lambda by, now: _approved(found, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(found, Form(formdata=None), CancelForm(formdata=None), form), form.status


@blueprint.post("/stocktakes/<uuid:stocktake_id>/cancel")
@requires("stock.correct")
def cancel(stocktake_id: UUID) -> ResponseReturnValue:
    form = CancelForm()

    def act(found: Stocktake, by: SignedIn, now: datetime) -> str:
        operations.cancel(found, form.reason.data, by, now)
        return f"Stocktake {found.number} is cancelled. Nothing was corrected."

    return _stepped(stocktake_id, "cancel", act, form)


def _approved(found: Stocktake, by: Signer, now: datetime) -> Answer:
    lines = approving.approve(found, by, now)
    corrected = sum(line.counted != line.expected for line in lines)
    return Answer(
        f"Stocktake {found.number} is approved: {corrected} of {len(lines)} lines were corrected.",
        url_for("stocktaking.stocktake", stocktake_id=found.id),
    )


def _started(form: StartForm, by: SignedIn, now: datetime) -> Answer:
    location = location_of(by.clinic_id, UUID(form.location.data)) if form.location.data else None
    begun = operations.start(location, by, now)
    return Answer(
        f"Stocktake {begun.number} has begun. Everybody may count at once.",
        url_for("stocktaking.stocktake", stocktake_id=begun.id),
    )


def _stepped(stocktake_id: UUID, step: str, act: Step, form: Form | None = None) -> ResponseReturnValue:
    by, now, sent = actor(), utc_now(), form or Form()
    found = queries.stocktake_of(by.clinic_id, stocktake_id)
    if sent.validate_on_submit():
        page = url_for("stocktaking.stocktake", stocktake_id=found.id)
        content = {**sent.content, "step": step, "stocktake": found.id}
        answer = answer_once(sent.event, content, by=by, now=now, act=lambda: Answer(act(found, by, now), page))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        sent.refuse(answer.message, answer.field)
    cancelling = sent if isinstance(sent, CancelForm) else CancelForm()
    return _page(found, sent, cancelling), sent.status


def _index_page(form: StartForm) -> str:
    by = actor()
    form.offer(locations_in(by.clinic_id))
    return render_template(
        "stocktaking/index.html",
        form=form,
        stocktakes=queries.stocktakes_in(by.clinic_id),
        running=queries.open_stocktake(by.clinic_id),
    )


def _page(found: Stocktake, form: Form, cancel_form: CancelForm, approve_form: ApproveForm | None = None) -> str:
    """Blind: while somebody counts nothing of the books is read, so that nothing of them can be shown."""
    by = actor()
    counted = found.state is StocktakeState.COUNTED
    lines = lines_of(found) if counted else []
    asked, done = to_count_again(found) if found.state is StocktakeState.RECOUNTING else ([], set())
    return render_template(
        "stocktaking/stocktake.html",
        stocktake=found,
        form=form,
        cancel_form=cancel_form,
        approve_form=approve_form or ApproveForm(formdata=None),
        signatures=signatures_of(by.clinic_id, {found.id: content_of(found)}).get(found.id, ()),
        is_open=found.state in OPEN,
        takes_scans=found.state in TAKES_SCANS,
        counted=counted,
        places=[found.location] if found.location else locations_in(by.clinic_id),
        progress=queries.progress_of(found) if found.state in TAKES_SCANS else {},
        lines=lines,
        unsettled=unsettled(lines),
        differing=sum(line.figure.difference != 0 for line in lines),
        asked=[(line, (line.lot.id, line.location.id) in done) for line in asked],
        reported=queries.reported_lines(found) if found.state is StocktakeState.APPROVED else [],
        unknown=queries.unknown_codes(found),
    )
