"""The clinic's policy versions: drafted by one person, approved by another, superseded, edited by nobody."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.compliance import drafting, operations, queries
from inventory.compliance.forms import PolicyForm, WithdrawForm
from inventory.compliance.models import DraftState, PolicyDraft
from inventory.compliance.signed_content import content_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.compliance.wording import compared
from inventory.db import db
from inventory.signatures.forms import ApproveForm
from inventory.signatures.queries import Shown, signatures_of
from inventory.signatures.signed_views import answer_signed
from inventory.signatures.signer import Signer
from inventory.web.access import actor, begins_reading, requires
from inventory.web.pages import go

blueprint = Blueprint("compliance", __name__)


@blueprint.get("/policies")
@requires("policies.view")
def policies() -> ResponseReturnValue:
    versions, drafts = queries.policies_of(actor().clinic_id), queries.drafts_of(actor().clinic_id)
    now = utc_now()
    in_force = next((version.number for version in versions if version.in_force_from <= now), 0)
    waiting = [draft for draft in drafts if draft.state is DraftState.WAITING]
    return render_template(
        "compliance/policies.html", policies=versions, in_force=in_force, waiting=waiting, drafts=drafts
    )


@blueprint.get("/policies/<int(max=1000000):number>")
@requires("policies.view")
def policy(number: int) -> ResponseReturnValue:
    found = queries.policy_numbered(actor().clinic_id, number)
    before = queries.policy_numbered(actor().clinic_id, number - 1) if number > 1 else None
    earlier = queries.numbers_of(before.thresholds) if before else None
    numbers = list(compared(queries.numbers_of(found.thresholds), earlier))
    signatures = signatures_of(found.clinic_id, {found.id: content_of(found)}).get(found.id, ())
    return render_template("compliance/policy.html", policy=found, numbers=numbers, signatures=signatures)


@blueprint.get("/policies/compare")
@requires("policies.view")
def compare() -> ResponseReturnValue:
    versions = queries.policies_of(actor().clinic_id)
    numbered = {version.number: version for version in versions}
    newest = versions[0].number if versions else 0
    one = request.args.get("one", max(newest - 1, 1), type=int)
    other = request.args.get("other", newest, type=int)
    if versions and not {one, other} <= numbered.keys():
        queries.policy_numbered(actor().clinic_id, one if one not in numbered else other)
    pair = [queries.numbers_of(numbered[number].thresholds) for number in (one, other) if number in numbered]
    rows = list(compared(*pair)) if len(pair) == 2 else []
    return render_template("compliance/compare.html", policies=versions, one=one, other=other, rows=rows)


@blueprint.route("/policies/new", methods=["GET", "POST"])
@requires("policies.draft")
def new_policy() -> ResponseReturnValue:
    last = next(iter(queries.policies_of(actor().clinic_id)), None)
    form = PolicyForm.showing(queries.numbers_of(last.thresholds) if last else PolicyNumbers())
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=actor(), now=utc_now(), act=lambda: _drafted(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("compliance/new_policy.html", form=form), form.status


@blueprint.get("/policies/drafts/<uuid:draft_id>")
@requires("policies.view")
def draft(draft_id: UUID) -> ResponseReturnValue:
    return _draft_page(draft_id, ApproveForm(formdata=None), WithdrawForm(formdata=None))


@blueprint.post("/policies/drafts/<uuid:draft_id>/approve")
@requires("policies.approve")
@begins_reading
def approve(draft_id: UUID) -> ResponseReturnValue:
    found, form = queries.draft_of(actor().clinic_id, draft_id), ApproveForm()
    if form.validate_on_submit():

        def approved(by: Signer, now: datetime) -> Answer:
            policy = drafting.approve_draft(found, by, now)
            page = url_for("compliance.policy", number=policy.number)
            return Answer(f"Policy version {policy.number} is published.", page)

        answer = answer_signed(form, {"draft": draft_id}, approved)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _draft_page(draft_id, form, WithdrawForm(formdata=None))


@blueprint.post("/policies/drafts/<uuid:draft_id>/withdraw")
@requires("policies.draft")
def withdraw(draft_id: UUID) -> ResponseReturnValue:
    found, form = queries.draft_of(actor().clinic_id, draft_id), WithdrawForm()
    if form.validate_on_submit():

        def withdrawn() -> Answer:
            drafting.withdraw_draft(found, form.reason.data, actor(), utc_now())
            return Answer("The draft is set aside.", url_for("compliance.policies"))

        content = {**form.content, "draft": draft_id}
        answer = answer_once(form.event, content, by=actor(), now=utc_now(), act=withdrawn)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _draft_page(draft_id, ApproveForm(formdata=None), form)


def _draft_page(draft_id: UUID, approve_form: ApproveForm, withdraw_form: WithdrawForm) -> ResponseReturnValue:
    by = actor()
    found = queries.draft_of(by.clinic_id, draft_id)
    based = queries.policy_numbered(by.clinic_id, found.based_on) if found.based_on else None
    earlier = queries.numbers_of(based.thresholds) if based else None
    numbers = list(compared(queries.numbers_of(found.thresholds), earlier))
    page = render_template(
        "compliance/draft.html",
        draft=found,
        numbers=numbers,
        waiting=found.state is DraftState.WAITING,
        is_author=found.drafted_by_id == by.id,
        approve_form=approve_form,
        withdraw_form=withdraw_form,
        signatures=_signatures_of(found),
    )
    return page, max(approve_form.status, withdraw_form.status)


def _signatures_of(draft: PolicyDraft) -> Sequence[Shown]:
    policy = queries.policy_of(draft)
    return signatures_of(policy.clinic_id, {policy.id: content_of(policy)}).get(policy.id, ()) if policy else ()


def _drafted(form: PolicyForm) -> Answer:
    numbers = operations.read_numbers(form.numbers)
    made = drafting.draft_policy(numbers, form.reason.data, actor(), utc_now(), in_force_on=form.in_force_on.data)
    return Answer("The draft waits for a second person to approve it.", url_for("compliance.draft", draft_id=made.id))
