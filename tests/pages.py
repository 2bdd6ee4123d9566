"""A test client that checks every page it fetches, and finds things by what people and scanners go by."""

import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from inventory.db import db

MOST_STATEMENTS = 30
CONTROLS = ("input", "select", "textarea")


@dataclass
class Page:
    """One fetched page. `statements` is how many SQL statements it took."""

    url: str
    status: int
    root: Element
    statements: int
    client: "PageClient" = field(repr=False)

    @property
    def h1(self) -> str:
        return words(self.one("h1"))

    @property
    def main(self) -> str:
        return words(self.one("main"))

    def all(self, tag: str, **attributes: str | None) -> list[Element]:
        """Elements by tag and attributes (`data_x` for data-x; None: present); `text` for their words."""
        wanted = attributes.pop("text", None)
        return [
            found
            for found in self.root.iter(tag if tag != "*" else None)
            if isinstance(found.tag, str)
            and all(_has(found, name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
            and (wanted is None or words(found) == wanted)
        ]

    def one(self, tag: str, **attributes: str | None) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} x <{tag} {attributes}> on {self.url}, not one"
        return found[0]

    def has(self, tag: str, **attributes: str | None) -> bool:
        return bool(self.all(tag, **attributes))

    def rows(self) -> list[list[str]]:
        """The words of every table row in every table body."""
        return [
            [words(cell) for cell in row.iter() if cell.tag in ("td", "th")]
            for body in self.all("tbody")
            for row in body.iter("tr")
        ]

    @property
    def messages(self) -> list[str]:
        """Flashed messages and verdicts: whatever is announced."""
        return [words(found) for role in ("status", "alert") for found in self.all("*", role=role) if words(found)]

    def control(self, label: str) -> Element:
        """The form control labelled `label` (its visible text or aria-label)."""
        for control in self._controls():
            if self._label_of(control).removesuffix("*").strip().lower() == label.lower():
                return control
        raise AssertionError(
            f"no control labelled {label!r} on {self.url}: {[self._label_of(c) for c in self._controls()]}"
        )

    def errors(self) -> list[str]:
        """Sentences of the error summary."""
        return [words(item) for summary in self.all("div", data_error_summary=None) for item in summary.iter("li")]

    def follow(self, link: str) -> "Page":
        return self.client.open(self.one("a", text=link).get("href", ""))

    def submit(self, button: str, /, status: int | None = None, **values: object) -> "Page":
        """Fill the form that holds the button named `button` by field names, send it, follow the redirect.

        A file is a pair of its stream and its name.
        """
        form, pressed = self._form_with(button)
        data = self._sent(form)
        if pressed.get("name"):
            data[pressed.get("name", "")] = pressed.get("value", "")
        data |= {name: value if isinstance(value, list | tuple) else str(value) for name, value in values.items()}
        url = urljoin(self.url, pressed.get("formaction") or form.get("action") or self.url)
        if (form.get("method") or "get").lower() == "get":
            return self.client.open(url, query=data, status=status or 200)
        return self.client.post(url, data, status=status)

    def _form_with(self, button: str) -> tuple[Element, Element]:
        for form in self.all("form"):
            for pressed in form.iter():
                if pressed.tag == "button" and button in (words(pressed), pressed.get("aria-label")):
                    return form, pressed
        raise AssertionError(f"no form with a button {button!r} on {self.url}")

    def _sent(self, form: Element) -> dict[str, object]:
        """What a browser sends: a list where a name stands for several values."""
        sent: dict[str, object] = {}
        for name, value in self._filled_in(form):
            earlier = sent.get(name, [])
            sent[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value] if name in sent else value
        return sent

    def _filled_in(self, form: Element) -> Iterator[tuple[str, str]]:
        for control in form.iter():
            name = control.get("name") if control.tag in CONTROLS else None
            if not name:
                continue
            if control.tag == "select":
                chosen = [o for o in control.iter("option") if "selected" in o.attrib] or list(control.iter("option"))[
                    :1
                ]
                yield from ((name, option.get("value", words(option))) for option in chosen)
            elif control.tag == "textarea":
                yield name, control.text or ""
            elif control.get("type") not in ("checkbox", "radio", "submit") or "checked" in control.attrib:
                yield name, control.get("value", "on" if control.get("type") == "checkbox" else "")

    def _controls(self) -> list[Element]:
        return [
            found
            for tag in CONTROLS
            for found in self.root.iter(tag)
            if found.get("type") not in ("hidden", "submit", "button")
        ]

    def _label_of(self, control: Element) -> str:
        if control.get("aria-label"):
            return control.get("aria-label", "")
        for label in self.root.iter("label"):
            if label.get("for") and label.get("for") == control.get("id"):
                return words(label)
            if control in list(label.iter()):
                return words(label)
        named = control.get("aria-labelledby")
        return " ".join(words(self.one("*", id=part)) for part in named.split()) if named else ""

    def check(self) -> None:
        """What must hold for every page, whatever it is about."""
        assert len(self.all("h1")) == 1, f"{self.url} has {len(self.all('h1'))} h1"
        assert words(self.one("title")), f"{self.url} has no title"
        ids = [found.get("id") for found in self.root.iter() if isinstance(found.tag, str) and found.get("id")]
        assert len(ids) == len(set(ids)), f"{self.url} repeats ids: {sorted({i for i in ids if ids.count(i) > 1})}"
        for control in self._controls():
            assert self._label_of(control), f"{self.url} has an unlabelled {control.tag} {control.attrib}"
        for form in self.all("form"):
            if (form.get("method") or "get").lower() == "post":
                names = [control.get("name") for control in form.iter("input")]
                assert "csrf_token" in names, f"{self.url} has a form without CSRF token: {form.attrib}"
        for found in self.root.iter():
            if isinstance(found.tag, str):
                self._check_element(found)

    def _check_element(self, found: Element) -> None:
        assert "style" not in found.attrib and found.tag != "style", f"{self.url} has inline style: {found.tag}"
        assert not any(name.startswith("on") for name in found.attrib), f"{self.url} has an inline handler"
        assert found.tag != "script" or found.get("src"), f"{self.url} has an inline script"
        for name in ("src", "href", "action"):
            host = urlsplit(found.get(name) or "").netloc
            assert host in ("", "sterilog.example"), f"{self.url} leads to a foreign host: {found.get(name)}"


class PageClient:
    """A browser without script, for one signed-in person (or nobody)."""

    def __init__(self, app: Flask, http: FlaskClient) -> None:
        self.app = app
        self.http = http

    def open(self, url: str, *, status: int = 200, query: object = None) -> Page:
        page = self._fetched(lambda: self.http.get(url, query_string=query, follow_redirects=True, buffered=True))
        assert page.status == status, f"{url} answered {page.status}, not {status}: {page.main}"
        return page

    def post(self, url: str, data: object, *, status: int | None = None) -> Page:
        """Post as a form does; `csrf_token` must be among the data. Redirects are followed."""
        page = self._fetched(lambda: self.http.post(url, data=data, follow_redirects=True, buffered=True))
        expected = (200,) if status is None else (status,)
        assert page.status in expected, f"{url} answered {page.status}, not {expected}: {page.main}"
        return page

    def raw(self, method: str, url: str, **arguments: object) -> TestResponse:
        """An answer that is no page: a file, JSON, a redirect not followed."""
        with OwnTransaction():
            return Context().run(self.http.open, url, method=method, buffered=True, **arguments)  # type: ignore[arg-type]

    def token(self) -> str:
        """A CSRF token of this client's session, for posts made by hand."""
        page = self.open("/account")
        return page.all("input", name="csrf_token")[0].get("value", "")

    def _fetched(self, fetch) -> Page:
        # A context of its own, as in a server: `g` and the database session are not shared between requests.
        with OwnTransaction(), Counted() as statements, Saved() as unsaved:
            response = Context().run(fetch)
        body = response.get_data(as_text=True)
        assert response.mimetype == "text/html", f"{response.request.path} is {response.mimetype}"
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        root = parser.parse(body)
        assert not parser.errors, f"{response.request.path}: {parser.errors[:3]} {_around(body, parser.errors[0][0])}"
        page = Page(response.request.path, response.status_code, root, len(statements), self)
        page.check()
        assert not unsaved, f"{page.url} changed rows without committing"
        most = MOST_STATEMENTS * (1 + len(response.history))
        assert len(statements) <= most, f"{page.url} took {len(statements)} statements"
        return page


def words(element: Element) -> str:
    """The text of an element as it is read: inner text, white space folded, icons left out."""
    return re.sub(r"\s+", " ", "".join(_texts(element))).strip()


def _texts(element: Element) -> Iterator[str]:
    if element.tag in ("script", "style", "svg", "template"):
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
        yield child.tail or ""


def _has(found: Element, name: str, value: str | None) -> bool:
    return name in found.attrib and (value is None or found.get(name) == value)


def _around(body: str, position: tuple[int, int]) -> str:
    line = body.splitlines()[position[0] - 1] if body else ""
    return f"line {position[0]}: {line.strip()[:200]}"


class OwnTransaction:
    """The test's own work is committed before a request and read afresh after it."""

    def __enter__(self) -> None:
        db.session.commit()

    def __exit__(self, *_: object) -> None:
        db.session.rollback()
        db.session.expire_all()


class Counted:
    def __enter__(self) -> list[str]:
        self.seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", self._see)
        return self.seen

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._see)

    def _see(self, _connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.seen.append(statement)


class Saved:
    """Notes rows that were flushed in a request and never committed."""

    def __enter__(self) -> list[str]:
        self.unsaved: list[str] = []
        event.listen(db.session, "after_flush", self._flushed)
        event.listen(db.session, "after_commit", self._committed)
        event.listen(db.session, "after_rollback", self._committed)
        return self.unsaved

    def __exit__(self, *_: object) -> None:
        event.remove(db.session, "after_flush", self._flushed)
        event.remove(db.session, "after_commit", self._committed)
        event.remove(db.session, "after_rollback", self._committed)

    def _flushed(self, session, _context) -> None:
        if session.new or session.dirty or session.deleted:
            self.unsaved.append("changed")

    def _committed(self, _session) -> None:
        self.unsaved.clear()
