"""The clinic's policy versions, to read."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inventory.compliance import queries
from inventory.web.access import actor, requires

blueprint = Blueprint("compliance", __name__)


@blueprint.get("/policies")
@requires("policies.view")
def policies() -> ResponseReturnValue:
    return render_template("compliance/policies.html", policies=queries.policies_of(actor().clinic_id))


@blueprint.get("/policies/<int:number>")
@requires("policies.view")
def policy(number: int) -> ResponseReturnValue:
    found = queries.policy_numbered(actor().clinic_id, number)
    numbers = [
        (name.replace("_", " "), _said(value)) for name, value in queries.thresholds_of(found).as_mapping().items()
    ]
    return render_template("compliance/policy.html", policy=found, numbers=numbers)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ", ".join(f"{name} {distance}" for name, distance in value.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
