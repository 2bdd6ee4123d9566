"""Reusable parts: known by a code of their own, packed, sterilised, used, packed again, until they are worn out."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import NotHere
from inventory.packs.errors import NoSuchMakeUp, PartNotFree, PartRetired, PartTaken, PartWornOut, ReasonMissing
from inventory.packs.lifecycle import NO_DATE, ShelfMode
from inventory.packs.making import last_day
from inventory.packs.models import Pack, PackPart, Part
from labels import codes


def add_part(
    name: str,
    serial_number: str,
    most_cycles: int | None,
    by: Actor,
    now: datetime,
    *,
    cycles: int = 0,
    new_code: Callable[[], str] = codes.new_code,
) -> Part:
    """`cycles` it went through before it was known here. Raises `PartTaken`."""
    part = Part(
        clinic_id=by.clinic_id,
        code=new_code(),
        name=name,
        serial_number=serial_number,
        most_cycles=most_cycles,
        cycles=cycles,
    )
    try:
        with db.session.begin_nested():
            db.session.add(part)
            record(by, "part.added", part, now=now)
    except IntegrityError:
        raise PartTaken(serial_number) from None
    return part


def retire(part: Part, reason: str, by: Actor, now: datetime) -> None:
    """It is packed no more. Raises `PartRetired`, `ReasonMissing`."""
    _same_clinic(by, [part])
    if part.retired_at is not None:
        raise PartRetired(part)
    if not reason.strip():
        raise ReasonMissing("Say why it is retired: worn out, damaged, lost?")
    part.retired_at, part.retired_reason = now, reason.strip()
    record(by, "part.retired", part, now=now)


def pack_parts(
    parts: Sequence[Part],
    use_by: date | None,
    by: Actor,
    now: datetime,
    *,
    shelf_mode: ShelfMode = ShelfMode.TIME,
    new_code: Callable[[], str] = codes.new_code,
) -> Pack:
    """One pack of `parts`, to be sterilised in a load.

    Raises `NoSuchMakeUp`, `PartNotFree`, `PartRetired`, `PartWornOut`.
    """
    if not parts:
        raise NoSuchMakeUp("Choose at least one part.", field="parts")
    _same_clinic(by, parts)
    for part in parts:
        if part.retired_at is not None:
            raise PartRetired(part)
        if part.most_cycles is not None and part.cycles >= part.most_cycles:
            raise PartWornOut(part)
    today = day_in(by.time_zone, now)
    pack = Pack(
        clinic_id=by.clinic_id,
        code=new_code(),
        needs_load=True,
        use_by=NO_DATE if shelf_mode is ShelfMode.EVENT else last_day((), use_by, today),
        shelf_mode=shelf_mode,
        made_up_at=now,
        made_up_by_id=by.id,
        made_up_by_name=by.name,
    )
    return _stored(pack, parts, by, now)


def count_cycle(packs: Sequence[Pack]) -> list[Part]:
    """`packs` went into a load: every part in them went through one cycle more, whatever is decided on it."""
    parts = [held.part for pack in packs for held in pack.parts if held.freed_at is None]
    for part in parts:
        part.cycles += 1
    return parts


def free_parts(pack: Pack, now: datetime) -> list[PackPart]:
    """`pack` is open or gone: what is reusable of it may be packed again. The caller records it."""
    held = [each for each in pack.parts if each.freed_at is None]
    for each in held:
        each.freed_at = now
    return held


def _stored(pack: Pack, parts: Sequence[Part], by: Actor, now: datetime) -> Pack:
    """Which pack gets a part is decided by the database's unique index."""
    try:
        with db.session.begin_nested():
            db.session.add(pack)
            pack.parts = [PackPart(clinic_id=by.clinic_id, pack=pack, part=part) for part in parts]
            record(
                by,
                "pack.made_up",
                pack,
                now=now,
                parts=[{"part": part.id, "serial_number": part.serial_number} for part in parts],
                use_by=pack.use_by,
            )
    except IntegrityError:
        raise PartNotFree(_taken(parts)) from None
    return pack


def _taken(parts: Sequence[Part]) -> Part:
    for part in parts:
        db.session.refresh(part)
    held = db.session.query(PackPart.part_id).filter(
        PackPart.part_id.in_([part.id for part in parts]), PackPart.freed_at.is_(None)
    )
    ids = {part_id for (part_id,) in held}
    return next((part for part in parts if part.id in ids), parts[0])


def _same_clinic(by: Actor, parts: Sequence[Part]) -> None:
    if any(part.clinic_id != by.clinic_id for part in parts):
        raise NotHere("This part is not kept in your clinic. Look it up among the parts.")
