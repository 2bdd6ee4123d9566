"""Headers of every answer."""

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}

LOCAL_NAMES = frozenset({"local", "localhost", "internal", "arpa", "lan", "home"})
"""Top-level names that no site on the internet has (RFC 6761, 6762, 8375), and two that routers give."""


def init_app(app: Flask) -> None:
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if request.is_secure and _is_public(request.environ.get("HTTP_HOST", "")):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["Cache-Control"] = _kept()
    return response


def _is_public(host: str) -> bool:
    """A name of the internet. A local one is served with the clinic's own certificate: a browser told to insist on it
    has no way past a warning when that is made anew, nor to the plain page that explains it, on whatever port.
    """
    name = host.rpartition(":")[0] or host
    top = name.rpartition(".")[2]
    return "." in name and not top.isdigit() and top.lower() not in LOCAL_NAMES


def _kept() -> str:
    """How long a browser may keep the answer. Modules import each other without a version: those it asks for again,
    by their ETag. Folders of vendored files are named after their version.
    """
    if request.endpoint != "static":
        return "no-store"
    named = (request.view_args or {}).get("filename", "")
    if "v" in request.args or named.startswith("vendor/"):
        return "public, max-age=31536000, immutable"
    return "no-cache"
