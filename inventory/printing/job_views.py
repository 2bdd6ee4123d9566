"""Print jobs: the list, what was printed, and sending what failed again."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.printing import operations, queries
from inventory.printing.blueprint import blueprint
from inventory.printing.errors import NotToSend
from inventory.printing.models import JobState, Language, PrintJob
from inventory.printing.sending import PrinterUnreachable, send
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import shown
from inventory.web.forms import Form
from inventory.web.pages import go

TYPES = {Language.PDF: ("pdf", "application/pdf"), Language.ZPL: ("zpl", "text/plain; charset=utf-8")}


@blueprint.get("/print")
@requires("packs.view")
def jobs() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    return render_template("printing/jobs.html", jobs=queries.jobs_in(clinic_id), media=queries.media_of(clinic_id))


@blueprint.get("/print/jobs/<uuid:job_id>")
@requires("packs.view")
def job(job_id: UUID) -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    found, media = queries.job_of(clinic_id, job_id), queries.media_of(clinic_id)
    return render_template("printing/job.html", job=found, media=media, form=Form(), can_retry=_can_retry(found))


@blueprint.get("/print/jobs/<uuid:job_id>/file")
@requires("packs.view")
def file(job_id: UUID) -> ResponseReturnValue:
    """Exactly what was made, for the browser's own print dialogue."""
    found = queries.job_of(actor().clinic_id, job_id)
    ending, mimetype = TYPES[found.language]
    return shown(found.payload, f"labels-{found.id.hex[-8:]}.{ending}", mimetype)


@blueprint.post("/print/jobs/<uuid:job_id>/retry")
@requires("labels.print")
def retry(job_id: UUID) -> ResponseReturnValue:
    """Sent again on purpose: by one press of the button once, however often that press arrives."""
    by, form = actor(), Form()
    found, here = queries.job_of(by.clinic_id, job_id), url_for("printing.job", job_id=job_id)
    if not form.validate_on_submit():
        return redirect(here, 303)
    claimed = False

    def claim() -> Answer:
        nonlocal claimed
        claimed = operations.claim(found, by, utc_now(), again=True)
        return Answer("", here)

    answer = answer_once(form.event, {"retry": job_id}, by=by, now=utc_now(), act=claim)
    db.session.commit()
    if not answer.accepted:
        flash(answer.message, "stop")
        return redirect(here, 303)
    return go(_sent(job_id, by) if claimed else answer)


def _can_retry(found: PrintJob) -> bool:
    return found.state in (JobState.QUEUED, JobState.FAILED)


def deliver(job_id: UUID, by: SignedIn) -> Answer:
    """Send a job that was just committed to its printer, or lead to the file for the browser."""
    found = queries.job_of(by.clinic_id, job_id)
    if found.printer is None:
        said = "The labels are ready. Print them at 100 %, not 'fit to page'."
        return Answer(said, url_for("printing.file", job_id=job_id))
    db.session.rollback()
    begin_write()
    claimed = operations.claim(queries.job_of(by.clinic_id, job_id), by, utc_now(), again=False)
    db.session.commit()
    return _sent(job_id, by) if claimed else Answer("", url_for("printing.job", job_id=job_id))


def _sent(job_id: UUID, by: SignedIn) -> Answer:
    """No transaction is open while the printer takes its time."""
    found = queries.job_of(by.clinic_id, job_id)
    printer, payload = found.printer, found.payload
    if printer is None:
        raise NotToSend
    name, host, port = printer.name, printer.host, printer.port
    db.session.rollback()
    failure = ""
    try:
        send(host, port, payload)
    except PrinterUnreachable as unreachable:
        failure = str(unreachable)
    begin_write()
    operations.note_delivery(queries.job_of(by.clinic_id, job_id), failure, by, utc_now())
    db.session.commit()
    return Answer("" if failure else f"{name} took the labels.", url_for("printing.job", job_id=job_id))
