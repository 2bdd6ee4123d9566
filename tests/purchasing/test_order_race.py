"""Two people at one order at the same moment, each with a connection of their own, on both engines."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from inventory.audit.queries import verify
from inventory.clock import day_in
from inventory.db import begin_write, db
from inventory.mail.models import OutgoingMessage
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Role
from inventory.purchasing import operations as orders
from inventory.purchasing.lifecycle import OrderState
from inventory.purchasing.models import OrderReceipt, PurchaseOrder, Supplier
from inventory.purchasing.suggesting import suggestions
from inventory.stock.models import Balance, Location, Movement
from tests.at_once import at_once, shared_app
from tests.conftest import NOW, _somebody
from tests.factories.purchasing import make_low_product, make_offer, make_supplier

ROUNDS = 10
LATER = NOW + timedelta(days=1)


@pytest.fixture
def shared(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with shared_app(engine, request, tmp_path, "ordering") as app:
        yield app


@pytest.fixture
def staff(shared: Flask) -> list[PersonAtWork]:
    """Three managers, and a supplier of two products that are low."""
    with shared.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        made = [_somebody(clinic, f"Manager {number}", Role.MANAGER) for number in range(3)]
        supplier = make_supplier(made[0], NOW)
        for name in ("Needle A", "Needle B"):
            make_offer(supplier, make_low_product(made[0], NOW, name=name), made[0], NOW)
        db.session.commit()
        db.session.remove()
    return made


def _drafts(by: PersonAtWork) -> Callable[[], object]:
    def act() -> None:
        supplier = db.session.scalars(select(Supplier)).one()
        orders.draft(supplier, suggestions(by.clinic_id, NOW, day_in(by.time_zone, NOW)), by, NOW)

    return act


def _order() -> PurchaseOrder:
    return db.session.scalars(select(PurchaseOrder).order_by(PurchaseOrder.number.desc()).limit(1)).one()


def _approves(by: PersonAtWork, seen: int) -> Callable[[], object]:
    return lambda: orders.approve(_order(), None, seen, by, NOW)


def _sends(by: PersonAtWork, seen: int) -> Callable[[], object]:
    return lambda: orders.send(_order(), seen, by, NOW, clinic_name="N", by_email=True, reply_to=None)


def _receives(by: PersonAtWork, lot: str, units: int, line: int = 0) -> Callable[[], object]:
    def act() -> None:
        product = _order().lines[line].product
        place = db.session.scalars(select(Location).order_by(Location.name).limit(1)).one()
        orders.receive(_order(), product, lot, None, units, place, by, LATER)

    return act


def _sent(app: Flask, by: PersonAtWork) -> None:
    for step in (_drafts(by), _approves(by, 1), _sends(by, 2)):
        assert at_once(app, step) == ["done"]


def test_of_two_drafts_to_one_supplier_at_one_moment_one_is_made(shared: Flask, staff: list[PersonAtWork]) -> None:
    for number in range(1, ROUNDS + 1):
        assert at_once(shared, *(_drafts(person) for person in staff)) == ["DraftOpen", "DraftOpen", "done"]
        cancels = lambda: orders.cancel(_order(), "Again", 1, staff[0], NOW)  # noqa: E731
        assert at_once(shared, cancels) == ["done"]
        with shared.app_context():
            made = select(PurchaseOrder.number).order_by(PurchaseOrder.number)
            assert list(db.session.scalars(made)) == list(range(1, number + 1))
    with shared.app_context():
        assert verify(staff[0].clinic_id).whole


def test_of_two_steps_that_saw_the_same_order_one_is_taken(shared: Flask, staff: list[PersonAtWork]) -> None:
    first, second, third = staff
    at_once(shared, _drafts(first))
    changes = lambda: orders.change(_order(), {}, 1, third, NOW)  # noqa: E731
    said = at_once(shared, _approves(first, 1), _approves(second, 1), changes)
    assert said == ["ChangedMeanwhile", "ChangedMeanwhile", "done"]
    with shared.app_context():
        assert _order().version == 2 and verify(first.clinic_id).whole


def test_an_order_sent_by_two_at_one_moment_is_mailed_once(shared: Flask, staff: list[PersonAtWork]) -> None:
    first, second, _ = staff
    at_once(shared, _drafts(first))
    at_once(shared, _approves(first, 1))
    assert at_once(shared, _sends(first, 2), _sends(second, 2)) == ["ChangedMeanwhile", "done"]
    with shared.app_context():
        (message,) = db.session.scalars(select(OutgoingMessage)).all()
        assert message.cause_id == _order().id


def test_cartons_booked_by_three_at_one_moment_are_all_on_the_order(shared: Flask, staff: list[PersonAtWork]) -> None:
    _sent(shared, staff[0])
    for round_ in range(ROUNDS):
        acts = [_receives(person, f"L{number}", 3) for number, person in enumerate(staff)]
        assert at_once(shared, *acts) == ["done"] * 3, round_
    with shared.app_context():
        order = _order()
        line = order.lines[0]
        assert line.received_units == 9 * ROUNDS == db.session.scalar(select(func.sum(OrderReceipt.units)))
        assert order.state is OrderState.PARTLY_RECEIVED
        assert _balances_are_sums() and verify(staff[0].clinic_id).whole


def test_a_carton_that_comes_while_the_rest_is_closed_is_booked_or_refused_whole(
    shared: Flask, staff: list[PersonAtWork]
) -> None:
    _sent(shared, staff[0])
    at_once(shared, _receives(staff[0], "A", 5))
    with shared.app_context():
        seen = _order().version
    closes = lambda: orders.close(_order(), "Enough", seen, staff[1], LATER)  # noqa: E731
    said = at_once(shared, closes, _receives(staff[2], "B", 5))
    with shared.app_context():
        order = _order()
        came = order.lines[0].received_units
        assert (said, order.state, came) in (
            (["NotNow", "done"], OrderState.CLOSED, 5),
            (["ChangedMeanwhile", "done"], OrderState.PARTLY_RECEIVED, 10),
        )
        assert came == db.session.scalar(select(func.sum(OrderReceipt.units)))
        assert _balances_are_sums() and verify(staff[0].clinic_id).whole


def _balances_are_sums() -> bool:
    rows = db.session.execute(
        select(Movement.lot_id, Movement.location_id, func.sum(Movement.quantity)).group_by(
            Movement.lot_id, Movement.location_id
        )
    )
    kept = {(row.lot_id, row.location_id): row.on_hand for row in db.session.scalars(select(Balance))}
    return {(lot, place): total for lot, place, total in rows} == kept
