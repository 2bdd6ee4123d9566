"""All patients exposed to something between two days: sessions for whoever reads the log, references for few."""

from collections.abc import Iterator
from uuid import UUID

from flask import render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import Invalid
from inventory.sterility import exposed as reading
from inventory.sterility import operations
from inventory.sterility.exposure import Period, count_patients, count_reached
from inventory.sterility.forms import ExposedForm, PeriodForm
from inventory.sterility.subjects import Thing
from inventory.sterility.trace_views import CALLED, asked_for, of_each_kind
from inventory.tables.csv_export import csv_chunks
from inventory.web.access import actor, requires
from inventory.web.downloads import streamed


@of_each_kind("/exposed", ["GET"])
@requires("sterility.view")
def exposed(**named: UUID) -> ResponseReturnValue:
    """Sessions and numbers; references are asked for by a form, as that is recorded."""
    form, subject = PeriodForm(request.args), asked_for(named)
    right = form.validate()
    shown = ExposedForm(formdata=None, data=form.data if right else None)
    return _page(subject, named, shown, form.period(actor().time_zone if right else None)), 200 if right else 422


@of_each_kind("/exposed/references", ["POST"])
@requires("references.resolve")
def exposed_references(**named: UUID) -> ResponseReturnValue:
    by, subject, form = actor(), asked_for(named), ExposedForm()
    if not form.validate_on_submit():
        return _page(subject, named, form, Period()), form.status
    period = form.period(by.time_zone)
    operations.resolve_references(subject, form.first_day.data, form.last_day.data, "page", by, utc_now())
    db.session.commit()
    return _page(subject, named, form, period, with_references=True)


@of_each_kind("/exposed.csv", ["POST"])
@requires("references.resolve")
def exposed_csv(**named: UUID) -> ResponseReturnValue:
    by, subject, form = actor(), asked_for(named), ExposedForm()
    if not form.validate_on_submit():
        raise Invalid("Nothing was handed out: the days are not right. Correct them and try again.")
    operations.resolve_references(subject, form.first_day.data, form.last_day.data, "file", by, utc_now())
    db.session.commit()
    name = f"exposed-to-{CALLED[subject.kind]}-{subject.id.hex[-8:]}.csv"
    chunks = _chunks(by.clinic_id, subject, form.period(by.time_zone))
    return streamed(stream_with_context(chunks), name, "text/csv; charset=utf-8")


def _chunks(clinic_id: UUID, subject: Thing, period: Period) -> Iterator[bytes]:
    rows = reading.exposed_rows(clinic_id, subject.kind, [subject.id], period)
    return (chunk for chunk, _ in csv_chunks(reading.HEADER, rows, reading.GUARDED))


def _page(
    subject: Thing, named: dict[str, UUID], form: ExposedForm, period: Period, *, with_references: bool = False
) -> str:
    clinic_id, ids = actor().clinic_id, [subject.id]
    rows = reading.exposed(clinic_id, subject.kind, ids, period)
    few = len(rows) < reading.LISTED
    return render_template(
        "sterility/exposed.html",
        subject=subject,
        called=CALLED[subject.kind],
        asked=named,
        form=form,
        rows=rows,
        total=len(rows) if few else count_reached(clinic_id, subject.kind, ids, period),
        patients=count_patients(clinic_id, subject.kind, ids, period),
        references=reading.references_of(clinic_id, [row.treatment_id for row in rows]) if with_references else None,
        erased=reading.ERASED,
    )
