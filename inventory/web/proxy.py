"""Behind a reverse proxy: whom to believe about who asks, and whether by HTTPS."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask) -> None:
    """Off unless PROXY_HOPS says how many proxies there are: without one, anybody could write these headers.

    X-Forwarded-For and X-Forwarded-Proto only. The host is the request's own Host, which Caddy keeps and nginx keeps if
    told to; a second header for it would be one more that a proxy may forget to overwrite.
    """
    hops = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
