"""Labels of things that are not packs: on paper as jobs, or as a file in any format."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import NotHere
from inventory.printing import operations, queries
from inventory.printing.blueprint import blueprint
from inventory.printing.errors import LabelsUnfit
from inventory.printing.forms import LabelForm
from inventory.printing.job_views import deliver
from inventory.printing.operations import Order, drawn
from inventory.printing.paper import paper_of, remember
from inventory.printing.subjects import SUBJECTS, Place, Subject
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import shown
from inventory.web.pages import go
from labels.layout import LabelTooSmall
from labels.qr import Unencodable
from labels.raster import png
from labels.svg import label_svg
from labels.zpl import zpl

RESOLUTIONS = (203, 300, 600)


@blueprint.route("/print/<kind>/<uuid:subject_id>", methods=["GET", "POST"])
@requires("labels.print")
def label(kind: str, subject_id: UUID) -> ResponseReturnValue:
    by, form, found = actor(), LabelForm(), _subject(kind, subject_id)
    paper = paper_of(form, by.clinic_id)
    if form.validate_on_submit():
        content = {**form.content, "kind": kind, "subject": subject_id}
        answer = answer_once(form.event, content, by=by, now=utc_now(), act=lambda: _made(form, found, by, utc_now()))
        db.session.commit()
        if answer.accepted:
            remember(form)
            return go(deliver(UUID(answer.location), by))
        form.refuse(answer.message, answer.field)
    try:
        drawing, unfit = label_svg(found.label, paper.medium), ""
    except (LabelTooSmall, Unencodable) as too_small:
        drawing, unfit = "", str(too_small)
    page = render_template(
        "printing/label.html",
        form=form,
        subject=found,
        paper=paper,
        kind=kind,
        subject_id=subject_id,
        drawing=drawing,
        unfit=unfit,
        resolutions=RESOLUTIONS,
    )
    return page, form.status


@blueprint.get("/print/<kind>/<uuid:subject_id>/label.<any(pdf, svg, png, zpl):ending>")
@requires("packs.view")
def label_file(kind: str, subject_id: UUID, ending: str) -> ResponseReturnValue:
    """One label alone, on the medium and at the resolution asked for."""
    found, clinic_id = _subject(kind, subject_id), actor().clinic_id
    media = queries.media_of(clinic_id)
    medium = media.get(request.args.get("medium", ""), media["avery-l7160"])
    dpi = request.args.get("dpi", medium.dpi, type=int)
    if dpi not in RESOLUTIONS:
        raise LabelsUnfit(f"Choose a resolution of {', '.join(map(str, RESOLUTIONS))} dpi.")
    if ending in ("png", "zpl"):
        medium = replace(medium, dpi=dpi)
    pdf = drawn([found.label], medium, 1, queries.offset_mm(clinic_id, medium.key))
    match ending:
        case "svg":
            return shown(label_svg(found.label, medium).encode(), "label.svg", "image/svg+xml")
        case "png":
            return shown(png(pdf, dpi), "label.png", "image/png")
        case "zpl":
            return shown(zpl(pdf, dpi).encode(), "label.zpl", "text/plain; charset=utf-8")
    return shown(pdf, "label.pdf", "application/pdf")


def _made(form: LabelForm, found: Subject, by: SignedIn, now: datetime) -> Answer:
    copies = form.copies.data
    order = Order(
        what=f"Label of {found.name}" if copies == 1 else f"{copies} labels of {found.name}",
        labels=[found.label],
        medium=form.medium.data,
        start=form.start.data,
        copies=copies,
        printer=queries.printer_of(by.clinic_id, UUID(form.printer.data)) if form.printer.data else None,
    )
    return Answer("", str(operations.make_job(order, by, now).id))


def _subject(kind: str, subject_id: UUID) -> Subject:
    if kind not in SUBJECTS:
        raise NotHere("There is no such kind of label. Open the thing itself and print from there.")
    by = actor()
    return SUBJECTS[kind](Place(by.clinic_id, current_app.config["PUBLIC_URL"], by.time_zone), subject_id)
