"""The sterility log on the screen, as events or as sessions."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.sterility import export_views, exposed_views, kept_views, queries, recall_views, trace_views
from inventory.sterility.blueprint import blueprint
from inventory.sterility.filters import Shape
from inventory.sterility.forms import ExportForm, KeepForm, filter_form
from inventory.sterility.log_queries import LogPage, page_of_log
from inventory.sterility.models import SavedView
from inventory.web.access import actor, requires
from inventory.web.forms import Form

__all__ = ["blueprint", "export_views", "exposed_views", "kept_views", "recall_views", "trace_views"]
NOTHING = LogPage((), None)
SEES_WHOM = "sessions.work"
"""The permission with which a session's patient is seen anywhere."""


@blueprint.get("/log")
@requires("sterility.view")
def index() -> ResponseReturnValue:
    by, older = actor(), request.args.get("older")
    form = filter_form(by.clinic_id)
    right = form.validate()
    shape = form.wanted_shape if right else Shape.EVENTS
    names = by.may(SEES_WHOM)
    page = (
        page_of_log(by.clinic_id, by.time_zone, form.wanted(), shape=shape, with_references=names, older=older)
        if right
        else NOTHING
    )
    asked = form.asked() if right else {}
    return render_template(
        "sterility/index.html",
        form=form,
        rows=page.rows,
        shape=shape,
        names=names,
        narrowed=bool(set(asked) - {"shape"}),
        shapes=[(each, _address("sterility.index", _shaped(asked, each))) for each in Shape],
        older=_address("sterility.index", {**asked, "older": page.older}) if page.older else "",
        newest=_address("sterility.index", asked) if older else "",
        export=ExportForm(),
        export_address=_address("sterility.export", asked),
        views=[(view, f"{url_for('sterility.index')}?{view.asked}") for view in _views()],
        keep=KeepForm(),
        keep_address=_address("sterility.keep_view", asked),
        remove=Form(),
    ), 200 if right else 422


def _views() -> list[SavedView]:
    return list(queries.views_for(actor().clinic_id, actor().membership_id))


def _shaped(asked: Mapping[str, str], shape: Shape) -> dict[str, str]:
    rest = {name: value for name, value in asked.items() if name != "shape"}
    return rest if shape is Shape.EVENTS else {**rest, "shape": shape.value}


def _address(endpoint: str, asked: Mapping[str, str]) -> str:
    """Not by keywords of `url_for`: some names mean something to it, and the address is anybody's to write."""
    return f"{url_for(endpoint)}?{urlencode(asked)}" if asked else url_for(endpoint)
