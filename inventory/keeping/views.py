"""What is kept how long, what a dispute holds, and what was removed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit import signing
from inventory.audit.once import Answer
from inventory.db import db
from inventory.keeping import erasing_views, operations, queries
from inventory.keeping.blueprint import blueprint
from inventory.keeping.classes import KEPT, RULES, RecordClass, as_years
from inventory.keeping.documents import document_of
from inventory.keeping.forms import HoldForm, LiftForm, TermForm
from inventory.keeping.models import HoldKind
from inventory.people.models import Clinic
from inventory.signatures.forms import SignedForm
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go


@blueprint.get("/retention")
@requires("retention.view")
def index() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    holds = queries.holds_in(clinic_id)
    return render_template(
        "keeping/index.html",
        terms=queries.terms_in(clinic_id),
        rules=RULES,
        kept=KEPT,
        live=[each for each in holds if each.lifted_at is None],
        lifted=[each for each in holds if each.lifted_at is not None],
        reports=queries.reports_in(clinic_id),
        as_years=as_years,
    )


@blueprint.route("/retention/terms/<name>", methods=["GET", "POST"])
@requires("retention.manage")
@begins_reading
def term(name: str) -> ResponseReturnValue:
    record_class = _class_named(name)
    days = queries.days_of(actor().clinic_id, record_class)
    form = TermForm(days=days)

    def changed(by: Signer, now: datetime) -> Answer:
        operations.set_term(record_class, form.days.data, form.reason.data, by.how.value, by, now)
        return Answer(f"{RULES[record_class].what} are kept for {as_years(form.days.data)}.", url_for("keeping.index"))

    shown = {"rule": RULES[record_class], "days": days, "as_years": as_years}
    return _signed(form, {"class": name}, changed, "keeping/term.html", shown)


@blueprint.route("/retention/holds/new", methods=["GET", "POST"])
@requires("retention.manage")
@begins_reading
def hold() -> ResponseReturnValue:
    form = HoldForm()

    def placed(by: Signer, now: datetime) -> Answer:
        made = operations.hold(HoldKind(form.kind.data), form.what.data or "", form.reason.data, by, now)
        return Answer(f"{made[0].label} is held from now on.", url_for("keeping.index"))

    return _signed(form, {}, placed, "keeping/hold.html", {})


@blueprint.route("/retention/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@requires("retention.manage")
@begins_reading
def lift(hold_id: UUID) -> ResponseReturnValue:
    form = LiftForm()
    found = queries.hold_of(actor().clinic_id, hold_id)

    def lifted(by: Signer, now: datetime) -> Answer:
        held = queries.hold_of(by.clinic_id, hold_id)  # loaded anew: a signature begins another unit of work
        operations.lift(held, form.reason.data, by, now)
        return Answer(f"{held.label} is held no longer.", url_for("keeping.index"))

    shown = {"label": found.label, "why": found.reason, "is_live": found.lifted_at is None}
    return _signed(form, {"hold": hold_id}, lifted, "keeping/lift.html", shown)


@blueprint.get("/retention/reports/<uuid:report_id>.txt")
@requires("retention.view")
def report(report_id: UUID) -> ResponseReturnValue:
    """The report as a text to keep."""
    found = queries.report_of(actor().clinic_id, report_id)
    clinic = db.session.get_one(Clinic, found.clinic_id)
    key = signing.signer_in(Path(current_app.config["DATA_DIR"])).public_key
    made = document_of(found, clinic, key)
    sent = Response(made.text, mimetype="text/plain")
    sent.headers["Content-Disposition"] = f"attachment; filename={made.filename}"
    return sent


def _class_named(name: str) -> RecordClass:
    if name not in list(RecordClass):
        abort(404)
    return RecordClass(name)


def _signed(
    form: SignedForm,
    about: Mapping[str, object],
    act: Callable[[Signer, datetime], Answer],
    template: str,
    shown: Mapping[str, object],
) -> ResponseReturnValue:
    if form.validate_on_submit():
        answer = answer_signed(form, {**form.content, **about, "step": template}, act)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template(template, form=form, **shown), form.status


__all__ = ["blueprint", "erasing_views"]
