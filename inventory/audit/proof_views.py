"""What makes the record hold outside this database: its checkpoints, its key, and exports that prove themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from flask import Response, abort, current_app, render_template, send_file
from flask.typing import ResponseReturnValue

from inventory.audit import queries, signing
from inventory.audit.blueprint import blueprint
from inventory.audit.evidence import Noted
from inventory.audit.handing_out import newest_noted, noted_of, packed, part_of_record, seals_of, whole_record
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.operations import Chain, record
from inventory.audit.signer import Signer
from inventory.audit.watching import receipt
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import Form
from labels.svg import drawing


@blueprint.after_app_request
def _with_receipt(response: Response) -> Response:
    """Who changed something is told what its entry in the record is, for their device to keep."""
    kept = receipt()
    if kept is not None:
        response.headers["Sterilog-Receipt"] = kept
    return response


@blueprint.get("/audit/proof")
@requires("audit.view")
def proof() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    newest = newest_noted(clinic_id)
    return render_template(
        "audit/proof.html",
        form=Form(),
        newest=newest,
        drawn=drawing(newest.note) if newest else None,
        key=public_key() if newest else None,
        waiting=queries.size_of(clinic_id) - (newest.checkpoint.size if newest else 0),
    )


@blueprint.get("/audit/check")
@requires("audit.view")
def check() -> ResponseReturnValue:
    """An export checked in the browser, by its own program; nothing is sent."""
    newest = newest_noted(actor().clinic_id)
    return render_template("audit/check.html", key=public_key() if newest else None)


@blueprint.post("/audit/proof/record.zip")
@requires("audit.export")
def hand_out() -> ResponseReturnValue:
    by = actor()
    return _handed_out(by, "record", lambda noted: (noted[-1].checkpoint.size, whole_record(by.clinic_id, noted)))


@blueprint.post("/audit/of/<uuid:subject_id>/proof.zip")
@requires("audit.export")
def hand_out_part(subject_id: UUID) -> ResponseReturnValue:
    """What happened to one thing, proven to belong to the record; nothing of the rest is handed out."""
    by = actor()
    numbers = queries.numbers_of(by.clinic_id, subject_id)
    if not numbers:
        abort(404)
    return _handed_out(by, "part", lambda noted: (len(numbers), part_of_record(by.clinic_id, noted, numbers)))


def _handed_out(
    by: SignedIn, what: str, log_of: Callable[[list[Noted]], tuple[int, Iterator[bytes]]]
) -> ResponseReturnValue:
    if not Form().validate_on_submit():
        abort(422)
    signer, now = _signer(), utc_now()
    record(by, "export.made", Chain(by.clinic_id), now=now, what=what)
    db.session.commit()
    begin_write()
    signing.sign(by.clinic_id, signer, now)
    db.session.commit()
    noted = noted_of(by.clinic_id)
    count, log = log_of(noted)
    made = packed(by.clinic_name, noted[-1].checkpoint.size, count, log, signer.public_key, seals_of(by.clinic_id))
    return _sent(made, f"sterilog-{what}-{noted[-1].checkpoint.size}.zip")


def _sent(file: IO[bytes], name: str) -> Response:
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


def _signer() -> Signer:
    return signing.signer_in(Path(current_app.config["DATA_DIR"]))


def public_key() -> str:
    """The line to hand out, or a sentence on why there is none."""
    try:
        return _signer().public_key
    except KeyUnavailable as fault:
        return fault.sentence
