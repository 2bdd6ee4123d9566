"""Exports of the log: made while the page is being sent, kept for a day, and recorded."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import Response, current_app, redirect, render_template, send_file, stream_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit import signing
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.once import Answer, answer_once
from inventory.audit.signer import Contradiction
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.errors import Invalid, NotHere
from inventory.sterility import making, operations, queries
from inventory.sterility.blueprint import blueprint
from inventory.sterility.covers import asked_said, cover_of
from inventory.sterility.filters import ExportFormat
from inventory.sterility.forms import ExportForm, filter_form
from inventory.sterility.making import Asked, Progress
from inventory.sterility.models import Export
from inventory.web.access import SignedIn, actor, requires

TICKS = 20
"""Progress is told at most so many times: each is a line of the page."""
TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/jsonl; charset=utf-8",
    ExportFormat.PDF: "application/pdf",
}


class FilterUnusable(Invalid):
    def __init__(self) -> None:
        super().__init__("Nothing was exported: the filter is not right. Open the log, correct it and export again.")


class FileGone(NotHere):
    def __init__(self) -> None:
        super().__init__("This file is not here any more: files are kept for a day. Export that part of the log again.")


@blueprint.post("/log/exports")
@requires("sterility.export")
def export() -> ResponseReturnValue:
    """The whole filtered log as a file. Recorded before the first row is read, the checksum after the last."""
    by, now, form, chosen = actor(), utc_now(), filter_form(actor().clinic_id), ExportForm()
    if not (form.validate() and chosen.validate_on_submit()):
        raise FilterUnusable
    asked = Asked(form.wanted(), form.wanted_shape, ExportFormat(chosen.format.data), by.may("sessions.work"))
    begun: list[Export] = []

    def begin() -> Answer:
        begun.append(operations.begin_export(asked, by, now))
        return Answer("", url_for("sterility.made_export", export_id=begun[0].id))

    answer = answer_once(chosen.event, {**chosen.content, **form.asked()}, by=by, now=now, act=begin)
    db.session.commit()
    if not begun:
        return redirect(answer.location or url_for("sterility.exports"), 303)
    begin_write()
    _sign(by)
    db.session.commit()
    making.let_go(_data(), now)
    page = stream_template("sterility/making.html", work=Work(begun[0], asked, by))
    return Response(page, headers={"X-Accel-Buffering": "no"})


@blueprint.get("/log/exports")
@requires("sterility.view")
def exports() -> ResponseReturnValue:
    rows = [(each, asked_said(each)) for each in queries.exports_of(actor().clinic_id)]
    return render_template("sterility/exports.html", exports=rows)


@blueprint.get("/log/exports/<uuid:export_id>")
@requires("sterility.export")
def made_export(export_id: UUID) -> ResponseReturnValue:
    found = queries.export_of(actor().clinic_id, export_id)
    return render_template("sterility/export.html", export=found, said=asked_said(found), ready=_is_ready(found))


@blueprint.get("/log/exports/<uuid:export_id>/file")
@requires("sterility.export")
def export_file(export_id: UUID) -> ResponseReturnValue:
    """For whoever asked for it; a download that broke off goes on where it stopped (Range)."""
    found = queries.export_of(actor().clinic_id, export_id)
    if not _is_ready(found):
        raise FileGone
    return send_file(
        making.file_of(_data(), found),
        TYPES[found.format],
        as_attachment=True,
        download_name=f"sterility-log-{found.shape.value}-{found.id.hex[-8:]}.{found.format.value}",
        conditional=True,
        etag=found.sha256 or True,
    )


class Work:
    """The making of a file: iterate over its progress; then it is recorded, and `export` and `ready` say so."""

    def __init__(self, begun: Export, asked: Asked, by: SignedIn) -> None:
        self.export, self._asked, self._by = begun, asked, by
        self._id, self._now = begun.id, begun.at
        self.path = making.file_of(_data(), begun)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ready = False

    def __iter__(self) -> Iterator[Progress]:
        """Goes on to the end also when nobody looks any more: a closed page must not undo what was asked for."""
        told = -1
        steps = self._steps()
        try:
            for step in steps:
                share = step.done * TICKS // max(step.of, 1)
                if share != told:
                    told = share
                    yield step
        except GeneratorExit:
            for _ in steps:
                pass

    def _steps(self) -> Iterator[Progress]:
        try:
            made = yield from making.make(
                self.path,
                self._asked,
                self._by,
                lambda summary: cover_of(self._asked, self._by, self._now, summary, self._id),
            )
        finally:
            db.session.rollback()
        begin_write()
        self.export = queries.export_of(self._by.clinic_id, self._id)
        operations.finish_export(self.export, made, self._by, utc_now())
        db.session.commit()
        self.ready = True


def _is_ready(export: Export) -> bool:
    return export.sha256 is not None and export.by_id == actor().id and making.is_kept(_data(), export, utc_now())


def _sign(by: SignedIn) -> None:
    """So that a report carries a checkpoint of this very moment; without a signer it carries the newest there is."""
    try:
        signing.sign(by.clinic_id, signing.signer_in(_data()), utc_now())
    except (KeyUnavailable, Contradiction) as fault:
        current_app.logger.warning("an export was made without a new checkpoint: %s", fault.sentence)


def _data() -> Path:
    return Path(current_app.config["DATA_DIR"])
