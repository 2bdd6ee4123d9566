"""The nurse's pages: open a session, scan, start, swap, close."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.sessions import area_views, opening_views, operations, queries, review_queries, screen, taking_back_views
from inventory.sessions.admission import Swap, Taken, take
from inventory.sessions.blueprint import blueprint
from inventory.sessions.bundle_queries import bundles_of
from inventory.sessions.forms import (
    AreaForm,
    ReasonForm,
    ScanForm,
)
from inventory.sessions.models import RemovalReason, Side, TreatmentSession, TreatmentState
from inventory.sessions.steps import STEPS
from inventory.web.access import actor, is_locked, requires, while_locked
from inventory.web.forms import Form
from inventory.web.pages import go


@blueprint.get("/sessions")
@requires("sessions.view")
def index() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    over = review_queries.latest_over(clinic_id)
    return render_template(
        "sessions/index.html",
        open_treatments=review_queries.open_treatments(clinic_id),
        over=over,
        bundles=bundles_of(clinic_id, [treatment.id for treatment in over]),
    )


@blueprint.get("/sessions/<uuid:treatment_id>")
@requires("sessions.view")
@while_locked
def treatment(treatment_id: UUID) -> ResponseReturnValue:
    found = queries.treatment_of(actor().clinic_id, treatment_id)
    if is_locked() and found.state is not TreatmentState.RUNNING:
        return redirect(url_for("people.switch", next=request.path))
    return _screen(found)


@blueprint.post("/sessions/<uuid:treatment_id>/scans")
@requires("sessions.work")
@while_locked
def scan(treatment_id: UUID) -> ResponseReturnValue:
    """One scan: the verdict is the answer, in the page without script and in its part of the page with it."""
    by, form = actor(), ScanForm()
    found = queries.treatment_of(by.clinic_id, treatment_id)
    if not form.validate_on_submit():
        return _screen(found, form), 422
    taken: list[Taken] = []  # the database session holds its rows weakly; these are shown below
    answer = answer_once(
        form.event,
        {**form.content, "treatment": treatment_id},
        by=by,
        now=utc_now(),
        act=lambda: _scanned(found, form, taken),
        act_undoes=True,
    )
    if answer.accepted and "HX-Request" in request.headers and not is_locked():
        # Rendered before the commit, which would have every row read again; sent only after it.
        course = taken[0].course if taken else None
        names = screen.after_scan(found, by, utc_now(), UUID(answer.message), course)
        page = render_template("sessions/scanned.html", **names)
        db.session.commit()
        return page, answer.status
    db.session.commit()
    if answer.accepted and "HX-Request" in request.headers:
        return "", 200, {"HX-Redirect": answer.location}  # The tablet was locked while the page stood open.
    if answer.accepted:
        return go(Answer(location=answer.location))
    form.refuse(answer.message)
    return _screen(found, form), answer.status


@blueprint.post("/sessions/<uuid:treatment_id>/start")
@requires("sessions.work")
def start(treatment_id: UUID) -> ResponseReturnValue:
    return _step(treatment_id, Form(), lambda found: operations.start(found, actor(), utc_now()))


@blueprint.post("/sessions/<uuid:treatment_id>/areas/add")
@requires("sessions.work")
def add_area(treatment_id: UUID) -> ResponseReturnValue:
    form = AreaForm()
    return _step(
        treatment_id,
        form,
        lambda found: operations.add_area(
            found,
            form.region.data,
            Side(form.side.data),
            actor(),
            utc_now(),
            area_cm2=form.area_cm2.data,
            palms=form.palms.data,
        ),
    )


@blueprint.post("/sessions/<uuid:treatment_id>/areas/<uuid:area_id>/withdraw")
@requires("sessions.work")
def withdraw_area(treatment_id: UUID, area_id: UUID) -> ResponseReturnValue:
    return _step(
        treatment_id,
        Form(),
        lambda found: operations.withdraw_area(found, queries.area_of(found, area_id), actor(), utc_now()),
    )


@blueprint.post("/sessions/<uuid:treatment_id>/count")
@requires("sessions.work")
def count(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("count", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/region")
@requires("sessions.work")
def region(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("region", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/must-change")
@requires("sessions.work")
def must_change(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("must_change", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/syringe")
@requires("sessions.work")
def syringe(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("syringe", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/undo")
@requires("sessions.work")
@while_locked
def undo(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("undo", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/close")
@requires("sessions.work")
def close(treatment_id: UUID) -> ResponseReturnValue:
    return _listed("close", treatment_id)


@blueprint.post("/sessions/<uuid:treatment_id>/abandon")
@requires("sessions.work")
def abandon(treatment_id: UUID) -> ResponseReturnValue:
    form = ReasonForm()
    return _step(treatment_id, form, lambda found: operations.abandon(found, form.reason.data, actor(), utc_now()))


def _scanned(found: TreatmentSession, form: ScanForm, taken: list[Taken]) -> Answer:
    """What is refused is refused before anything changed: `take` itself undoes what a scan it refuses began."""
    if is_locked():
        operations.check_running(found)
    swap = Swap(RemovalReason(form.reason.data), form.shots.data)
    reason = form.override_reason.data or None
    taken.append(take(found, form.text.data, actor(), utc_now(), swap=swap, override_reason=reason))
    if is_locked():
        operations.note_locked(found, actor(), utc_now())
    # The answer's message is the scan's id: the verdict itself is read back from the record.
    scan = taken[0].scan
    return Answer(str(scan.id), f"{_url(found)}?scan={scan.id}", status=409 if scan.tone == "red" else 200)


def _listed(name: str, treatment_id: UUID) -> ResponseReturnValue:
    step, form = STEPS[name], STEPS[name].form()
    return _step(treatment_id, form, lambda found: step.act(found, form, actor(), utc_now()))


def _step(treatment_id: UUID, form: Form, act: Callable[[TreatmentSession], object]) -> ResponseReturnValue:
    """A step of a session that leads back to its page; a refusal is shown there and nothing typed is lost."""
    by = actor()
    found = queries.treatment_of(by.clinic_id, treatment_id)
    if not form.validate_on_submit():
        return _screen(found, form), 422

    def acted() -> Answer:
        act(found)
        if is_locked():
            operations.note_locked(found, by, utc_now())
        return Answer("", _url(found))

    content = {**form.content, "step": request.path}
    answer = answer_once(form.event, content, by=by, now=utc_now(), act=acted)
    db.session.commit()
    if answer.accepted:
        return go(answer)
    form.refuse(answer.message, answer.field)
    return _screen(found, form), answer.status


def _url(found: TreatmentSession) -> str:
    return url_for("sessions.treatment", treatment_id=found.id)


def _screen(found: TreatmentSession, refused: Form | None = None) -> str:
    asked = screen.asked_scan(request.args.get("scan"))
    names = screen.of(found, actor(), utc_now(), refused=refused, scan_id=asked)
    if is_locked():
        return render_template("sessions/locked.html", **names, at_work=actor().name)
    return render_template("sessions/treatment.html", **names)


__all__ = ["area_views", "blueprint", "opening_views", "taking_back_views"]
