"""Printing labels: choose packs and the first free label, then the PDF."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.db import db
from inventory.packs import operations, queries
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import PrintForm
from inventory.packs.labelling import USUAL, check_fit, label_of, medium_named, sheets
from inventory.packs.models import Pack
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import shown
from inventory.web.pages import go
from labels.layout import Label
from labels.media import MEDIA, Medium


@blueprint.route("/packs/labels", methods=["GET", "POST"])
@requires("packs.work")
def labels() -> ResponseReturnValue:
    """Printing is noted, then the PDF is shown; without a `pack` in the address all that have no label yet."""
    by, now, form = actor(), utc_now(), PrintForm()
    again = request.args.get("pack", type=UUID)
    waiting = [queries.pack_of(by.clinic_id, again)] if again else queries.unlabelled(by.clinic_id)
    form.packs.offer(waiting)
    medium = _medium(form)
    if request.method == "GET":
        form.packs.data, form.start.data = [pack.id for pack in waiting], _next_free(medium)
    elif form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _labelled(form, by, now))
        db.session.commit()
        if answer.accepted:
            _remember(form, medium)
            return go(answer)
        form.refuse(answer.message, answer.field)
    page = render_template(
        "packs/labels.html",
        form=form,
        waiting=waiting,
        media=MEDIA.values(),
        medium=medium,
        again=again,
        has_label=any(pack.labelled_at for pack in waiting),
    )
    return page, form.status


@blueprint.get("/packs/labels.pdf")
@requires("packs.view")
def labels_pdf() -> ResponseReturnValue:
    """The labels of one print, named by its place in the record; opened again it is the same file."""
    job = queries.print_job(actor().clinic_id, request.args.get("print", -1, type=int))
    packs = queries.packs_named(actor().clinic_id, list(job.copies))
    url = current_app.config["PUBLIC_URL"]
    made = [label_of(pack, url, job.copies[pack.id]) for pack in packs]
    return shown(sheets(made, medium_named(job.medium), job.start), "labels.pdf", "application/pdf")


def _labelled(form: PrintForm, by: SignedIn, now: datetime) -> Answer:
    medium, start = medium_named(form.medium.data or ""), form.start.data
    packs = queries.packs_named(by.clinic_id, form.packs.data)
    check_fit(_drawn(packs), medium, start)
    operations.mark_labelled(packs, medium.key, start, by, now, reason=form.reason.data)
    entry = entries_of(by.clinic_id, packs[0].id, limit=1)[0]
    return Answer(
        f"{len(packs)} labels are ready. Print them at 100 %, not 'fit to page'.",
        url_for("packs.labels_pdf", print=entry.seq),
    )


def _drawn(packs: Sequence[Pack]) -> list[Label]:
    return [label_of(pack, current_app.config["PUBLIC_URL"]) for pack in packs]


def _medium(form: PrintForm) -> Medium:
    """The sheet that was sent, asked for, or used last."""
    asked = form.medium.data or request.args.get("medium") or session.get("medium", USUAL)
    medium = MEDIA.get(asked, MEDIA[USUAL])
    if request.method == "GET":
        form.medium.data = medium.key
    return medium


def _next_free(medium: Medium) -> int:
    start: int = session.get("next_label", 1) if session.get("medium") == medium.key else 1
    return start


def _remember(form: PrintForm, medium: Medium) -> None:
    """Where the sheet goes on next time."""
    session["medium"] = medium.key
    session["next_label"] = (form.start.data - 1 + len(form.packs.data)) % medium.per_page + 1
