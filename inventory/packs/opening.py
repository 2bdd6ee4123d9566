"""Opening a pack for a session, and whether it may be opened."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record, write_alone
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs import queries
from inventory.packs.checks import same_clinic
from inventory.packs.errors import (
    AlreadyUsed,
    LoadRejected,
    PackDiscarded,
    PackExpired,
    PackNotReleased,
    PackRecalled,
)
from inventory.packs.lifecycle import OVERRIDABLE, Fault, PackFacts, PackState, check_transition, faults
from inventory.packs.models import Pack, PackUse
from inventory.packs.parts import free_parts
from inventory.sterilising.models import LoadState
from inventory.stock.models import LotStatus
from inventory.stock.operations import LotExpired, LotQuarantined, LotRecalled

_HELD = select(Pack.state).where(Pack.id == bindparam("wanted")).with_for_update()
LEFT_THE_SHELF = (PackState.OPENED, PackState.USED, PackState.RECALLED)


def check_openable(pack: Pack, by: Actor, now: datetime) -> None:
    """Raises the named refusal where this pack may not be opened now, the gravest where several hold.

    `AlreadyUsed`, `PackRecalled` or `LotRecalled`, `LoadRejected`, `PackDiscarded`, `PackNotReleased`,
    `LotQuarantined`, `PackExpired` or `LotExpired`.
    """
    _check(pack, by, now, overriding=False)


def open_pack(
    pack: Pack, treatment_id: UUID, by: Actor, now: datetime, *, override_reason: str | None = None
) -> PackUse:
    """Open a pack for a session: the only place a pack is opened.

    Raises what `check_openable` raises, and `AlreadyUsed` for the loser of a race, decided by the database's unique
    index. With `override_reason` (whoever gives it has checked who may, and the policy) a quarantined or an expired
    pack is opened all the same, never one that is both: a reason passes the one fault that was read out.
    """
    # Held until this unit of work ends: a discard at this moment comes before or after, not in between.
    if db.session.scalar(_HELD, {"wanted": pack.id}) is not pack.state:
        db.session.refresh(pack)
    passed = _check(pack, by, now, overriding=bool(override_reason and override_reason.strip()))
    use = PackUse(
        clinic_id=by.clinic_id,
        pack=pack,
        treatment_id=treatment_id,
        used_at=now,
        used_by_id=by.id,
        used_by_name=by.name,
    )
    use.pack_id = pack.id
    try:
        with db.session.begin_nested():
            # The use goes first: its trigger judges the state the pack is opened from.
            write_alone(use)
            pack.state = PackState.OPENED
            record(
                by,
                "pack.opened",
                pack,
                now=now,
                use=use.id,
                treatment=treatment_id,
                passed=passed,
                override_reason=override_reason if passed else None,
            )
    except IntegrityError:
        raise _lost(pack, by, now) from None
    return use


def finish_pack(pack: Pack, by: Actor, now: datetime) -> None:
    """The session is over: an opened pack is used up, whatever is left in it. A recalled one stays recalled."""
    same_clinic(by, pack)
    if pack.state is PackState.RECALLED:
        return
    check_transition(pack.state, PackState.USED)
    pack.state = PackState.USED
    record(by, "pack.used", pack, now=now, also=free_parts(pack, now))


def faults_of(pack: Pack, today: date, *, used: bool = False) -> list[Fault]:
    """What forbids opening `pack` today; `used` tells of a live use. Its contents, lots and load are loaded."""
    expiries = [content.lot.expires_on for content in pack.contents if content.lot.expires_on is not None]
    facts = PackFacts(
        state=pack.state,
        used=used,
        load_state=pack.load.state.value if pack.load else None,
        lot_statuses=tuple(content.lot.status.value for content in pack.contents),
        last_day=min([pack.use_by, *expiries]),
    )
    return faults(facts, today)


def _check(pack: Pack, by: Actor, now: datetime, *, overriding: bool) -> list[Fault]:
    """The faults that were passed over, at most one."""
    same_clinic(by, pack)
    use = queries.live_use_of(pack) if pack.state in LEFT_THE_SHELF else None
    today = day_in(by.time_zone, now)
    found = faults_of(pack, today, used=use is not None)
    if use is not None:
        raise _already_used(pack, use, by)
    never = [fault for fault in found if fault not in OVERRIDABLE]
    if never or (found and (not overriding or len(found) > 1)):
        raise _refusal((never or found)[0], pack, today)
    return found


def _refusal(fault: Fault, pack: Pack, today: date) -> DomainError:
    lots = [content.lot for content in pack.contents]
    match fault:
        case Fault.RECALLED:
            recalled = next((lot for lot in lots if lot.status is LotStatus.RECALLED), None)
            return LotRecalled(recalled) if recalled else PackRecalled(pack)
        case Fault.LOAD_REJECTED if pack.load:
            return LoadRejected(pack, pack.load)
        case Fault.DISCARDED:
            return PackDiscarded(pack)
        case Fault.QUARANTINED:
            return LotQuarantined(next(lot for lot in lots if lot.status is LotStatus.QUARANTINED))
        case Fault.EXPIRED if pack.use_by < today:
            return PackExpired(pack, pack.use_by)
        case Fault.EXPIRED:
            return LotExpired(next(lot for lot in lots if lot.expired_on(today)))
    return PackNotReleased(pack, _why_not(pack))


def _why_not(pack: Pack) -> str:
    if pack.state not in (PackState.MADE_UP, PackState.AVAILABLE):
        return "its seal was opened"
    if pack.held_at is not None:
        return "its use was taken back, and it waits for a manager"
    if pack.labelled_at is None:
        return "it has no label yet"
    if pack.load is None:
        return "it has not been through the steriliser"
    waits = "in quarantine" if pack.load.state is LoadState.QUARANTINED else "not released yet"
    return f"its load {pack.load.number} is {waits}"


def _lost(pack: Pack, by: Actor, now: datetime) -> DomainError:
    """The database refused: read again what changed in between, and name it."""
    for row in (pack, pack.load, *(content.lot for content in pack.contents)):
        if row is not None:
            db.session.refresh(row)
    winner = queries.live_use_of(pack)
    if winner is not None:
        return _already_used(pack, winner, by)
    try:
        check_openable(pack, by, now)
    except DomainError as refused:
        return refused
    return PackNotReleased(pack, "the database refused it")


def _already_used(pack: Pack, use: PackUse, by: Actor) -> AlreadyUsed:
    said = use.used_at.astimezone(ZoneInfo(by.time_zone)).strftime("%Y-%m-%d %H:%M")
    return AlreadyUsed(pack, use.used_by_name, use.used_at, use.treatment_id, said)
