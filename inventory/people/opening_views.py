"""What an auditor opens is itself in the record: one entry a page or file.

The one write that follows a GET. It stands in a transaction of its own, after the page was made and before its first
byte is sent: where it fails, nothing is shown. What is refused or not there was not opened.
"""

from urllib.parse import urlencode

from flask import Flask, Response, g, request

from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations
from inventory.people.actors import PersonAtWork
from inventory.people.models import Role
from inventory.web.access import PUBLIC, permission_of

UNNAMED = ("text",)
"""What may hold whatever somebody typed or scanned: an entry of the record stays for ever, so it stays out."""
LONGEST = 500


def init_app(app: Flask) -> None:
    app.after_request(_noted)


def _noted(response: Response) -> Response:
    by: PersonAtWork | None = g.get("actor")
    endpoint = request.endpoint or "static"
    if by is None or by.role is not Role.AUDITOR or response.status_code != 200:
        return response
    if endpoint == "static" or permission_of(endpoint) == PUBLIC:
        return response
    db.session.rollback()
    begin_write()
    operations.opened_page(by, by.membership_id, endpoint, _address(), utc_now())
    db.session.commit()
    return response


def _address() -> str:
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in UNNAMED]
    return f"{request.path}?{urlencode(asked)}"[:LONGEST] if asked else request.path
