"""Media and printers of a clinic. Jobs: `job_views`; labels: `label_views` and `pack_views`."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import DomainError, NotHere
from inventory.printing import job_views, label_views, operations, pack_views, queries
from inventory.printing.blueprint import blueprint
from inventory.printing.forms import MediumForm, OffsetForm, PrinterForm
from inventory.printing.models import Language
from inventory.web.access import actor, requires
from inventory.web.downloads import shown
from inventory.web.forms import Form, choices
from inventory.web.pages import go
from labels.grid import write_grid
from labels.media import Medium, smallest_module

__all__ = ["blueprint", "job_views", "label_views", "pack_views"]


@blueprint.get("/print/media")
@requires("packs.view")
def media() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    return render_template(
        "printing/media.html",
        media=[(each, smallest_module(each)) for each in queries.media_of(clinic_id).values()],
        printers=queries.printers_in(clinic_id),
        form=Form(),
    )


@blueprint.route("/print/media/new", methods=["GET", "POST"])
@requires("printers.manage")
def add_medium() -> ResponseReturnValue:
    by, form = actor(), MediumForm()

    def added() -> Answer:
        made = operations.add_medium(form.row(by.clinic_id), by, utc_now())
        key = queries.medium_from(made).key
        return Answer(f"{made.name} can be chosen. Print its test page.", url_for("printing.medium", key=key))

    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=added)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("printing/add_medium.html", form=form, preview=None, fault=""), form.status


@blueprint.get("/print/media/preview")
@requires("printers.manage")
def preview() -> ResponseReturnValue:
    """The page as it is typed so far, drawn; or what is wrong with it."""
    form = MediumForm(request.args, meta={"csrf": False})
    form.name.validators = ()
    try:
        found = operations.check_medium(form.row(actor().clinic_id)) if form.validate() else None
        fault = "" if found else "Type every measure in millimetres."
    except DomainError as wrong:
        found, fault = None, wrong.sentence
    return render_template("printing/preview.html", preview=found, fault=fault)


@blueprint.get("/print/media/<key>")
@requires("packs.view")
def medium(key: str) -> ResponseReturnValue:
    """A medium drawn, its test page, and how far the printer is off on it."""
    right, down = queries.offset_mm(actor().clinic_id, key)
    return _medium_page(_medium(key), OffsetForm(data={"right": right, "down": down}))


@blueprint.post("/print/media/<key>/offset")
@requires("printers.manage")
def calibrate(key: str) -> ResponseReturnValue:
    by, form, found = actor(), OffsetForm(), _medium(key)

    def kept() -> Answer:
        hundredths = int(form.right.data * 100), int(form.down.data * 100)
        operations.set_offset(key, *hundredths, by, utc_now())
        return Answer("Kept. Print the test page again to see it.", url_for("printing.medium", key=key))

    if form.validate_on_submit():
        answer = answer_once(form.event, {**form.content, "medium": key}, by=by, now=utc_now(), act=kept)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _medium_page(found, form), form.status


@blueprint.get("/print/media/<key>/test-page.pdf")
@requires("packs.view")
def test_page(key: str) -> ResponseReturnValue:
    out, found = BytesIO(), _medium(key)
    write_grid(found, out, offset_mm=queries.offset_mm(actor().clinic_id, key))
    return shown(out.getvalue(), "test-page.pdf", "application/pdf")


@blueprint.post("/print/media/own/<uuid:medium_id>/end")
@requires("printers.manage")
def end_medium(medium_id: UUID) -> ResponseReturnValue:
    found = queries.own_medium_of(actor().clinic_id, medium_id)

    def ended() -> Answer:
        operations.end_medium(found, actor(), utc_now())
        return Answer(f"{found.name} is offered no more.", url_for("printing.media"))

    return _ended(medium_id, ended)


@blueprint.route("/print/printers/new", methods=["GET", "POST"])
@requires("printers.manage")
def add_printer() -> ResponseReturnValue:
    by, form = actor(), PrinterForm()
    form.medium.choices = choices([(each.key, each.name) for each in queries.media_of(by.clinic_id).values()])

    def added() -> Answer:
        made = operations.add_printer(
            form.name.data,
            form.host.data,
            form.port.data,
            Language(form.language.data),
            form.dpi.data,
            form.medium.data,
            by,
            utc_now(),
        )
        return Answer(f"{made.name} can be chosen.", url_for("printing.media"))

    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=added)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("printing/add_printer.html", form=form), form.status


@blueprint.post("/print/printers/<uuid:printer_id>/end")
@requires("printers.manage")
def end_printer(printer_id: UUID) -> ResponseReturnValue:
    found = queries.printer_of(actor().clinic_id, printer_id)

    def ended() -> Answer:
        operations.end_printer(found, actor(), utc_now())
        return Answer(f"{found.name} is written to no more.", url_for("printing.media"))

    return _ended(printer_id, ended)


def _ended(what: UUID, act: Callable[[], Answer]) -> ResponseReturnValue:
    form, answer = Form(), Answer("", url_for("printing.media"))
    if form.validate_on_submit():
        answer = answer_once(form.event, {"end": what}, by=actor(), now=utc_now(), act=act)
        db.session.commit()
    return go(answer)


def _medium_page(found: Medium, form: OffsetForm) -> str:
    return render_template(
        "printing/medium.html",
        medium=found,
        preview=found,
        fault="",
        module=smallest_module(found),
        form=form,
        own_id=UUID(found.key.removeprefix(queries.OWN)) if found.key.startswith(queries.OWN) else None,
        plain_form=Form(formdata=None),
    )


def _medium(key: str) -> Medium:
    found = queries.media_of(actor().clinic_id).get(key)
    if found is None:
        raise NotHere("There is no such label sheet or roll in this clinic.")
    return found
