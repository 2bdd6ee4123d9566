"""One application log line per request, as JSON on standard error, without personal data."""

import sys
import time
from uuid import uuid4

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

log = structlog.get_logger("sterilog")


def init_app(app: Flask) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    if app.config.get("REQUEST_LOG", True):
        app.before_request(_begin)
        app.after_request(_finish)


def _begin() -> None:
    g.request_id = uuid4().hex[:16]
    g.began = time.perf_counter_ns()


def _finish(response: Response) -> Response:
    """The route's pattern, never its values: a path may hold a code, a query a search word."""
    log.info(
        "request",
        request=g.get("request_id"),
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=(time.perf_counter_ns() - g.began) // 1_000_000 if "began" in g else None,
    )
    return response
