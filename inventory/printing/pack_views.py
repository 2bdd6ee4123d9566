"""Labels of packs: printing them is noted with the pack, and a further one voids the label before it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.packs import operations as packs
from inventory.packs.labelling import label_of
from inventory.packs.models import Pack
from inventory.packs.queries import pack_of, packs_named, unlabelled
from inventory.printing import operations, queries
from inventory.printing.blueprint import blueprint
from inventory.printing.forms import PackLabelsForm
from inventory.printing.job_views import deliver
from inventory.printing.operations import Order
from inventory.printing.paper import paper_of, remember
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go
from labels.kinds import LabelKind
from labels.layout import Label


@blueprint.route("/packs/labels", methods=["GET", "POST"])
@requires("packs.work")
def pack_labels() -> ResponseReturnValue:
    """Without a `pack` in the address all that have no label yet."""
    by, form = actor(), PackLabelsForm()
    again = request.args.get("pack", type=UUID)
    waiting = [pack_of(by.clinic_id, again)] if again else unlabelled(by.clinic_id)
    form.packs.offer(waiting)
    paper = paper_of(form, by.clinic_id)
    if request.method == "GET":
        form.packs.data = [pack.id for pack in waiting]
    elif form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _made(form, by, utc_now()))
        db.session.commit()
        if answer.accepted:
            remember(form)
            return go(deliver(UUID(answer.location), by))
        form.refuse(answer.message, answer.field)
    page = render_template(
        "printing/pack_labels.html",
        form=form,
        waiting=waiting,
        paper=paper,
        again=again,
        has_label=any(pack.labelled_at for pack in waiting),
        before_the_cycle=any(pack.needs_load and pack.load_id is None for pack in waiting),
    )
    return page, form.status


def _made(form: PackLabelsForm, by: SignedIn, now: datetime) -> Answer:
    """The answer's location is the job's id: where it leads is known once it was sent."""
    chosen = packs_named(by.clinic_id, form.packs.data)
    packs.mark_labelled(chosen, form.medium.data, form.start.data, by, now, reason=form.reason.data)
    count = "1 pack label" if len(chosen) == 1 else f"{len(chosen)} pack labels"
    order = Order(
        what=f"{count}, each with one for the record" if form.double.data else count,
        labels=_labels(chosen, double=form.double.data),
        medium=form.medium.data,
        start=form.start.data,
        printer=queries.printer_of(by.clinic_id, UUID(form.printer.data)) if form.printer.data else None,
        reason=form.reason.data,
    )
    job = operations.make_job(order, by, now)
    return Answer("", str(job.id))


def _labels(chosen: Sequence[Pack], *, double: bool) -> list[Label]:
    url = current_app.config["PUBLIC_URL"]
    kinds = (LabelKind.PACK, LabelKind.RECORD) if double else (LabelKind.PACK,)
    return [label_of(pack, url, kind=kind) for pack in chosen for kind in kinds]
