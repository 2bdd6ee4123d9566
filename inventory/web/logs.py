"""One application log line per request, as JSON on standard error, without personal data.

Written through the standard library, so that a handler of the clinic's own can take the lines from the logger
`sterilog.requests`, and so that a full disk behind standard error never fails a request.
"""

import logging
import time
from uuid import uuid4

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

REQUESTS = "sterilog.requests"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger(REQUESTS),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def init_app(app: Flask) -> None:
    if not app.config.get("REQUEST_LOG", True):
        return
    requests = logging.getLogger(REQUESTS)
    requests.setLevel(logging.INFO)
    requests.propagate = False
    if not requests.handlers:
        requests.addHandler(logging.StreamHandler())
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    g.request_id = uuid4().hex[:16]
    g.began = time.perf_counter_ns()


def _finish(response: Response) -> Response:
    """The route's pattern, never its values: a path may hold a code, a query a search word, a method anything."""
    log.info(
        "request",
        request=g.get("request_id"),
        method=request.method if request.method in METHODS else "other",
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=(time.perf_counter_ns() - g.began) // 1_000_000 if "began" in g else None,
    )
    return response
