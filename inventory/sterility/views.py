"""The sterility log on the screen and its export."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import Invalid
from inventory.sterility import exposed_views, operations, queries, recall_views, trace_views
from inventory.sterility.blueprint import blueprint
from inventory.sterility.filters import LogFilter
from inventory.sterility.forms import filter_form
from inventory.sterility.models import Export
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import streamed
from inventory.web.forms import Form

__all__ = ["blueprint", "exposed_views", "recall_views", "trace_views"]
NOTHING = queries.LogPage((), None)


class FilterUnusable(Invalid):
    def __init__(self) -> None:
        super().__init__("Nothing was exported: the filter is not right. Open the log, correct it and export again.")


@blueprint.get("/log")
@requires("sterility.view")
def index() -> ResponseReturnValue:
    by = actor()
    form = filter_form(by.clinic_id)
    right = form.validate()
    older = request.args.get("older")
    page = queries.page_of_log(by.clinic_id, by.time_zone, form.wanted(), older=older) if right else NOTHING
    asked = form.asked() if right else {}
    return render_template(
        "sterility/index.html",
        form=form,
        rows=page.rows,
        older=_address("sterility.index", {**asked, "older": page.older}) if page.older else "",
        export=Form(),
        export_address=_address("sterility.export", asked),
    ), 200 if right else 422


@blueprint.post("/log/exports")
@requires("sterility.export")
def export() -> ResponseReturnValue:
    """The whole filtered log as CSV. The request is recorded before the first byte, the checksum after the last."""
    by, form = actor(), filter_form(actor().clinic_id)
    if not (form.validate() and Form().validate_on_submit()):
        raise FilterUnusable
    begun = operations.begin_export(form.wanted(), by, utc_now())
    name = f"sterility-log-{begun.id.hex[-8:]}.csv"
    db.session.commit()
    return streamed(stream_with_context(_streamed(begun.id, by, form.wanted())), name, "text/csv; charset=utf-8")


@blueprint.get("/log/exports")
@requires("sterility.view")
def exports() -> ResponseReturnValue:
    return render_template("sterility/exports.html", exports=queries.exports_of(actor().clinic_id))


def _address(endpoint: str, asked: Mapping[str, str]) -> str:
    """Not by keywords of `url_for`: some names mean something to it, and the address is anybody's to write."""
    return f"{url_for(endpoint)}?{urlencode(asked)}" if asked else url_for(endpoint)


def _streamed(export_id: UUID, by: SignedIn, wanted: LogFilter) -> Iterator[bytes]:
    written = operations.write_log(wanted, by)
    yield from written
    db.session.rollback()
    begin_write()
    operations.finish_export(db.session.get_one(Export, export_id), written, by, utc_now())
    db.session.commit()
