"""Flags: where their review stands, the steps of one, and many at once."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.oversight import queries, review
from inventory.oversight.blueprint import blueprint
from inventory.oversight.forms import ActionForm, BulkForm, StepForm
from inventory.oversight.lifecycle import FlagState, Step, steps_from
from inventory.oversight.queries import ReviewedFlag
from inventory.oversight.review import Agreed, Reviewed
from inventory.oversight.signed_content import content_of_step
from inventory.people.queries import memberships_in
from inventory.sessions import queries as sessions
from inventory.sessions.review_queries import flag_of, who_worked_in
from inventory.signatures.forms import SignedForm
from inventory.signatures.queries import signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go

UNSETTLED = (FlagState.OPEN, FlagState.ACKNOWLEDGED, FlagState.ACTION_AGREED)
MOST_AT_ONCE = 50


@blueprint.get("/flags")
@requires("flags.view")
def flags() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    wanted = request.args.get("state")
    state = FlagState(wanted) if wanted in set(FlagState) else None
    listed = queries.flags_in(clinic_id, (state,) if state else UNSETTLED)
    return render_template(
        "oversight/flags.html",
        listed=listed,
        state=state,
        states=list(FlagState),
        counts=queries.counts_of(clinic_id),
        recurrences=queries.recurrences(clinic_id, listed),
        overdue=queries.overdue_actions(clinic_id, day_in(actor().time_zone, utc_now())),
    )


@blueprint.get("/flags/<uuid:flag_id>")
@requires("flags.view")
def flag(flag_id: UUID) -> ResponseReturnValue:
    return _flag_page(flag_id)


@blueprint.post("/flags/<uuid:flag_id>/step")
@requires("flags.review")
@begins_reading
def step(flag_id: UUID) -> ResponseReturnValue:
    found = _found(flag_id)
    form = StepForm.of(found.state)

    def taken(by: Signer, now: datetime) -> None:
        review.take_step(found.flag, found.treatment, Step(form.step.data), form.reason.data, by, now)

    return _step(found, form, taken)


@blueprint.post("/flags/<uuid:flag_id>/action")
@requires("flags.review")
@begins_reading
def action(flag_id: UUID) -> ResponseReturnValue:
    found, members = _found(flag_id), memberships_in(actor().clinic_id)
    form = ActionForm.among(members)

    def taken(by: Signer, now: datetime) -> None:
        owner = next(member for member in members if str(member.id) == form.owner.data)
        agreed = Agreed(form.action.data, owner, form.due_on.data)
        review.take_step(found.flag, found.treatment, Step.AGREE_ACTION, form.reason.data, by, now, agreed=agreed)

    return _step(found, form, taken)


@blueprint.route("/flags/review", methods=["GET", "POST"])
@requires("flags.review")
@begins_reading
def bulk() -> ResponseReturnValue:
    by = actor()
    own = queries.worked_in(by.clinic_id, by.id)
    listed = [one for one in queries.flags_in(by.clinic_id, UNSETTLED) if one.treatment.id not in own][:MOST_AT_ONCE]
    form = BulkForm.listing(listed)
    if form.validate_on_submit():
        answer = answer_signed(form, form.content, lambda by, now: _bulk(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    rows = {str(one.flag.id): one for one in listed}
    recurrences = queries.recurrences(by.clinic_id, listed)
    pairs = list(zip(form.flags.entries, form.reasons.entries, strict=False))
    page = render_template("oversight/bulk.html", form=form, pairs=pairs, rows=rows, recurrences=recurrences)
    return page, form.status


def _bulk(form: BulkForm, by: Signer, now: datetime) -> Answer:
    lines = []
    for flag_id, reason in form.reviewed:
        found = flag_of(by.clinic_id, flag_id)
        lines.append(Reviewed(found, sessions.treatment_of(by.clinic_id, found.treatment_id), reason))
    count = review.take_steps(Step(form.step.data), lines, by, now)
    return Answer(f"{count} flag{'s' if count > 1 else ''} reviewed.", url_for("oversight.flags"))


def _step(found: ReviewedFlag, form: SignedForm, take: Callable[[Signer, datetime], None]) -> ResponseReturnValue:
    if form.validate_on_submit():

        def taken(by: Signer, now: datetime) -> Answer:
            take(by, now)
            page = url_for("oversight.flag", flag_id=found.flag.id)
            return Answer(f"The review of session {found.treatment.number} goes on.", page)

        content = {**form.content, "flag": found.flag.id}
        answer = answer_signed(form, content, taken)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _flag_page(found.flag.id, form)


def _flag_page(flag_id: UUID, refused: Form | None = None) -> ResponseReturnValue:
    by, found = actor(), _found(flag_id)
    state, steps = found.state, queries.steps_of(found.flag)
    page = render_template(
        "oversight/flag.html",
        flag=found.flag,
        treatment=found.treatment,
        state=state,
        steps=steps,
        signatures=signatures_of(by.clinic_id, {each.id: content_of_step(each) for each in steps}),
        recurrence=queries.recurrences(by.clinic_id, [found])[flag_id],
        may_review=by.may("flags.review") and found.flag.cleared_at is None,
        worked_here=by.id in who_worked_in(found.treatment),
        step_form=refused if isinstance(refused, StepForm) else StepForm.of(state, blank=True),
        action_form=refused
        if isinstance(refused, ActionForm)
        else ActionForm.among(memberships_in(by.clinic_id), blank=True),
        may_agree=Step.AGREE_ACTION in steps_from(state),
    )
    return page, refused.status if refused else 200


def _found(flag_id: UUID) -> ReviewedFlag:
    by = actor()
    found = flag_of(by.clinic_id, flag_id)
    steps = queries.steps_of(found)
    return ReviewedFlag(found, sessions.treatment_of(by.clinic_id, found.treatment_id), steps[-1] if steps else None)
