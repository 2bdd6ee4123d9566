"""The end of a stocktake: its differences are booked in one step, or counted once more."""

from collections.abc import Sequence
from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock.bulk import Correction, adjust_all
from inventory.stock.checks import same_clinic
from inventory.stock.errors import NotEnough
from inventory.stocktaking.errors import CannotSettle, CountedAlone, NothingDiffers
from inventory.stocktaking.lifecycle import StocktakeState, check_step
from inventory.stocktaking.lines import Line, counts_of, lines_of, unsettled
from inventory.stocktaking.models import Stocktake, StocktakeLine
from inventory.stocktaking.signed_content import content_of_lines


def count_again(stocktake: Stocktake, by: Actor, now: datetime) -> None:
    """What still differs is counted once more, by another person. Raises `StocktakeOver`, `NothingDiffers`."""
    _lock(stocktake)
    check_step(stocktake.state, StocktakeState.RECOUNTING)
    if not unsettled(lines_of(stocktake)):
        raise NothingDiffers
    stocktake.state, stocktake.round = StocktakeState.RECOUNTING, stocktake.round + 1
    record(by, "stocktake.counted_again", stocktake, now=now)


def approve(stocktake: Stocktake, by: Signer, now: datetime) -> Sequence[StocktakeLine]:
    """Book every difference in one step and keep the figures, all under one signature. Gives the lines.

    Raises `StocktakeOver`, `CountedAlone` where nobody but `by` counted, and `CannotSettle`.
    """
    _lock(stocktake)
    check_step(stocktake.state, StocktakeState.APPROVED)
    lines = lines_of(stocktake)
    counts = counts_of(stocktake)
    people = {person for each in counts.values() for count in each for person in count.people}
    if people == {f"{by.id or ''}~{by.name}"}:
        raise CountedAlone
    differing = [line for line in lines if line.figure.difference]
    same_clinic(by, *(line.lot for line in differing))
    if differing:
        corrections = [Correction(line.lot, line.location, line.figure.difference) for line in differing]
        try:
            adjust_all(corrections, f"Stocktake {stocktake.number}", stocktake, by, now)
        except NotEnough as short:
            raise CannotSettle(short.lot, short.location) from None
    kept = [_kept(stocktake, line) for line in lines]
    db.session.add_all(kept)
    stocktake.state, stocktake.closed_at, stocktake.closed_by_name = StocktakeState.APPROVED, now, by.name
    under = sign(Meaning.APPROVAL, [stocktake], lambda each: content_of_lines(each, kept), by, now)
    record(by, "stocktake.approved", stocktake, now=now, also=[*kept, *under], corrected=len(differing))
    return kept


def _kept(stocktake: Stocktake, line: Line) -> StocktakeLine:
    people = sorted(person.partition("~")[2] for person in line.count.people) if line.count else []
    return StocktakeLine(
        clinic_id=stocktake.clinic_id,
        stocktake_id=stocktake.id,
        location=line.location,
        lot=line.lot,
        expected=line.figure.expected,
        counted=line.figure.counted,
        rounds=line.count.round if line.count else 1,
        counted_by=", ".join(people),
    )


def _lock(stocktake: Stocktake) -> None:
    db.session.refresh(stocktake, ["state", "round", "first_counted_at"], with_for_update=True)
