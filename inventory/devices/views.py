"""What devices fetch and bring home, and the pages about them."""

from datetime import timedelta
from uuid import UUID

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from inventory.clock import utc_now
from inventory.db import as_text, begin_write, db
from inventory.devices import check_views, offline_views, operations, queries
from inventory.devices.batches import Batch, read
from inventory.devices.blueprint import blueprint
from inventory.devices.checks import said
from inventory.devices.holding import held
from inventory.devices.models import Device
from inventory.devices.taking import take
from inventory.devices.timing import is_anomaly, offset_of
from inventory.devices.tokens import token_for
from inventory.errors import DomainError
from inventory.sessions.queries import treatment_of
from inventory.web.access import SIGNED_IN, actor, begins_reading, requires

__all__ = ["blueprint", "check_views", "offline_views"]


@blueprint.get("/devices")
@requires("flags.view")
def index() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    return render_template(
        "devices/index.html",
        devices=queries.devices_in(clinic_id),
        checks=queries.checks_in(clinic_id),
        said=said,
    )


@blueprint.get("/devices/receipts")
@requires(SIGNED_IN)
def receipts() -> ResponseReturnValue:
    """What this device keeps of the record: read from the device, nothing is sent."""
    return render_template("devices/receipts.html")


@blueprint.get("/devices/sessions/<uuid:treatment_id>")
@requires("sessions.work")
def hold(treatment_id: UUID) -> ResponseReturnValue:
    """What a device needs of one session to go on without network. The patient's reference is no part of it."""
    by = actor()
    kept = held(treatment_of(by.clinic_id, treatment_id), by.time_zone, utc_now())
    return jsonify({**kept, "token": token_for(by), "person": by.name})


@blueprint.post("/devices/sync")
@requires("sessions.work")
@begins_reading
def sync() -> ResponseReturnValue:
    """Take a batch: each event its own transaction and its own reply, in the device's order."""
    received_at = utc_now()
    try:
        batch = read(request.get_json(silent=True))
        device = _known_device(batch, offset_of(batch.device_now, received_at))
        replies = [_taken(device, batch, place) for place in range(len(batch.events))]
    except DomainError as refused:
        db.session.rollback()
        return jsonify({"sentence": refused.sentence}), refused.status
    return jsonify(
        {
            "replies": replies,
            "received_at": as_text(received_at),
            "offset_ms": operations.in_ms(offset_of(batch.device_now, received_at)),
            "next_seq": queries.last_seq(actor().clinic_id, batch.device_id) + 1,
        }
    )


def _known_device(batch: Batch, offset: timedelta) -> Device:
    db.session.rollback()
    begin_write()
    device = operations.register(batch.device_id, batch.name, actor(), utc_now())
    if is_anomaly(offset) and batch.events:
        operations.note_clock(device, offset, actor(), utc_now())
    db.session.commit()
    return device


def _taken(device: Device, batch: Batch, place: int) -> dict[str, object]:
    now = utc_now()
    begin_write()
    reply = take(device, batch.events[place], offset_of(batch.device_now, now), now)
    db.session.commit()
    seq, digest = queries.head_of(actor().clinic_id)
    db.session.rollback()
    return {**reply, "receipt": {"seq": seq, "hash": digest}}
