"""Sterile packs: the list, making up, one pack, labels, and the decision on a load."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.audit.queries import entries_of
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.errors import Invalid
from inventory.packs import operations, queries
from inventory.packs.forms import DiscardForm, MakeUpForm, PrintForm
from inventory.packs.labelling import label_of
from inventory.packs.models import Pack, PackState
from inventory.sterilising import operations as sterilising
from inventory.sterilising import queries as loads
from inventory.sterilising.forms import DecisionForm
from inventory.sterilising.models import LoadState
from inventory.stock.queries import location_of, lot_of, lots_to_take
from inventory.web.access import actor, requires
from inventory.web.downloads import shown
from inventory.web.forms import choices
from inventory.web.pages import go
from labels.layout import LabelTooSmall, StartOutOfRange
from labels.media import MEDIA
from labels.pdf import write_pdf

blueprint = Blueprint("packs", __name__)


@blueprint.get("/packs")
@requires("packs.view")
def index() -> ResponseReturnValue:
    by, asked = actor(), request.args.get("state", "")
    state = PackState(asked) if asked in set(PackState) else None
    return render_template(
        "packs/index.html",
        packs=queries.packs_in(by.clinic_id, state),
        counts=queries.counts(by.clinic_id),
        unlabelled=len(queries.unlabelled(by.clinic_id)),
        states=list(PackState),
        state=state,
        today=day_in(by.time_zone, utc_now()),
    )


@blueprint.route("/packs/make-up", methods=["GET", "POST"])
@requires("packs.work")
def make_up() -> ResponseReturnValue:
    by, form = actor(), MakeUpForm()
    today = day_in(by.time_zone, utc_now())
    lots = lots_to_take(by.clinic_id, today)
    form.lot.choices = choices(
        [
            (f"{lot.id}~{place.id}", f"{lot.product.name}, lot {lot.number}, {held} in {place.name}")
            for lot, place, held in lots
        ]
    )
    open_loads = loads.loads_in(by.clinic_id, [LoadState.AWAITING, LoadState.RELEASED], limit=20)
    form.load.choices = choices([(str(load.id), load.number) for load in open_loads], "None yet")
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _made_up(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("packs/make_up.html", form=form, lots=lots), form.status


@blueprint.get("/packs/<uuid:pack_id>")
@requires("packs.view")
def pack(pack_id: UUID) -> ResponseReturnValue:
    by = actor()
    found = queries.pack_of(by.clinic_id, pack_id)
    return render_template(
        "packs/pack.html",
        pack=found,
        use=queries.live_use_of(found),
        history=entries_of(by.clinic_id, found.id),
        form=DiscardForm(),
    )


@blueprint.post("/packs/<uuid:pack_id>/discard")
@requires("packs.work")
def discard(pack_id: UUID) -> ResponseReturnValue:
    by, form = actor(), DiscardForm()
    found = queries.pack_of(by.clinic_id, pack_id)

    def discarded() -> Answer:
        operations.discard(found, form.reason.data, by, utc_now())
        return Answer("The pack was discarded.", url_for("packs.pack", pack_id=found.id))

    if form.validate_on_submit():
        content = {**form.content, "pack": pack_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=discarded)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    history = entries_of(by.clinic_id, found.id)
    use = queries.live_use_of(found)
    return render_template("packs/pack.html", pack=found, use=use, history=history, form=form), form.status


@blueprint.route("/packs/labels", methods=["GET", "POST"])
@requires("packs.work")
def labels() -> ResponseReturnValue:
    """Choose packs, sheet and first free label; printing is noted, then the PDF is offered."""
    by, form = actor(), PrintForm()
    asked = request.args.get("pack")
    waiting = queries.packs_named(by.clinic_id, [UUID(asked)]) if asked else queries.unlabelled(by.clinic_id)
    form.packs.choices = choices([(str(each.id), each.code) for each in waiting])
    if request.method == "GET":
        form.packs.data = [str(each.id) for each in waiting]
        form.start.data, form.medium.data = session.get("next_label", 1), session.get("medium", "avery-l7160")
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _labelled(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("packs/labels.html", form=form, waiting=waiting), form.status


@blueprint.get("/packs/labels.pdf")
@requires("packs.view")
def labels_pdf() -> ResponseReturnValue:
    ids = [UUID(text) for text in request.args.get("packs", "").split(",") if text]
    found = queries.packs_named(actor().clinic_id, ids)
    start = request.args.get("start", 1, type=int)
    return shown(_pdf(found, request.args.get("medium", "avery-l7160"), start), "labels.pdf", "application/pdf")


@blueprint.get("/packs/printed")
@requires("packs.view")
def printed() -> ResponseReturnValue:
    asked: dict[str, Any] = request.args.to_dict()
    return render_template("packs/printed.html", address=url_for("packs.labels_pdf", **asked))


@blueprint.get("/loads/<uuid:load_id>")
@requires("loads.view")
def load(load_id: UUID) -> ResponseReturnValue:
    found = loads.load_of(actor().clinic_id, load_id)
    inside = queries.packs_of_load(found.clinic_id, found.id)
    return render_template("packs/load.html", load=found, packs=inside, form=DecisionForm())


@blueprint.post("/loads/<uuid:load_id>/decide")
@requires("loads.work")
def decide_load(load_id: UUID) -> ResponseReturnValue:
    by, form = actor(), DecisionForm()
    found = loads.load_of(by.clinic_id, load_id)

    def decided() -> Answer:
        now = utc_now()
        sterilising.decide_load(found, LoadState(form.decision.data), form.meaning.data, by, now)
        changed = operations.refresh_load(found, by, now)
        said = f"Load {found.number} is {found.state.value}; {len(changed)} packs changed with it."
        return Answer(said, url_for("packs.load", load_id=found.id))

    if form.validate_on_submit():
        content = {**form.content, "load": load_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=decided)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    inside = queries.packs_of_load(found.clinic_id, found.id)
    return render_template("packs/load.html", load=found, packs=inside, form=form), form.status


def _made_up(form: MakeUpForm) -> Answer:
    by = actor()
    lot_id, _, location_id = form.lot.data.partition("~")
    made = operations.make_up(
        [(lot_of(by.clinic_id, UUID(lot_id)), form.each.data)],
        form.count.data,
        location_of(by.clinic_id, UUID(location_id)),
        form.use_by.data,
        form.needs_load.data,
        by,
        utc_now(),
        load=loads.load_of(by.clinic_id, UUID(form.load.data)) if form.load.data else None,
    )
    return Answer(f"{len(made)} packs are made up. Print their labels now.", url_for("packs.labels"))


def _labelled(form: PrintForm) -> Answer:
    by, medium = actor(), MEDIA[form.medium.data]
    found = queries.packs_named(by.clinic_id, [UUID(text) for text in form.packs.data])
    _pdf(found, medium.key, form.start.data)
    operations.mark_labelled(found, medium.key, form.start.data, by, utc_now())
    session["next_label"] = (form.start.data - 1 + len(found)) % medium.per_page + 1
    session["medium"] = medium.key
    chosen = ",".join(str(each.id) for each in found)
    return Answer(
        f"{len(found)} labels are ready to print at 100 %.",
        url_for("packs.printed", packs=chosen, medium=medium.key, start=form.start.data),
    )


def _pdf(found: Sequence[Pack], medium: str, start: int) -> bytes:
    if medium not in MEDIA:
        raise Invalid("There is no such label sheet. Choose one from the list.", field="medium")
    out = BytesIO()
    try:
        write_pdf(
            [label_of(each, current_app.config["PUBLIC_URL"]) for each in found],
            MEDIA[medium],
            out,
            start=start,
        )
    except (StartOutOfRange, LabelTooSmall) as unfit:
        raise Invalid(str(unfit), field="start") from None
    return out.getvalue()
