"""Answers that are files."""

from collections.abc import Iterable

from flask import Response

VIEWED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def streamed(chunks: Iterable[bytes], filename: str, mimetype: str) -> Response:
    """A file sent piece by piece as an attachment named `filename` (plain ASCII, made by us)."""
    response = Response(chunks, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def shown(body: bytes, filename: str, mimetype: str) -> Response:
    """A file the browser may show itself, such as a PDF: its viewer sets itself up with inline style."""
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.headers["Content-Security-Policy"] = VIEWED
    return response
