"""A stocktake on the real database: scanned, counted again, approved."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.stock import operations as stock
from inventory.stock import queries as stock_queries
from inventory.stock.errors import ReasonMissing
from inventory.stock.models import LotStatus, Movement, MovementKind
from inventory.stocktaking import approving, operations, queries
from inventory.stocktaking.errors import (
    AnotherPersonCounts,
    CannotSettle,
    CountedAlone,
    LineAgreed,
    LotNotKnown,
    NotCounted,
    NothingDiffers,
    NotInScope,
    NotYourScan,
    StillToCount,
    StocktakeOpen,
)
from inventory.stocktaking.lifecycle import StocktakeOver, StocktakeState
from inventory.stocktaking.lines import lines_of, to_count_again, unsettled
from inventory.stocktaking.models import CountScan, Stocktake, StocktakeLine
from tests.factories.stock import make_location, make_lot
from tests.stocktaking.counting import BOX, GTIN, Shelf, count, element_string, make_shelf


@pytest.fixture
def shelf(manager: PersonAtWork, now: datetime) -> Shelf:
    return make_shelf(manager, now)


@pytest.fixture
def begun(shelf: Shelf, manager: PersonAtWork) -> Stocktake:
    return operations.start(shelf.store, manager, shelf.later())


def _held(shelf: Shelf) -> list[int]:
    return [stock_queries.on_hand(lot, shelf.store) for lot in shelf.lots]


def test_a_count_that_agrees_waits_for_approval_and_changes_nothing(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    count(begun, shelf, 0, 100, nurse)
    count(begun, shelf, 1, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    assert begun.state is StocktakeState.COUNTED
    lines = approving.approve(begun, manager, shelf.later())
    assert {(line.expected, line.counted, line.counted_by) for line in lines} == {(100, 100, nurse.name)}
    assert not db.session.scalars(select(Movement).where(Movement.kind == MovementKind.ADJUSTMENT)).all()


def test_what_differs_is_counted_again_by_another_person_and_corrected_in_one_step(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    count(begun, shelf, 0, 97, nurse)
    operations.finish(begun, nurse, shelf.later())
    assert (begun.state, begun.round) == (StocktakeState.RECOUNTING, 2)
    with pytest.raises(AnotherPersonCounts):
        count(begun, shelf, 0, 97, nurse)
    with pytest.raises(StillToCount):
        operations.finish(begun, second_nurse, shelf.later())
    count(begun, shelf, 0, 98, second_nurse)
    count(begun, shelf, 1, 0, nurse)
    operations.finish(begun, nurse, shelf.later())
    approving.approve(begun, manager, shelf.later())
    assert _held(shelf) == [98, 0]
    corrections = db.session.scalars(select(Movement).where(Movement.kind == MovementKind.ADJUSTMENT)).all()
    assert {(each.quantity, each.source_id, each.reason) for each in corrections} == {
        (-2, begun.id, "Stocktake 1"),
        (-100, begun.id, "Stocktake 1"),
    }


def test_only_what_differed_is_counted_again(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork
) -> None:
    count(begun, shelf, 0, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    assert [line.lot for line in to_count_again(begun)[0]] == [shelf.lots[1]]
    with pytest.raises(LineAgreed):
        count(begun, shelf, 0, 1, second_nurse)


def test_a_scan_counts_what_its_package_holds_or_what_was_typed(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork
) -> None:
    def scan(gtin: str, pieces: int | None = None) -> int:
        said = element_string("L1", gtin)
        return operations.scan(begun, shelf.store, said, nurse, shelf.later(), pieces=pieces).quantity

    assert [scan(GTIN), scan(BOX), scan(BOX, pieces=37)] == [1, 50, 37]
    assert queries.counted_so_far(begun, shelf.lots[0], shelf.store) == 88


def test_scans_of_two_people_add_up(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    for person, pieces in ((nurse, 60), (second_nurse, 40)):
        count(begun, shelf, 0, pieces, person)
        count(begun, shelf, 1, pieces, person)
    operations.finish(begun, nurse, shelf.later())
    lines = approving.approve(begun, manager, shelf.later())
    assert {line.counted_by for line in lines} == {f"{second_nurse.name}, {nurse.name}"}


def test_what_is_used_before_and_after_a_scan_is_no_difference(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    first, second = shelf.lots
    stock.write_off(first, shelf.store, 5, "Broken", manager, shelf.later())
    count(begun, shelf, 0, 95, nurse)
    count(begun, shelf, 1, 100, nurse)
    stock.write_off(second, shelf.store, 7, "Broken", manager, shelf.later())
    operations.finish(begun, nurse, shelf.later())
    assert begun.state is StocktakeState.COUNTED
    approving.approve(begun, manager, shelf.later())
    assert _held(shelf) == [95, 93]


def test_what_moves_between_two_scans_of_a_lot_is_counted_again(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    count(begun, shelf, 0, 50, nurse)
    stock.write_off(shelf.lots[0], shelf.store, 5, "Broken", manager, shelf.later())
    count(begun, shelf, 0, 45, nurse)
    count(begun, shelf, 1, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    ((line, *_), _) = to_count_again(begun)
    assert line.lot is shelf.lots[0] and line.figure.moved_meanwhile and line.figure.difference == 0


def test_a_correction_made_while_the_stocktake_waits_is_not_made_twice(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    for person in (nurse, second_nurse):
        count(begun, shelf, 0, 95, person)
        if person is nurse:
            count(begun, shelf, 1, 100, person)
        operations.finish(begun, person, shelf.later())
    stock.correct_to(shelf.lots[0], shelf.store, 95, "Seen by the way", manager, shelf.later())
    approving.approve(begun, manager, shelf.later())
    assert _held(shelf) == [95, 100]


def test_who_counted_alone_does_not_approve(begun: Stocktake, shelf: Shelf, manager: PersonAtWork, lead_nurse) -> None:
    count(begun, shelf, 0, 100, manager)
    count(begun, shelf, 1, 100, manager)
    operations.finish(begun, manager, shelf.later())
    with pytest.raises(CountedAlone):
        approving.approve(begun, manager, shelf.later())
    approving.approve(begun, lead_nurse, shelf.later())
    assert begun.state is StocktakeState.APPROVED


def test_a_difference_that_nobody_believes_is_counted_once_more(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    count(begun, shelf, 0, 90, nurse)
    count(begun, shelf, 1, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    count(begun, shelf, 0, 90, second_nurse)
    operations.finish(begun, nurse, shelf.later())
    approving.count_again(begun, manager, shelf.later())
    assert begun.round == 3
    with pytest.raises(AnotherPersonCounts):
        count(begun, shelf, 0, 90, second_nurse)
    count(begun, shelf, 0, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    assert unsettled(lines_of(begun)) == []
    with pytest.raises(NothingDiffers):
        approving.count_again(begun, manager, shelf.later())
    approving.approve(begun, manager, shelf.later())
    assert _held(shelf) == [100, 100]


def test_a_difference_that_cannot_be_booked_any_more_is_said_and_nothing_is_booked(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    for person in (nurse, second_nurse):
        count(begun, shelf, 0, 10, person)
        count(begun, shelf, 1, 99, person)
        operations.finish(begun, person, shelf.later())
    stock.write_off(shelf.lots[0], shelf.store, 50, "Broken after all", manager, shelf.later())
    with pytest.raises(CannotSettle, match="L1"):
        approving.approve(begun, manager, shelf.later())
    db.session.expire_all()
    assert _held(shelf) == [50, 100]
    assert db.session.get_one(Stocktake, begun.id).state is StocktakeState.COUNTED


def test_a_lot_that_was_never_received_is_counted_once_somebody_says_so(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    said = element_string("L9", BOX)
    with pytest.raises(LotNotKnown, match="L9"):
        operations.scan(begun, shelf.store, said, nurse, shelf.later())
    found = operations.scan(begun, shelf.store, said, nurse, shelf.later(), found=True).lot
    assert found is not None and found.status is LotStatus.QUARANTINED and found.expires_on is not None
    for lot in (0, 1):
        count(begun, shelf, lot, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    operations.scan(begun, shelf.store, said, second_nurse, shelf.later())
    operations.finish(begun, nurse, shelf.later())
    approving.approve(begun, manager, shelf.later())
    assert stock_queries.on_hand(found, shelf.store) == 50


def test_a_code_that_nobody_knows_is_listed_and_counts_nothing(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork
) -> None:
    operations.scan(begun, shelf.store, element_string("X1", "09521101539998"), nurse, shelf.later())
    (unknown,) = queries.unknown_codes(begun)
    assert (unknown.lot, unknown.quantity) == (None, 0)


@pytest.mark.parametrize("text", ["hello", "0109521101530001", "HTTPS://STERILOG.EXAMPLE/P/0000000000000000A"])
def test_what_names_no_lot_is_refused(begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, text: str) -> None:
    with pytest.raises(NotCounted):
        operations.scan(begun, shelf.store, text, nurse, shelf.later())


def test_the_label_of_a_lot_without_a_suppliers_code_counts_one(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork
) -> None:
    text_on_label = f"https://sterilog.example/stock/lots/{shelf.lots[1].id}"
    scan = operations.scan(begun, shelf.store, text_on_label, nurse, shelf.later())
    assert (scan.lot, scan.quantity) == (shelf.lots[1], 1)


def test_ones_own_scan_is_taken_back_while_its_count_goes_on(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, second_nurse: PersonAtWork
) -> None:
    wrong = count(begun, shelf, 0, 40, nurse)
    with pytest.raises(NotYourScan):
        operations.take_back(begun, wrong, second_nurse, shelf.later())
    operations.take_back(begun, wrong, nurse, shelf.later())
    assert queries.counted_so_far(begun, shelf.lots[0], shelf.store) == 0
    with pytest.raises(NotYourScan):
        operations.take_back(begun, wrong, nurse, shelf.later())


def test_one_stocktake_is_open_at_a_time(begun: Stocktake, shelf: Shelf, manager: PersonAtWork, stranger) -> None:
    with pytest.raises(StocktakeOpen):
        operations.start(None, manager, shelf.later())
    assert operations.start(None, stranger, shelf.later()).number == 1
    with pytest.raises(ReasonMissing):
        operations.cancel(begun, " ", manager, shelf.later())
    operations.cancel(begun, "Wrong day", manager, shelf.later())
    assert operations.start(None, manager, shelf.later()).number == 2


def test_a_cancelled_stocktake_takes_nothing_more_and_corrected_nothing(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    count(begun, shelf, 0, 1, nurse)
    operations.cancel(begun, "Wrong day", manager, shelf.later())
    for step in (
        lambda: count(begun, shelf, 0, 1, nurse),
        lambda: operations.finish(begun, nurse, shelf.later()),
        lambda: approving.approve(begun, manager, shelf.later()),
    ):
        with pytest.raises(StocktakeOver):
            step()
    assert _held(shelf) == [100, 100]


def test_another_place_is_not_part_of_it(begun: Stocktake, shelf: Shelf, nurse: PersonAtWork) -> None:
    elsewhere = make_location(nurse, shelf.now)
    with pytest.raises(NotInScope):
        operations.count(begun, elsewhere, shelf.lots[0], 1, nurse, shelf.later())


def test_a_stocktake_of_everything_follows_what_moves_between_places(
    shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    room = make_location(manager, shelf.now)
    everything = operations.start(None, manager, shelf.later())
    count(everything, shelf, 0, 100, nurse)
    count(everything, shelf, 1, 100, nurse)
    stock.transfer(shelf.lots[0], shelf.store, room, 30, manager, shelf.later())
    operations.count(everything, room, shelf.lots[0], 30, nurse, shelf.later())
    operations.finish(everything, nurse, shelf.later())
    assert everything.state is StocktakeState.COUNTED
    assert sorted(line.figure.expected for line in lines_of(everything)) == [30, 100, 100]


def test_a_movement_that_arrives_late_with_its_own_time_is_no_difference(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork
) -> None:
    used_at = shelf.later()
    count(begun, shelf, 0, 99, nurse)
    count(begun, shelf, 1, 100, nurse)
    stock.write_off(shelf.lots[0], shelf.store, 1, "Brought home by a tablet", manager, used_at)
    operations.finish(begun, nurse, shelf.later())
    assert begun.state is StocktakeState.COUNTED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE count_scan SET quantity = 5",
        "DELETE FROM count_scan",
        "UPDATE stocktake SET state = 'counting', closed_at = NULL",
        "DELETE FROM stocktake",
        "UPDATE stocktake_line SET counted = 5",
        "INSERT INTO count_scan "
        "(id, clinic_id, stocktake_id, location_id, lot_id, round, quantity, scanned,"
        " at, by_name)"
        " SELECT stocktake_id, clinic_id, stocktake_id, location_id, lot_id, 1, 1, '', at, '' FROM count_scan LIMIT 1",
    ],
)
def test_the_database_keeps_what_was_counted(
    begun: Stocktake, shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork, statement: str
) -> None:
    count(begun, shelf, 0, 100, nurse)
    count(begun, shelf, 1, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    approving.approve(begun, manager, shelf.later())
    db.session.commit()
    with pytest.raises(DBAPIError):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(select(func.count(CountScan.id))) == 2
    assert db.session.scalar(select(func.count(StocktakeLine.id))) == 2


def test_a_stocktake_of_two_hundred_lots_lists_each_that_differs(
    shelf: Shelf, nurse: PersonAtWork, manager: PersonAtWork, now: datetime
) -> None:
    lots = [
        make_lot(
            manager, now, product=shelf.lots[0].product, number=f"M{number:03d}", quantity=10, location=shelf.store
        )
        for number in range(198)
    ]
    begun = operations.start(shelf.store, manager, shelf.later())
    for number, lot in enumerate(lots):
        operations.count(begun, shelf.store, lot, 9 + number % 3, nurse, shelf.later())
    for lot in (0, 1):
        count(begun, shelf, lot, 100, nurse)
    operations.finish(begun, nurse, shelf.later())
    assert len(unsettled(lines_of(begun))) == 132
