"""Counting: beginning, scanning, finishing each round, cancelling. Approval: `approving`."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import NotHere
from inventory.stock.checks import positive, reason_given, same_clinic
from inventory.stock.errors import QuantityOutOfRange
from inventory.stock.found_lots import note_found_lot
from inventory.stock.models import LARGEST_QUANTITY, Location, Lot
from inventory.stocktaking import queries, reading
from inventory.stocktaking.errors import (
    AnotherPersonCounts,
    LineAgreed,
    LotNotKnown,
    NotInScope,
    NotYourScan,
    StillToCount,
    StocktakeOpen,
)
from inventory.stocktaking.lifecycle import TAKES_SCANS, StocktakeOver, StocktakeState, check_step
from inventory.stocktaking.lines import lines_of, to_count_again, unsettled
from inventory.stocktaking.models import CountScan, Stocktake
from inventory.stocktaking.reading import Read


def start(location: Location | None, by: Actor, now: datetime) -> Stocktake:
    """Begin to count one location, or all. Raises `StocktakeOpen`."""
    if location is not None:
        same_clinic(by, location)
    stocktake = Stocktake(
        clinic_id=by.clinic_id,
        number=queries.last_number(by.clinic_id) + 1,
        location=location,
        started_at=now,
        started_by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(stocktake)
            record(by, "stocktake.started", stocktake, now=now)
    except IntegrityError:
        raise StocktakeOpen from None
    return stocktake


def scan(
    stocktake: Stocktake,
    location: Location,
    text: str,
    by: Actor,
    now: datetime,
    *,
    pieces: int | None = None,
    found: bool = False,
) -> CountScan:
    """Count the package that was scanned: as many base units as it holds, or the `pieces` that were typed.

    A code that nobody knows is kept without a lot. With `found`, a lot that was never received is kept and counted.
    Raises `LotNotKnown`, `NotCounted` and what `count` raises.
    """
    today = day_in(by.time_zone, now)
    try:
        read = reading.read(text, by.clinic_id, today)
    except LotNotKnown as unknown:
        if not found:
            raise
        lot = note_found_lot(unknown.product, unknown.number, unknown.expires_on, by, now)
        read = Read(lot, reading.quantity_in(text, by.clinic_id, today))
    if read.lot is None:
        return _keep(stocktake, location, None, 0, text, by, now)
    return count(stocktake, location, read.lot, read.quantity if pieces is None else pieces, by, now, scanned=text)


def count(
    stocktake: Stocktake, location: Location, lot: Lot, pieces: int, by: Actor, now: datetime, *, scanned: str = ""
) -> CountScan:
    """Add `pieces` base units of `lot` to the count; 0 says that somebody looked and none is there.

    Raises `StocktakeOver`, `NotInScope`; in a recount `LineAgreed` and `AnotherPersonCounts`.
    """
    same_clinic(by, lot)
    if pieces != 0:
        positive(pieces)
    return _keep(stocktake, location, lot, pieces, scanned, by, now)


def take_back(stocktake: Stocktake, scan: CountScan, by: Actor, now: datetime) -> None:
    """One's own scan of the running round does not count. Raises `NotYourScan`, `StocktakeOver`."""
    _lock(stocktake, by)
    _check_counting(stocktake)
    if scan.stocktake_id != stocktake.id or scan.by_id != by.id or scan.round != stocktake.round or scan.taken_back_at:
        raise NotYourScan
    scan.taken_back_at = now
    record(by, "stocktake.scan_taken_back", stocktake, now=now, also=[scan])


def finish(stocktake: Stocktake, by: Actor, now: datetime) -> None:
    """This round is complete. The first goes on with a count of what differs, by another person, or waits for approval.

    Raises `StocktakeOver`, `StillToCount`.
    """
    _lock(stocktake, by)
    _check_counting(stocktake)
    if stocktake.state is StocktakeState.COUNTING:
        stocktake.first_counted_at = now
        if unsettled(lines_of(stocktake)):
            stocktake.round, stocktake.state = 2, StocktakeState.RECOUNTING
        else:
            stocktake.state = StocktakeState.COUNTED
    else:
        asked, done = to_count_again(stocktake)
        missing = [line for line in asked if (line.lot.id, line.location.id) not in done]
        if missing:
            raise StillToCount(len(missing))
        stocktake.state = StocktakeState.COUNTED
    record(by, "stocktake.round_finished", stocktake, now=now)


def cancel(stocktake: Stocktake, reason: str, by: Actor, now: datetime) -> None:
    """Nothing is corrected; what was scanned stays in the record. Raises `StocktakeOver`, `ReasonMissing`."""
    _lock(stocktake, by)
    check_step(stocktake.state, StocktakeState.CANCELLED)
    stocktake.close_reason = reason_given(reason)
    stocktake.state, stocktake.closed_at, stocktake.closed_by_name = StocktakeState.CANCELLED, now, by.name
    record(by, "stocktake.cancelled", stocktake, now=now)


def _keep(
    stocktake: Stocktake, location: Location, lot: Lot | None, pieces: int, text: str, by: Actor, now: datetime
) -> CountScan:
    _lock(stocktake, by)
    _check_counting(stocktake)
    same_clinic(by, location)
    if stocktake.location_id not in (None, location.id):
        raise NotInScope(location)
    if lot is not None and stocktake.state is StocktakeState.RECOUNTING:
        _check_asked(stocktake, location, lot, by)
    if lot is not None and queries.counted_so_far(stocktake, lot, location) + pieces > LARGEST_QUANTITY:
        raise QuantityOutOfRange(pieces)
    kept = CountScan(
        clinic_id=by.clinic_id,
        stocktake_id=stocktake.id,
        location=location,
        lot=lot,
        round=stocktake.round,
        quantity=pieces,
        scanned=_shown(text),
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(kept)
    record(by, "stocktake.scanned", stocktake, now=now, also=[kept])
    return kept


def _check_asked(stocktake: Stocktake, location: Location, lot: Lot, by: Actor) -> None:
    asked, _ = to_count_again(stocktake)
    line = next((each for each in asked if each.lot.id == lot.id and each.location.id == location.id), None)
    if line is None:
        raise LineAgreed(lot, location)
    if line.count is not None and f"{by.id or ''}~{by.name}" in line.count.people:
        raise AnotherPersonCounts(lot, location)


def _lock(stocktake: Stocktake, by: Actor) -> None:
    """Its state, read again and held: no scan slips into a round that somebody finishes at this moment."""
    if stocktake.clinic_id != by.clinic_id:
        raise NotHere("There is no such stocktake in your clinic.")
    db.session.refresh(stocktake, ["state", "round", "first_counted_at"], with_for_update=True)


def _check_counting(stocktake: Stocktake) -> None:
    if stocktake.state not in TAKES_SCANS:
        raise StocktakeOver(stocktake.state, StocktakeState.COUNTING)


def _shown(text: str) -> str:
    """What was scanned, cut to 200 characters, what cannot be printed shown as a mark."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:200])
