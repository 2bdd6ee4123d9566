"""Making up, labelling, opening and discarding sterile packs."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.packs import queries
from inventory.packs.errors import (
    AlreadyUsed,
    LoadRejected,
    NoSuchMakeUp,
    PackDiscarded,
    PackExpired,
    PackGone,
    PackNotReleased,
    PackRecalled,
    UseByTooLate,
)
from inventory.packs.lifecycle import is_available, may_become
from inventory.packs.models import Pack, PackContent, PackState, PackUse
from inventory.sterilising.models import Load, LoadState
from inventory.stock import operations as stock
from inventory.stock.models import Location, Lot
from labels import codes

MOST_PACKS, MOST_NEEDLES = 500, 100


def make_up(
    lots: Sequence[tuple[Lot, int]],
    count: int,
    location: Location,
    use_by: date | None,
    needs_load: bool,
    by: Actor,
    now: datetime,
    *,
    load: Load | None = None,
    new_code: Callable[[], str] = codes.new_code,
) -> list[Pack]:
    """Make up `count` packs, each with the given quantity of each lot, consuming the stock once.

    `use_by` None is the earliest expiry of the lots. Raises `NotEnough`, `UseByTooLate`, `NoSuchMakeUp` and what
    `stock.operations.check_lot` raises.
    """
    if not lots or not 1 <= count <= MOST_PACKS or any(not 1 <= each <= MOST_NEEDLES for _, each in lots):
        raise NoSuchMakeUp(f"Make up 1 to {MOST_PACKS} packs of 1 to {MOST_NEEDLES} pieces each.", field="count")
    last_day = _last_day(lots, use_by, day_in(by.time_zone, now))
    make_up_id = uuid7()
    for lot, each in lots:
        stock.consume(lot, location, each * count, by, now, source_id=make_up_id)
    packs = [
        Pack(
            clinic_id=by.clinic_id,
            code=new_code(),
            needs_load=needs_load,
            load=load,
            use_by=last_day,
            made_up_at=now,
            made_up_by_id=by.id,
            made_up_by_name=by.name,
        )
        for _ in range(count)
    ]
    db.session.add_all(packs)
    for pack in packs:
        pack.contents = [PackContent(clinic_id=by.clinic_id, pack=pack, lot=lot, quantity=each) for lot, each in lots]
    record(
        by,
        "pack.made_up",
        packs[0],
        now=now,
        make_up=make_up_id,
        packs=[pack.id for pack in packs],
        lots=[{"lot": lot.id, "number": lot.number, "each": each} for lot, each in lots],
        use_by=last_day,
    )
    return packs


def put_in_load(packs: Sequence[Pack], load: Load, by: Actor, now: datetime) -> None:
    """Packs made up before their cycle get its load. Raises `PackGone` for one already available or gone."""
    for pack in packs:
        if pack.state is not PackState.MADE_UP:
            raise PackGone(pack, "put into a load")
        pack.load = load
        _refresh(pack)
    record(by, "pack.put_in_load", load, now=now, also=packs, packs=[pack.id for pack in packs])


def mark_labelled(packs: Sequence[Pack], medium: str, start: int, by: Actor, now: datetime) -> None:
    """Labels were printed. A pack that is ready becomes available. Raises `PackGone` for one no longer closed."""
    for pack in packs:
        if pack.state not in (PackState.MADE_UP, PackState.AVAILABLE):
            raise PackGone(pack, "labelled again")
        pack.label_copies += 1
        pack.labelled_at = pack.labelled_at or now
        _refresh(pack)
    if packs:
        printed = [{"pack": pack.id, "copy": pack.label_copies} for pack in packs]
        record(by, "pack.labelled", packs[0], now=now, medium=medium, start=start, printed=printed)


def refresh_load(load: Load, by: Actor, now: datetime) -> list[Pack]:
    """After a decision on a load: its closed packs become available, or stop being so, or are recalled."""
    changed = []
    for pack in queries.packs_of_load(load.clinic_id, load.id):
        before = pack.state
        if load.state is LoadState.RECALLED and may_become(pack.state, PackState.RECALLED):
            pack.state = PackState.RECALLED
        else:
            _refresh(pack)
        if pack.state is not before:
            changed.append(pack)
    if changed:
        record(by, "pack.load_decided", load, now=now, also=changed)
    return changed


def check_openable(pack: Pack, by: Actor, now: datetime) -> None:
    """Raises the named refusal where this pack may not be opened now; says nothing where it may."""
    if pack.state is PackState.RECALLED or (pack.load and pack.load.state is LoadState.RECALLED):
        raise PackRecalled("This pack was recalled.")
    used = queries.live_use_of(pack) if pack.state in (PackState.OPENED, PackState.USED) else None
    if used is not None:
        raise _already_used(pack, used, by)
    if pack.load and pack.load.state is LoadState.REJECTED:
        raise LoadRejected(f"Load {pack.load.number} was rejected: this pack is not sterile.")
    if pack.state is PackState.DISCARDED:
        raise PackDiscarded("This pack was discarded.")
    today = day_in(by.time_zone, now)
    for content in pack.contents:
        stock.check_lot(content.lot, today)
    if pack.use_by < today:
        raise PackExpired(pack, pack.use_by)
    if pack.state is not PackState.AVAILABLE:
        waits = "its load is not released yet" if pack.labelled_at else "it has no label yet"
        raise PackNotReleased(f"This pack is not released: {waits}.")


def open_pack(
    pack: Pack, treatment_id: UUID, by: Actor, now: datetime, *, override_reason: str | None = None
) -> PackUse:
    """Open a pack for a session: the only place a pack is opened.

    Raises what `check_openable` raises unless `override_reason` is given (whoever gives it has checked what may be
    overridden), and `AlreadyUsed` for the loser of a race, decided by the database's unique index.
    """
    if override_reason is None:
        check_openable(pack, by, now)
    use = PackUse(
        clinic_id=by.clinic_id,
        pack=pack,
        treatment_id=treatment_id,
        used_at=now,
        used_by_id=by.id,
        used_by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(use)
            pack.state = PackState.OPENED
            record(by, "pack.opened", pack, now=now, also=[use], override_reason=override_reason)
    except IntegrityError:
        db.session.refresh(pack, ["state"])
        winner = queries.live_use_of(pack)
        if winner is None:
            raise PackNotReleased("This pack may not be opened.") from None
        raise _already_used(pack, winner, by) from None
    return use


def finish_pack(pack: Pack, by: Actor, now: datetime) -> None:
    """The session is over: an opened pack is used up, whatever is left in it."""
    if pack.state is PackState.OPENED:
        pack.state = PackState.USED
        record(by, "pack.used", pack, now=now)


def discard(pack: Pack, reason: str, by: Actor, now: datetime) -> None:
    """Dropped, wet, torn, punctured or past its date. Raises `PackGone`."""
    if not may_become(pack.state, PackState.DISCARDED):
        raise PackGone(pack, "discarded")
    pack.state = PackState.DISCARDED
    pack.discard_reason = reason
    record(by, "pack.discarded", pack, now=now)


def _refresh(pack: Pack) -> None:
    ready = is_available(
        labelled=pack.labelled_at is not None,
        needs_load=pack.needs_load,
        load_state=pack.load.state.value if pack.load else None,
    )
    if pack.state is PackState.MADE_UP and ready:
        pack.state = PackState.AVAILABLE
    elif pack.state is PackState.AVAILABLE and not ready:
        pack.state = PackState.MADE_UP


def _last_day(lots: Sequence[tuple[Lot, int]], use_by: date | None, today: date) -> date:
    expiries = [(lot.expires_on, lot.number) for lot, _ in lots if lot.expires_on is not None]
    for lot, _ in lots:
        stock.check_lot(lot, today)
    if use_by is None:
        if not expiries:
            raise NoSuchMakeUp("This lot has no expiry: say until when the pack may be used.", field="use_by")
        return min(expiries)[0]
    if use_by < today:
        raise NoSuchMakeUp("The use-by date is past. Choose a later one.", field="use_by")
    for expires_on, number in expiries:
        if use_by > expires_on:
            raise UseByTooLate(number, expires_on)
    return use_by


def _already_used(pack: Pack, use: PackUse, by: Actor) -> AlreadyUsed:
    said = use.used_at.astimezone(ZoneInfo(by.time_zone)).strftime("%Y-%m-%d %H:%M")
    return AlreadyUsed(pack, use.used_by_name, use.used_at, use.treatment_id, said)
