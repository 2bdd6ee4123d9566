"""Sterilisers: adding one, and its page with programmes, daily tests and the columns of its log."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.sterilising import equipment, queries
from inventory.sterilising.blueprint import blueprint
from inventory.sterilising.cycle_log import LogFormat
from inventory.sterilising.forms import LogFormatForm, ProgrammeForm, SteriliserForm, TestForm
from inventory.sterilising.judging import NAMES
from inventory.sterilising.models import CycleType, Steriliser, TestKind
from inventory.web.access import actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go


@blueprint.route("/loads/sterilisers/new", methods=["GET", "POST"])
@requires("loads.work")
def add_steriliser() -> ResponseReturnValue:
    by, form = actor(), SteriliserForm()

    def added() -> Answer:
        made = equipment.add_steriliser(form.name.data, form.serial_number.data, by, utc_now())
        return Answer(f"{made.name} was added. Now add its programmes.", _page_of(made))

    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=added)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("sterilising/add_steriliser.html", form=form), form.status


@blueprint.get("/loads/sterilisers/<uuid:steriliser_id>")
@requires("loads.view")
def steriliser(steriliser_id: UUID) -> ResponseReturnValue:
    return _steriliser_page(_found(steriliser_id))


@blueprint.post("/loads/sterilisers/<uuid:steriliser_id>/programmes")
@requires("loads.work")
def add_programme(steriliser_id: UUID) -> ResponseReturnValue:
    by, form, found = actor(), ProgrammeForm(), _found(steriliser_id)

    def added() -> Answer:
        made = equipment.add_programme(
            found,
            name=form.name.data,
            cycle_type=CycleType(form.cycle_type.data),
            set_temperature_tenths=int(form.set_temperature.data),
            hold_seconds=form.hold_seconds.data,
            drying_seconds=form.drying_seconds.data or 0,
            gravity=form.gravity.data,
            by=by,
            now=utc_now(),
        )
        return Answer(f"{made.name} can be chosen for loads.", _page_of(found))

    return _answered(form, found, added)


@blueprint.post("/loads/programmes/<uuid:programme_id>/end")
@requires("loads.work")
def end_programme(programme_id: UUID) -> ResponseReturnValue:
    by, form = actor(), Form()
    found = queries.programme_of(by.clinic_id, programme_id)

    def ended() -> Answer:
        equipment.end_programme(found, by, utc_now())
        return Answer(f"{found.name} is chosen for no further load.", _page_of(found.steriliser))

    return _answered(form, found.steriliser, ended, programme=programme_id)


@blueprint.post("/loads/sterilisers/<uuid:steriliser_id>/tests")
@requires("loads.work")
def record_test(steriliser_id: UUID) -> ResponseReturnValue:
    by, form, found = actor(), TestForm(), _found(steriliser_id)

    def recorded() -> Answer:
        leak = None if form.leak_rate.data is None else int(form.leak_rate.data * 10)
        passed = form.result.data == "passed"
        made = equipment.record_test(found, TestKind(form.kind.data), passed, by, utc_now(), leak_rate_tenths=leak)
        said = "passed" if made.passed else f"failed: no load of {found.name} is released today"
        return Answer(f"The test is recorded as {said}.", _page_of(found))

    return _answered(form, found, recorded)


@blueprint.post("/loads/sterilisers/<uuid:steriliser_id>/log-format")
@requires("loads.work")
def set_log_format(steriliser_id: UUID) -> ResponseReturnValue:
    by, form, found = actor(), LogFormatForm(), _found(steriliser_id)

    def kept() -> Answer:
        equipment.set_log_format(found, form.log_format, by, utc_now())
        return Answer(f"Logs of {found.name} are read so from now on.", _page_of(found))

    return _answered(form, found, kept)


def _answered(form: Form, found: Steriliser, act: Callable[[], Answer], **more: object) -> ResponseReturnValue:
    if form.validate_on_submit():
        content = {**form.content, "step": type(form).__name__, "steriliser": found.id, **more}
        answer = answer_once(form.event, content, by=actor(), now=utc_now(), act=act)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _steriliser_page(found, form), form.status


def _steriliser_page(found: Steriliser, sent: Form | None = None) -> str:
    kept = LogFormat.from_text(found.log_format) if found.log_format else None
    return render_template(
        "sterilising/steriliser.html",
        steriliser=found,
        programmes=queries.programmes_in(found.clinic_id, found),
        tests=queries.newest_tests(found),
        test_names=NAMES,
        programme_form=sent if isinstance(sent, ProgrammeForm) else ProgrammeForm(formdata=None),
        test_form=sent if isinstance(sent, TestForm) else TestForm(formdata=None),
        log_form=sent if isinstance(sent, LogFormatForm) else LogFormatForm(formdata=None, obj=kept),
        plain_form=Form(formdata=None),
        log_known=kept is not None,
    )


def _found(steriliser_id: UUID) -> Steriliser:
    return queries.steriliser_of(actor().clinic_id, steriliser_id)


def _page_of(found: Steriliser) -> str:
    return url_for("sterilising.steriliser", steriliser_id=found.id)
