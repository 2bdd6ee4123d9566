"""The self-test of each morning: print two test labels, scan them with every scanner, see each fault named."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, start_of_day, utc_now
from inventory.db import db
from inventory.devices import checks, operations, queries
from inventory.devices.blueprint import blueprint
from inventory.devices.forms import CheckForm
from inventory.errors import Invalid
from inventory.scanning.diagnosis import diagnose
from inventory.scanning.samples import SAMPLES
from inventory.web.access import actor, requires
from inventory.web.downloads import shown
from inventory.web.pages import go
from labels.layout import Label, StartOutOfRange
from labels.media import MEDIA
from labels.pdf import write_pdf

SHEET = MEDIA["avery-l7160"]


@blueprint.route("/devices/check", methods=["GET", "POST"])
@requires("sessions.work")
def check() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), CheckForm()
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _kept(form, now))
        db.session.commit()
        return go(answer)
    midnight = start_of_day(by.time_zone, day_in(by.time_zone, now))
    made = queries.checks_since(by.clinic_id, midnight)
    last = next((one for one in made if str(one.id) == request.args.get("made")), None)
    if last is not None and not form.is_submitted():
        form.device.data = last.device_name
    return render_template(
        "devices/check.html",
        form=form,
        last=last,
        faults=checks.faults_in(last) if last else (),
        label=checks.label_in(last.scanned) if last else None,
        devices=checks.by_device(made),
        samples=SAMPLES,
        places=SHEET.columns * SHEET.rows,
    ), form.status


@blueprint.get("/devices/check/labels")
@requires("sessions.work")
def check_labels() -> ResponseReturnValue:
    """The two test labels, so that printer, label and scanner are tested together."""
    day = f"{day_in(actor().time_zone, utc_now()).isoformat()}"
    labels = [Label(sample.text, "TEST", sample.name, (f"printed {day}",), "not for a pack") for sample in SAMPLES]
    out = BytesIO()
    try:
        write_pdf(labels, SHEET, out, start=request.args.get("start", 1, type=int))
    except StartOutOfRange as outside:
        raise Invalid(str(outside)) from None
    return shown(out.getvalue(), "test-labels.pdf", "application/pdf")


def _kept(form: CheckForm, now: datetime) -> Answer:
    found = diagnose(form.keystrokes, gap=form.device_gap, timed=bool(form.keys.data))
    names = ",".join(fault.name for fault in found.faults)
    made = operations.keep_check(form.device.data, checks.text_of(form.keystrokes), names, actor(), now)
    return Answer(location=_page_with(made.id))


def _page_with(check_id: UUID) -> str:
    return url_for("devices.check", made=check_id)
