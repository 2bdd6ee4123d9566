"""Par levels, first expired first out, returns and recall notices, in a real stock."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from inventory.db import db
from inventory.errors import Invalid
from inventory.people.actors import PersonAtWork
from inventory.stock import operations, pars, queries, recalling, returning
from inventory.stock.errors import LotRecalled, NotEnough
from inventory.stock.expiry_board import board
from inventory.stock.models import LocationKind, LotStatus, Movement, MovementKind
from inventory.stock.picking import EarlierLotFirst
from inventory.stock.shelf_models import RecallReach, SupplierReturn
from tests.factories.stock import make_location, make_lot, make_product

LATE, EARLY = date(2028, 6, 30), date(2027, 3, 31)


def _movements(kind: MovementKind) -> list[Movement]:
    return list(db.session.scalars(select(Movement).where(Movement.kind == kind)))


def test_a_trolley_is_filled_up_from_the_stores_in_one_transfer(manager: PersonAtWork, now: datetime) -> None:
    store, other = make_location(manager, now), make_location(manager, now)
    trolley = make_location(manager, now, kind=LocationKind.TROLLEY)
    needle, pad = make_product(manager, now), make_product(manager, now)
    late = make_lot(manager, now, product=needle, expires_on=LATE, quantity=50, location=store)
    early = make_lot(manager, now, product=needle, expires_on=EARLY, quantity=8, location=other)
    pads = make_lot(manager, now, product=pad, quantity=3, location=store)
    pars.set_par(trolley, needle, 20, manager, now)
    pars.set_par(trolley, pad, 5, manager, now)
    wanted = pars.fill_list(trolley, now.date())
    assert {line.product: (line.need.lacking, line.need.short) for line in wanted.lines} == {
        needle: (20, 0),
        pad: (5, 2),
    }
    pars.fill(trolley, wanted.mark, manager, now)
    assert [queries.on_hand(lot, trolley) for lot in (early, late, pads)] == [8, 12, 3]
    moved = _movements(MovementKind.TRANSFER)
    assert len({movement.source_id for movement in moved}) == 1
    again = pars.fill_list(trolley, now.date())
    assert again.takings == [] and [line.need.short for line in again.lines] == [2]
    with pytest.raises(pars.NothingToFill):
        pars.fill(trolley, "", manager, now)


def test_inv_09_the_legs_of_a_filling_sum_to_nothing(manager: PersonAtWork, now: datetime) -> None:
    stores = [make_location(manager, now) for _ in range(3)]
    room = make_location(manager, now, kind=LocationKind.ROOM)
    product = make_product(manager, now)
    lot = make_lot(manager, now, product=product, quantity=4, location=stores[0])
    for store in stores[1:]:
        operations.receive(product, lot.number, None, 4, store, manager, now)
    pars.set_par(room, product, 10, manager, now)
    pars.fill(room, pars.fill_list(room, now.date()).mark, manager, now)
    assert queries.on_hand(lot, room) == 10
    sums = db.session.execute(
        select(Movement.source_id, Movement.lot_id, func.sum(Movement.quantity))
        .where(Movement.kind == MovementKind.TRANSFER)
        .group_by(Movement.source_id, Movement.lot_id)
    ).all()
    assert [total for _, _, total in sums] == [0]


def test_a_list_that_changed_meanwhile_is_not_carried_out_unseen(manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now, kind=LocationKind.ROOM)
    lot = make_lot(manager, now, quantity=10, location=store)
    pars.set_par(room, lot.product, 5, manager, now)
    seen = pars.fill_list(room, now.date()).mark
    operations.transfer(lot, store, room, 2, manager, now)
    with pytest.raises(pars.ListChanged):
        pars.fill(room, seen, manager, now)
    assert queries.on_hand(lot, room) == 2


def test_a_par_level_of_none_ends_the_filling(manager: PersonAtWork, now: datetime) -> None:
    room, product = make_location(manager, now, kind=LocationKind.ROOM), make_product(manager, now)
    pars.set_par(room, product, 5, manager, now)
    pars.set_par(room, product, 0, manager, now)
    assert pars.pars_of(room) == [] and pars.fill_list(room, now.date()).lines == []
    with pytest.raises(Invalid):
        pars.set_par(room, product, -1, manager, now)


def test_moving_the_later_lot_first_asks_why_and_keeps_the_answer(manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now, kind=LocationKind.ROOM)
    early = make_lot(manager, now, expires_on=EARLY, quantity=5, location=store)
    late = make_lot(manager, now, product=early.product, expires_on=LATE, quantity=5, location=store)
    with pytest.raises(EarlierLotFirst, match=early.number) as refused:
        operations.transfer(late, store, room, 1, manager, now)
    assert refused.value.earlier is early
    assert queries.on_hand(late, room) == 0
    taken, brought = operations.transfer(late, store, room, 1, manager, now, out_of_order="Box was open")
    assert taken.reason is not None and "Box was open" in taken.reason and early.number in taken.reason
    assert brought.reason is None
    operations.transfer(early, store, room, 5, manager, now)
    assert operations.transfer(late, store, room, 1, manager, now)[0].reason is None


def test_what_is_blocked_is_put_aside_in_any_order(manager: PersonAtWork, now: datetime) -> None:
    store, aside = make_location(manager, now), make_location(manager, now)
    early = make_lot(manager, now, expires_on=EARLY, quantity=5, location=store)
    late = make_lot(manager, now, product=early.product, expires_on=LATE, quantity=5, location=store)
    operations.quarantine(late, "Wet box", manager, now)
    operations.transfer(late, store, aside, 5, manager, now)
    assert queries.on_hand(late, aside) == 5


def test_a_return_leaves_the_stock_with_the_suppliers_number(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=10, location=store)
    operations.recall(lot, "Seals", manager, now)
    sent = returning.return_to_supplier(lot, store, 10, "RMA-7", "Recalled", manager, now)
    assert queries.on_hand(lot, store) == 0
    (left,) = _movements(MovementKind.WRITE_OFF)
    assert (left.source_id, left.quantity) == (sent.id, -10) and "RMA-7" in (left.reason or "")
    with pytest.raises(NotEnough):
        returning.return_to_supplier(lot, store, 1, "RMA-8", "Recalled", manager, now)
    with pytest.raises(Invalid):
        returning.return_to_supplier(lot, store, 1, " ", "Recalled", manager, now)
    assert db.session.scalar(select(func.count(SupplierReturn.id))) == 1


def test_a_notice_of_a_range_blocks_what_is_there_and_what_would_come(manager: PersonAtWork, now: datetime) -> None:
    store, product = make_location(manager, now), make_product(manager, now)
    inside = make_lot(manager, now, product=product, number="A0150", location=store)
    beside = make_lot(manager, now, product=product, number="B0150", location=store)
    notice, reached = recalling.enter_notice(
        product,
        "FSN-1",
        now.date(),
        "Seals",
        RecallReach.RANGE,
        manager,
        now,
        first_number="A0100",
        last_number="A0200",
    )
    assert list(reached) == [inside]
    assert (inside.status, beside.status) == (LotStatus.RECALLED, LotStatus.USABLE)
    with pytest.raises(recalling.LotOfNotice, match="FSN-1") as refused:
        operations.receive(product, "A0180", None, 5, store, manager, now)
    assert refused.value.notice is notice and refused.value.code == "RECALLED"
    with pytest.raises(LotRecalled):
        operations.receive(product, "A0150", None, 5, store, manager, now)
    operations.receive(product, "A0201", None, 5, store, manager, now)
    with pytest.raises(recalling.NoticeKnown):
        recalling.enter_notice(product, "FSN-1", now.date(), "Seals", RecallReach.ALL, manager, now)


def test_a_notice_of_single_lots_needs_lots_of_its_product(manager: PersonAtWork, now: datetime) -> None:
    lot, other = make_lot(manager, now), make_lot(manager, now)

    def enter(reach: RecallReach, **more: object) -> None:
        recalling.enter_notice(lot.product, "FSN-2", now.date(), "Seals", reach, manager, now, **more)  # type: ignore[arg-type]

    for lots in ([], [other]):
        with pytest.raises(Invalid):
            enter(RecallReach.LOTS, lots=lots)
    with pytest.raises(Invalid):
        enter(RecallReach.RANGE, first_number="A9", last_number="A1")
    enter(RecallReach.LOTS, lots=[lot])
    assert (lot.status, other.status) == (LotStatus.RECALLED, LotStatus.USABLE)


def test_the_expiry_board_says_what_will_be_left(manager: PersonAtWork, now: datetime) -> None:
    past, today = now - timedelta(days=90), now.date()
    store, soon = make_location(manager, past), today + timedelta(days=29)
    lot = make_lot(manager, past, expires_on=soon, quantity=130, location=store)
    unused = make_lot(manager, past, expires_on=soon, quantity=7, location=store)
    make_lot(manager, past, expires_on=today + timedelta(days=61), quantity=7, location=store)
    operations.adjust(lot, store, -90, "Used in the rooms", manager, now - timedelta(days=1))
    lines = {line.lot: line for line in board(manager.clinic_id, manager.time_zone, today, 60)}
    assert {each: line.left for each, line in lines.items()} == {lot: 10, unused: 7}
    assert lines[lot].a_week == "7.0" and lines[lot].days == 29
