"""Placing, closing, sealing and handing over sharps containers."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import Invalid
from inventory.sharps.errors import PickedUpBeforeSealed, PickedUpInTheFuture, RoomHasContainer, SizeMissing
from inventory.sharps.lifecycle import SharpsState, check_step, needles_to_line
from inventory.sharps.models import SharpsContainer
from inventory.stock.checks import same_clinic
from inventory.stock.models import LARGEST_QUANTITY, Location
from labels import codes


def place(
    room: Location,
    by: Actor,
    now: datetime,
    *,
    needles: int | None = None,
    size_ml: int | None = None,
    code: str | None = None,
) -> SharpsContainer:
    """Put a new container into `room`: its size up to the fill line in `needles`, else in ml.

    Raises `RoomHasContainer`, `SizeMissing`.
    """
    same_clinic(by, room)
    if needles is None and size_ml is not None and 1 <= size_ml <= LARGEST_QUANTITY:
        needles = needles_to_line(size_ml)
    if needles is None or not 1 <= needles <= LARGEST_QUANTITY:
        raise SizeMissing
    container = SharpsContainer(
        clinic_id=by.clinic_id,
        code=code or codes.new_code(),
        room=room,
        size_ml=size_ml,
        needles_to_line=needles,
        opened_at=now,
        opened_by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(container)
            record(by, "sharps.placed", container, now=now)
    except IntegrityError:
        raise RoomHasContainer(room) from None
    return container


def close(container: SharpsContainer, by: Actor, now: datetime) -> None:
    """Nothing goes into it any more. Raises `ImpossibleSharpsStep`."""
    _begin(container, SharpsState.CLOSED)
    container.state, container.closed_at, container.closed_by_name = SharpsState.CLOSED, now, by.name
    record(by, "sharps.closed", container, now=now)


def seal(container: SharpsContainer, by: Actor, now: datetime) -> None:
    """Its lid is locked for good. Raises `ImpossibleSharpsStep`."""
    _begin(container, SharpsState.SEALED)
    container.state, container.sealed_at, container.sealed_by_name = SharpsState.SEALED, now, by.name
    record(by, "sharps.sealed", container, now=now)


def hand_over(
    container: SharpsContainer, carrier: str, document: str, picked_up_on: date, by: Actor, now: datetime
) -> None:
    """A carrier took it; the paper's number is the proof.

    Raises `ImpossibleSharpsStep`, `PickedUpInTheFuture`, `PickedUpBeforeSealed`, `Invalid`.
    """
    _begin(container, SharpsState.PICKED_UP)
    for field, value in (("carrier", carrier), ("document", document)):
        if not value.strip():
            raise Invalid("Type what stands on the carrier's paper.", field=field)
    if picked_up_on > day_in(by.time_zone, now):
        raise PickedUpInTheFuture(picked_up_on)
    if container.sealed_at is not None and picked_up_on < day_in(by.time_zone, container.sealed_at):
        raise PickedUpBeforeSealed(day_in(by.time_zone, container.sealed_at))
    container.state, container.picked_up_on = SharpsState.PICKED_UP, picked_up_on
    container.carrier, container.document, container.picked_up_by_name = carrier.strip(), document.strip(), by.name
    record(by, "sharps.picked_up", container, now=now)


def _begin(container: SharpsContainer, wanted: SharpsState) -> None:
    """Its state, read again and held: two people at once take one step."""
    db.session.refresh(container, ["state"], with_for_update=True)
    check_step(container.state, wanted)
