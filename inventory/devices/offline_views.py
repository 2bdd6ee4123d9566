"""What a browser needs to go on without network: a page for it, the worker that shows it, the manifest."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import json, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from inventory.devices.blueprint import blueprint
from inventory.sessions.forms import CloseForm, CountForm, EventForm, RegionForm, ScanForm
from inventory.web.access import PUBLIC, actor, requires
from inventory.web.forms import Form, choices

STATIC = Path(__file__).parents[1] / "static"
LINKED = ("app.css", "print.css", "mark.svg", "icons.svg", "js/app.js", "js/room.js")
"""Our files that the page links to, by an address with their version in it."""
ICON_SIZES = (192, 512)


@blueprint.get("/devices/room")
@requires(PUBLIC)
def room() -> ResponseReturnValue:
    """A running session without network. The same for everybody, so that a device may keep it: it names nobody."""
    region = RegionForm(formdata=None)
    region.region.choices = choices([])
    return render_template(
        "devices/room.html",
        scan_form=ScanForm(formdata=None),
        count_form=CountForm(formdata=None),
        close_form=CloseForm(formdata=None),
        event_form=EventForm(formdata=None),
        region_form=region,
        plain_form=Form(formdata=None),
        **_nobody(),
    )


@blueprint.get("/sw.js")
@requires(PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker. Its text changes with any file it keeps, so that browsers fetch them anew."""
    known = {"version": _version(), "room": url_for("devices.room"), "files": _files()}
    module = url_for("static", filename="js/worker.js")
    text = f'import {{ serve }} from "{module}";\nserve({json.dumps(known, indent=1)});\n'
    return Response(text, mimetype="text/javascript")


@blueprint.get("/manifest.webmanifest")
@requires(PUBLIC)
def manifest() -> ResponseReturnValue:
    icons = [
        {"src": url_for("static", filename=f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    said = {
        "name": "Sterilog",
        "short_name": "Sterilog",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1f2760",
        "icons": icons,
    }
    return Response(json.dumps(said), mimetype="application/manifest+json")


@blueprint.get("/devices/sync")
@requires("sessions.work")
def reached() -> ResponseReturnValue:
    """Asked before a batch is sent: whether the server can be reached, who is at work, and the token to send with."""
    return jsonify({"csrf": generate_csrf(), "person": actor().name})


def _nobody() -> dict[str, object]:
    """What every page shows of the person at work, without one."""
    return {
        "person": None,
        "navigation": (),
        "other_clinics": (),
        "lock_after_minutes": None,
        "trust_url": None,
        "csrf_token": lambda: "",
    }


def _files() -> list[str]:
    modules = sorted(f"js/{path.name}" for path in (STATIC / "js").glob("*.js"))
    vendored = ("bootstrap", "htmx", "atkinson", "idb")
    listed = json.loads((STATIC / "vendor.json").read_text())
    plain = [*modules, *(listed[name]["file"] for name in vendored)]
    versioned = [f"{url_for('static', filename=name)}?v={_digest(name)[:12]}" for name in LINKED]
    return versioned + [url_for("static", filename=name) for name in plain]


@cache
def _digest(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()


def _version() -> str:
    parts = [_digest(str(path.relative_to(STATIC))) for path in sorted(STATIC.rglob("*.*")) if path.is_file()]
    return sha256("".join([*parts, request.script_root]).encode()).hexdigest()[:16]
