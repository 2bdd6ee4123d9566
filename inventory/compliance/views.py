"""The clinic's policy versions: read by many, superseded by an administrator, edited by nobody."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.compliance import operations, queries
from inventory.compliance.facts import Thresholds
from inventory.compliance.forms import PolicyForm
from inventory.compliance.wording import said_thresholds
from inventory.db import db
from inventory.web.access import actor, requires
from inventory.web.pages import go

blueprint = Blueprint("compliance", __name__)


@blueprint.get("/policies")
@requires("policies.view")
def policies() -> ResponseReturnValue:
    versions = queries.policies_of(actor().clinic_id)
    now = utc_now()
    in_force = next((version.number for version in versions if version.in_force_from <= now), 0)
    return render_template("compliance/policies.html", policies=versions, in_force=in_force)


@blueprint.get("/policies/<int(max=1000000):number>")
@requires("policies.view")
def policy(number: int) -> ResponseReturnValue:
    found = queries.policy_numbered(actor().clinic_id, number)
    earlier = queries.thresholds_of(queries.policy_numbered(actor().clinic_id, number - 1)) if number > 1 else None
    numbers = said_thresholds(queries.thresholds_of(found), earlier)
    return render_template("compliance/policy.html", policy=found, numbers=list(numbers))


# Whoever manages people publishes policies: the same role holds both.
@blueprint.route("/policies/new", methods=["GET", "POST"])
@requires("policies.publish")
def new_policy() -> ResponseReturnValue:
    last = next(iter(queries.policies_of(actor().clinic_id)), None)
    form = PolicyForm.showing(queries.thresholds_of(last) if last else Thresholds())
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=actor(), now=utc_now(), act=lambda: _published(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("compliance/new_policy.html", form=form), form.status


def _published(form: PolicyForm) -> Answer:
    thresholds = operations.read_thresholds(form.numbers)
    policy = operations.publish_policy(thresholds, form.reason.data, actor(), utc_now())
    page = url_for("compliance.policy", number=policy.number)
    return Answer(f"Policy version {policy.number} is in force.", page)
