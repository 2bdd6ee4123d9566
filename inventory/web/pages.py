"""Rendering: navigation, filters, error pages, and the answer to a form."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, flash, g, json, redirect, render_template, request, url_for
from flask.templating import Environment
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from inventory.clock import in_zone
from inventory.errors import DomainError
from inventory.web.access import SignedIn, is_locked
from inventory.web.navigation import NAVIGATION
from labels.codes import grouped

VERSION = version("sterilog")
PACKAGE = Path(__file__).parent.parent
SENTENCES: Mapping[int, str] = {
    400: "The request could not be read. Go back, open the page again and repeat the step.",
    401: "You were signed out. Sign in again; nothing of this step was saved.",
    403: "Your role does not include this. Ask an administrator of your clinic if it should.",
    404: "There is nothing here in your clinic. Check the code or the address, or search from the start page.",
    405: "This address cannot be opened directly. Go back to the page you came from.",
    413: "That was too much data at once. Send a smaller file or fewer lines.",
    429: "Too many tries. Wait a minute and try again.",
    500: "Something went wrong on our side. Nothing was saved. Try again, then tell your administrator.",
    503: "The database is busy or full. Nothing was saved. Wait a moment and try again.",
}


class Answered(Protocol):
    @property
    def message(self) -> str: ...
    @property
    def location(self) -> str: ...


@dataclass(frozen=True)
class NavigationItem:
    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Vendored:
    url: str
    integrity: str


class Templates(Environment):
    """Flask's, with the names that every template knows in one dictionary: a chain of two is searched slowly."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def template_folder() -> str:
    """`templates/` inside an installed wheel, else the checkout's top-level folder."""
    packaged = PACKAGE / "templates"
    return str(packaged if packaged.is_dir() else PACKAGE.parent / "templates")


def go(answer: Answered) -> Response:
    """Show the answer's message on the page it leads to."""
    if answer.message:
        flash(answer.message, "ok")
    return redirect(answer.location, 303)


def error_page(status: int, sentence: str) -> tuple[str, int]:
    return render_template("errors/error.html", status=status, sentence=sentence), status


def init_app(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=moment,
        moment_with_zone=moment_with_zone,
        hour=hour,
        day=day,
        words=said,
        number=number,
        tenths=tenths,
        use_by=use_by,
        grouped=grouped,
    )
    vendored = json.loads((PACKAGE / "static" / "vendor.json").read_text())
    app.jinja_env.globals["vendor"] = _vendor(vendored)
    app.jinja_env.globals["static_file"] = _static_file(app)
    app.context_processor(lambda: _shared(app))
    app.register_error_handler(DomainError, lambda error: error_page(error.status, error.sentence))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, lambda error: _unexpected(app, error))


def use_by(value: date) -> str:
    """A pack's last day, or what is said where it has none."""
    return "until opened or damaged" if value == date.max else day(value)


def tenths(value: int) -> str:
    """`1345` kept in tenths as `134.5`."""
    return f"{value // 10}.{value % 10}"


def moment(value: datetime | str | None) -> str:
    """`23 Nov 2026, 14:05` in the clinic's zone; the month is a word so that day and month cannot be confused."""
    person: SignedIn | None = g.get("actor")
    if value is None:
        return "-"
    stored = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = stored.astimezone(ZoneInfo(person.time_zone if person else "UTC"))
    return f"{local.day} {local:%b %Y, %H:%M}"


def moment_with_zone(value: datetime) -> str:
    person: SignedIn | None = g.get("actor")
    return in_zone(value, person.time_zone if person else "UTC")


def hour(value: datetime | None) -> str:
    """`14:05` in the clinic's zone, where the day stands beside it."""
    return "-" if value is None else moment(value).rpartition(" ")[2]


def day(value: date | None) -> str:
    return "-" if value is None else f"{value.day} {value:%b %Y}"


def said(value: StrEnum | str) -> str:
    """`out_of_service` as it is said: 'out of service'."""
    return str(value).replace("_", " ")


def number(value: int) -> str:
    """Thousands set apart by a narrow space: 1 200."""
    return f"{value:,}".replace(",", "\u202f")


def _shared(app: Flask) -> dict[str, object]:
    person: SignedIn | None = None if is_locked() else g.get("actor")
    return {
        # Asked for by whole pages only: the answer to a scan shows none.
        "menu": lambda: _menu(person) if person else [],
        "person": person,
        "demo": app.config["DEMO"],
        "version": VERSION,
        "other_clinics": g.get("other_clinics", ()),
        "sign_out_url": "/sign-out",
        "lock_after_minutes": app.config["LOCK_MINUTES"] if person and g.get("shared") else None,
    }


def _menu(person: SignedIn) -> list[tuple[str, list[NavigationItem]]]:
    """The groups in which the person may open something, each with its label."""
    endpoint = request.endpoint or ""
    groups = (
        (
            group.label,
            [
                NavigationItem(entry.label, url_for(entry.endpoint), entry.icon, entry.endpoint == endpoint)
                for entry in group.entries
                if person.may(entry.permission)
            ],
        )
        for group in NAVIGATION
    )
    return [(label, items) for label, items in groups if items]


def _vendor(listed: Mapping[str, Mapping[str, str]]) -> object:
    def vendor(name: str) -> Vendored:
        return Vendored(url_for("static", filename=listed[name]["file"]), listed[name]["integrity"])

    return vendor


def _static_file(app: Flask) -> Callable[[str], str]:
    """The address of one of our own static files, changing with its content so that it can be cached for ever."""
    addresses: dict[str, str] = {}

    def static_file(name: str) -> str:
        if name not in addresses:
            version = sha256((PACKAGE / "static" / name).read_bytes()).hexdigest()[:12]
            addresses[name] = f"{app.static_url_path}/{name}?v={version}"
        return request.script_root + addresses[name]

    return static_file


def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    status = error.code or 500
    # A host that is not trusted has no addresses, so no page of ours can be made for it.
    if error.response is not None or status < 400 or isinstance(error, SecurityError):
        return error.get_response()
    plain = status in (400, 401, 403) and error.description and error.description != type(error).description
    return error_page(status, str(error.description) if plain else SENTENCES.get(status, SENTENCES[400]))


def _database_error(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    return (*error_page(503, SENTENCES[503]), {"Retry-After": "5"})


def _unexpected(app: Flask, error: Exception) -> tuple[str, int]:
    if app.testing or app.debug:
        raise error
    app.logger.exception("unexpected error")
    return error_page(500, SENTENCES[500])
