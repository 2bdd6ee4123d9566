"""The record, newest first, and the proof that it is whole."""

import json
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit import queries
from inventory.audit.models import AuditEntry
from inventory.web.access import actor, requires
from inventory.web.forms import Form

blueprint = Blueprint("audit", __name__)
PAGE = 50


@blueprint.get("/audit")
@requires("audit.view")
def index() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    entries = queries.page_of(actor().clinic_id, before=before, limit=PAGE)
    older = url_for("audit.index", before=entries[-1].seq) if len(entries) == PAGE else ""
    return render_template("audit/index.html", entries=[_shown(entry) for entry in entries], older=older, form=Form())


@blueprint.get("/audit/of/<uuid:subject_id>")
@requires("audit.view")
def subject(subject_id: UUID) -> ResponseReturnValue:
    entries = queries.entries_of(actor().clinic_id, subject_id)
    return render_template("audit/subject.html", entries=[_shown(entry) for entry in entries])


@blueprint.post("/audit/verify")
@requires("audit.view")
def verify() -> ResponseReturnValue:
    if not Form().validate_on_submit():
        return render_template("audit/verify.html", found=None), 422
    return render_template("audit/verify.html", found=queries.verify(actor().clinic_id))


def _shown(entry: AuditEntry) -> dict[str, object]:
    """One entry as the page shows it: every changed field with its old and new value."""
    record = json.loads(entry.record)
    fields = [
        (f"{row['kind']}.{name}", old, new)
        for row in record["changes"]
        for name, (old, new) in row["fields"].items()
        if name not in ("id", "clinic_id")
    ]
    return {"entry": entry, "fields": fields, "facts": list(record["facts"].items())}
