"""The record, newest first, and the proof that it is whole."""

import json
from collections.abc import Sequence
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit import proof_views, queries, witness_views
from inventory.audit.blueprint import blueprint
from inventory.audit.models import AuditEntry
from inventory.web.access import actor, begins_reading, requires
from inventory.web.forms import Form

__all__ = ["blueprint", "proof_views", "witness_views"]
PAGE = 50
MOST = 2**31 - 1


@blueprint.get("/audit")
@requires("audit.view")
def index() -> ResponseReturnValue:
    entries = queries.page_of(actor().clinic_id, before=_before(), limit=PAGE)
    return render_template("audit/index.html", form=Form(), **_page(entries, url_for("audit.index")))


@blueprint.get("/audit/of/<uuid:subject_id>")
@requires("audit.view")
def subject(subject_id: UUID) -> ResponseReturnValue:
    entries = queries.entries_of(actor().clinic_id, subject_id, PAGE, before=_before())
    return render_template(
        "audit/subject.html",
        form=Form(),
        subject_id=subject_id,
        **_page(entries, url_for("audit.subject", subject_id=subject_id)),
    )


@blueprint.post("/audit/verify")
@requires("audit.view")
@begins_reading
def verify() -> ResponseReturnValue:
    """Changes nothing, so it does not hold the write lock for the seconds a long chain takes."""
    if not Form().validate_on_submit():
        return render_template("audit/verify.html", found=None), 422
    return render_template("audit/verify.html", found=queries.verify(actor().clinic_id))


def _before() -> int | None:
    """The sequence number that the page ends above; None for the newest page and for anything unusable."""
    asked = request.args.get("before", type=int)
    return asked if asked is not None and 0 <= asked <= MOST else None


def _page(entries: Sequence[AuditEntry], address: str) -> dict[str, object]:
    return {
        "entries": [_shown(entry) for entry in entries],
        "older": f"{address}?before={entries[-1].seq}" if len(entries) == PAGE else "",
        "newest": address if _before() is not None else "",
    }


def _shown(entry: AuditEntry) -> dict[str, object]:
    """One entry as the page shows it: the code that devices show of it, every changed field with old and new value."""
    record = json.loads(entry.record)
    fields = [
        (f"{row['kind']}.{name}", old, new)
        for row in record["changes"]
        for name, (old, new) in row["fields"].items()
        if name not in ("id", "clinic_id")
    ]
    digest = entry.hash.hex()
    code = "-".join((digest[:4], digest[4:8], digest[8:12]))
    return {"entry": entry, "code": code, "fields": fields, "facts": list(record["facts"].items())}
