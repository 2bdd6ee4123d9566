"""Where the record is anchored outside this database, and the close of a day with its sheet to print."""

from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from flask import abort, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.anchors import operations, queries
from inventory.anchors.blueprint import blueprint
from inventory.anchors.forms import AddressForm, DayForm
from inventory.audit import signing
from inventory.audit.handing_out import newest_noted
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.once import Answer, answer_once
from inventory.audit.proof_views import public_key
from inventory.audit.signer import Contradiction
from inventory.audit.witness import Witness
from inventory.clock import day_in, utc_now
from inventory.db import begin_write, db
from inventory.people.queries import membership_of
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go
from labels.svg import Drawing, drawing

__all__ = ["blueprint"]
drawn = lru_cache(maxsize=64)(drawing)
"""A checkpoint's QR code takes some 20 ms to make, and stands on many pages."""


@blueprint.get("/anchors")
@requires("audit.view")
def index() -> ResponseReturnValue:
    return _index(AddressForm())


@blueprint.post("/anchors")
@requires("anchors.manage")
def add_address() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), AddressForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _added(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _index(form)


@blueprint.post("/anchors/<uuid:address_id>/end")
@requires("anchors.manage")
def end_address(address_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), Form()
    row = queries.address_of(by.clinic_id, address_id)
    if row is None:
        abort(404)
    if not form.validate_on_submit():
        return _index(AddressForm(formdata=None), 422)

    def act() -> Answer:
        operations.end_address(row, by, now)
        return Answer(f"{row.address} gets no more mail. What it has, it keeps.", url_for("anchors.index"))

    answer = answer_once(form.event, {"address": str(address_id)}, by=by, now=now, act=act)
    db.session.commit()
    return go(answer)


@blueprint.get("/day-close")
@requires("sessions.view")
def day_close() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), DayForm(formdata=None)
    form.day.data = _asked_day() or day_in(by.time_zone, now)
    return _day(form, form.day.data, by, now)


@blueprint.post("/day-close")
@requires("day.close")
def close_day() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), DayForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _closed(form, by, now))
        db.session.commit()
        if answer.accepted:
            _signed(by, now)
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _day(form, form.day.data or day_in(by.time_zone, now), by, now), 422


def newest_checkpoint() -> tuple[int, Drawing] | None:
    """Entries signed and the QR code of their checkpoint, for the foot of printed pages; called from templates."""
    newest = newest_noted(actor().clinic_id)
    return (newest.checkpoint.size, drawn(newest.note)) if newest else None


@blueprint.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"newest_checkpoint": newest_checkpoint}


def _index(form: AddressForm, status: int | None = None) -> ResponseReturnValue:
    by = actor()
    page = render_template(
        "anchors/index.html",
        form=form,
        end_form=Form(formdata=None),
        mailed=queries.mailed(by.clinic_id),
        cosigned=queries.cosigned_to(by.clinic_id),
        sealed=queries.sealed_to(by.clinic_id),
        witness_url=current_app.config["WITNESS_URL"],
        seal_url=current_app.config["TIME_SEAL_URL"],
        can_mail=bool(current_app.config["SMTP_URL"]),
        watched=Witness(current_app.config["DATA_DIR"]).trusted(),
        closes=queries.recent_closes(by.clinic_id, 7),
    )
    return page, status or form.status


def _day(form: DayForm, day: date, by: SignedIn, now: datetime) -> str:
    closes = queries.closes_of(by.clinic_id, day)
    signed = queries.signed_since(by.clinic_id, closes[0].at) if closes else None
    return render_template(
        "anchors/day.html",
        form=form,
        day=day,
        today=day_in(by.time_zone, now),
        counted=queries.counted(by.clinic_id, by.time_zone, day),
        closes=closes,
        signed=signed,
        drawn=drawn(signed.note) if signed else None,
        key=public_key() if signed else "",
        still_open=queries.still_open(by.clinic_id),
    )


def _added(form: AddressForm, by: SignedIn, now: datetime) -> Answer:
    row = operations.add_address(form.address.data or "", by, now)
    return Answer(f"{row.address} gets the checkpoint of each day.", url_for("anchors.index"))


def _closed(form: DayForm, by: SignedIn, now: datetime) -> Answer:
    closed = operations.close_day(form.day.data, membership_of(by.clinic_id, by.membership_id), by, now)
    return Answer("The day is closed. Print this sheet and keep it.", url_for("anchors.day_close", day=closed.day))


def _signed(by: SignedIn, now: datetime) -> None:
    """At once, for the sheet to bear the close itself. The day is closed also where that cannot be."""
    begin_write()
    try:
        signing.sign(by.clinic_id, signing.signer_in(current_app.config["DATA_DIR"]), now)
    except (KeyUnavailable, Contradiction) as fault:
        db.session.rollback()
        flash(fault.sentence, "warn")
    db.session.commit()


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
