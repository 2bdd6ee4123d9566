"""How a phone comes to trust a server that makes its own certificates (`sterilog serve --lan`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from inventory.web.access import PUBLIC, SAFE_METHODS, requires
from labels.svg import drawing

CERTIFICATE_TYPE = "application/x-x509-ca-cert"
"""What makes phones and browsers offer to install it."""
blueprint = Blueprint("trust", __name__)


@dataclass(frozen=True)
class Trust:
    """What a phone has to know. The setting TRUST holds it while the server makes its own certificates."""

    certificate: bytes
    """The authority's, PEM: the one form that every system takes."""
    fingerprint: str
    open_at: str
    """The address to work at, https."""
    also_at: tuple[str, ...]
    trust_at: str
    """The address of the page of this module by plain HTTP, for phones that do not trust it yet."""


def trust() -> Trust | None:
    found: Trust | None = current_app.config.get("TRUST")
    return found


@blueprint.app_context_processor
def _link() -> dict[str, str | None]:
    return {"trust_url": url_for("trust.page") if trust() else None}


@blueprint.get("/trust")
@requires(PUBLIC)
def page() -> ResponseReturnValue:
    """For everybody: a phone must read it before it can sign in."""
    found = trust()
    return render_template("trust/page.html", trust=found, code=drawing(found.trust_at) if found else None)


@blueprint.get("/trust/ca.crt")
@requires(PUBLIC)
def certificate() -> ResponseReturnValue:
    found = trust()
    if found is None:
        abort(404)
    headers = {"Content-Disposition": 'attachment; filename="sterilog-ca.crt"'}
    return Response(found.certificate, mimetype=CERTIFICATE_TYPE, headers=headers)


def only_trust(app: Flask, hosts: Iterable[str], open_at: str) -> WSGIApplication:
    """By plain HTTP: the pages of this module with their style, never a cookie; all else leads to HTTPS.

    A host that is none of `hosts` is not repeated in an answer. Nothing is moved for good: a browser keeps that, and
    the server may be served otherwise tomorrow.
    """
    trusted = list(hosts)
    with app.test_request_context():
        shown = {url_for("trust.page"), url_for("trust.certificate")}

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        fixed = request.path in shown or request.path.startswith(f"{app.static_url_path}/")
        if request.method in SAFE_METHODS and fixed:
            environ.pop("HTTP_COOKIE", None)
            response = Response.from_app(app, environ)
            response.headers.remove("Set-Cookie")
            return response(environ, start_response)
        return redirect(_secure(request, trusted, open_at), 303)(environ, start_response)

    return answer


def _secure(request: Request, trusted: list[str], open_at: str) -> str:
    """The address asked for, by HTTPS."""
    base = urlsplit(open_at)
    asked = request.environ.get("HTTP_HOST", "")
    host = urlsplit(f"//{asked}").hostname if host_is_trusted(asked, trusted) else base.hostname
    return f"https://{host}:{base.port}{request.full_path.removesuffix('?')}"
