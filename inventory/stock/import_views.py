"""Importing a catalogue: hand in, see what it would do, apply."""

from collections.abc import Generator, Iterator
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from flask import Response, get_flashed_messages, redirect, render_template, stream_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import DomainError
from inventory.stock import catalogue_queries, importing
from inventory.stock.blueprint import blueprint
from inventory.stock.catalogue_columns import COLUMNS
from inventory.stock.catalogue_columns import shown as as_cell
from inventory.stock.catalogue_forms import ImportForm
from inventory.stock.catalogue_plan import Plan
from inventory.stock.importing import Check, HasFaults, Progress
from inventory.stock.models import CatalogueImport
from inventory.tables.cells import visible
from inventory.web.access import SignedIn, actor, begins_reading, requires
from inventory.web.forms import Form
from inventory.web.pages import go

SHOWN = 200
TICKS = 20
"""Progress is told at most so many times for each kind of work: each is a line of the page."""


@blueprint.route("/stock/catalogue/import", methods=["GET", "POST"])
@requires("stock.manage")
def import_catalogue() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = ImportForm()
    if form.validate_on_submit():
        name, data = form.file.data.filename, form.file.data.read()
        content = {"file": name, "sha256": sha256(data).hexdigest()}
        answer = answer_once(form.event, content, by=by, now=now, act=lambda: _handed_in(name, data, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    imports = catalogue_queries.imports_in(by.clinic_id)
    page = render_template("stock/import_catalogue.html", form=form, imports=imports, columns=COLUMNS)
    return page, form.status


@blueprint.get("/stock/catalogue/imports/<uuid:import_id>")
@requires("stock.manage")
def catalogue_import(import_id: UUID) -> ResponseReturnValue:
    """What the file would do, told while it is found out."""
    found = catalogue_queries.import_of(actor().clinic_id, import_id)
    return _streamed(found, Work(_checked(found, actor())), applies=False)


@blueprint.post("/stock/catalogue/imports/<uuid:import_id>/apply")
@requires("stock.manage")
@begins_reading
def apply_catalogue(import_id: UUID) -> ResponseReturnValue:
    """Once: an import that was applied leads to what it did."""
    found = catalogue_queries.import_of(actor().clinic_id, import_id)
    if found.applied_at is not None or not Form().validate_on_submit():
        return redirect(url_for("stock.catalogue_import", import_id=import_id), 303)
    return _streamed(found, Work(_applied(import_id, actor(), utc_now())), applies=True)


class Work:
    """Iterate over its progress; then it holds the `plan`, or why there is none."""

    def __init__(self, steps: Generator[Progress, None, Plan | None]) -> None:
        self._steps = steps
        self.plan: Plan | None = None
        self.refused = ""

    def __iter__(self) -> Iterator[Progress]:
        """Goes on to the end also when nobody looks any more: a closed page must not undo what was asked for."""
        told = None
        steps = self._outcome()
        try:
            for step in steps:
                share = (step.doing, step.done * TICKS // max(step.of, 1))
                if share != told:
                    told = share
                    yield step
        except GeneratorExit:
            for _ in steps:
                pass

    def _outcome(self) -> Iterator[Progress]:
        try:
            self.plan = yield from self._steps
        except HasFaults as faulty:
            self.plan = faulty.plan
        except DomainError as refused:
            self.refused = refused.sentence
        finally:
            db.session.rollback()


def _checked(found: CatalogueImport, by: SignedIn) -> Generator[Progress, None, Plan | None]:
    if found.applied_at is not None:
        return None
    check = Check(importing.file_of(found), by.clinic_id)
    yield from check.read()
    yield from check.compare()
    return check.plan


def _applied(import_id: UUID, by: SignedIn, now: datetime) -> Generator[Progress, None, Plan | None]:
    """Reads the file before it takes the write lock, and compares and writes under it."""
    check = Check(importing.file_of(catalogue_queries.import_of(by.clinic_id, import_id)), by.clinic_id)
    yield from check.read()
    db.session.rollback()
    begin_write()
    found = catalogue_queries.import_of(by.clinic_id, import_id, lock=True)
    importing.file_of(found)
    yield from check.compare()
    yield from importing.apply(check.plan, by, now)
    importing.finish(found, check.plan, by, now)
    db.session.commit()
    return check.plan


def _streamed(found: CatalogueImport, work: Work, *, applies: bool) -> ResponseReturnValue:
    # Read before the page begins: what the session is to keep must be known with the first byte.
    form, _ = Form(), get_flashed_messages(with_categories=True)
    facts = {"id": found.id, "name": found.name, "applied_at": found.applied_at, "by_name": found.by_name}
    counts = {"created": found.created, "changed": found.changed}
    page = stream_template(
        "stock/catalogue_import.html",
        work=work,
        found={**facts, **counts},
        form=form,
        applies=applies,
        shown=SHOWN,
        headers={column.field: column.header for column in COLUMNS},
        as_cell=lambda value: str(as_cell(value)) or "-",
    )
    return Response(page, headers={"X-Accel-Buffering": "no"})


def _handed_in(name: str, data: bytes, by: SignedIn, now: datetime) -> Answer:
    kept = importing.hand_in(visible(name)[-120:], data, by, now)
    return Answer("", url_for("stock.catalogue_import", import_id=kept.id))
