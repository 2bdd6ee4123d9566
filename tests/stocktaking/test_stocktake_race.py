"""Two people at one stocktake at the same moment, each with a connection of their own, on both engines."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from inventory.audit.queries import verify
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Role
from inventory.stock import operations as stock
from inventory.stock import queries as stock_queries
from inventory.stock.models import Balance, Location, Lot, Movement, MovementKind
from inventory.stocktaking import approving, operations, queries
from inventory.stocktaking.lifecycle import StocktakeState
from inventory.stocktaking.models import CountScan, Stocktake
from tests.at_once import at_once, shared_app
from tests.conftest import NOW, _somebody
from tests.stocktaking.counting import make_shelf

ROUNDS = 15


@pytest.fixture
def shared(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with shared_app(engine, request, tmp_path, "counting") as app:
        yield app


@pytest.fixture
def staff(shared: Flask) -> list[PersonAtWork]:
    with shared.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        roles = (Role.NURSE, Role.NURSE, Role.NURSE, Role.MANAGER, Role.MANAGER)
        made = [_somebody(clinic, f"Person {number}", role) for number, role in enumerate(roles)]
        shelf = make_shelf(made[-1], NOW)
        operations.start(shelf.store, made[-1], NOW + timedelta(minutes=1))
        db.session.commit()
        db.session.remove()
    return made


def _stocktake() -> Stocktake:
    return db.session.scalars(select(Stocktake)).one()


def _lots() -> list[Lot]:
    return list(db.session.scalars(select(Lot).order_by(Lot.number)))


def _store() -> Location:
    return db.session.scalars(select(Location)).one()


def _counts(lot: int, pieces: int, by: PersonAtWork, minute: int) -> Callable[[], object]:
    return lambda: operations.count(_stocktake(), _store(), _lots()[lot], pieces, by, NOW + timedelta(minutes=minute))


def test_scans_of_two_people_at_one_moment_all_count(shared: Flask, staff: list[PersonAtWork]) -> None:
    for round_ in range(ROUNDS):
        acts = [_counts(0, 1, person, 2 + round_) for person in staff[:3]]
        assert at_once(shared, *acts) == ["done"] * 3
    with shared.app_context():
        assert queries.counted_so_far(_stocktake(), _lots()[0], _store()) == 3 * ROUNDS
        assert verify(staff[0].clinic_id).whole


def test_no_scan_slips_into_a_round_that_is_finished(shared: Flask, staff: list[PersonAtWork]) -> None:
    """Whoever comes second: the scan is in the first count, or in the one that follows; never in between."""
    at_once(shared, _counts(1, 100, staff[0], 2))
    finish = lambda: operations.finish(_stocktake(), staff[1], NOW + timedelta(minutes=3))  # noqa: E731
    assert at_once(shared, _counts(0, 100, staff[0], 3), finish) == ["done", "done"]
    with shared.app_context():
        found, scan = _stocktake(), db.session.scalars(select(CountScan).where(CountScan.quantity == 100)).all()
        rounds = {each.round for each in scan if each.lot == _lots()[0]}
        expected = {1} if found.state is StocktakeState.COUNTED else {2}
        assert rounds == expected and found.round == max(expected)


def test_two_approvals_at_one_moment_book_once_while_stock_is_used(shared: Flask, staff: list[PersonAtWork]) -> None:
    for person, minute in ((staff[0], 2), (staff[1], 6)):
        for lot in (0, 1):
            at_once(shared, _counts(lot, 90, person, minute + lot))
        at_once(shared, lambda p=person, m=minute: operations.finish(_stocktake(), p, NOW + timedelta(minutes=m + 3)))
    later = NOW + timedelta(minutes=20)

    def use() -> None:
        stock.write_off(_lots()[0], _store(), 5, "Broken", staff[2], later)

    def approves(by: PersonAtWork) -> Callable[[], object]:
        return lambda: approving.approve(_stocktake(), by, later)

    assert at_once(shared, approves(staff[3]), approves(staff[4]), use) == ["StocktakeOver", "done", "done"]
    with shared.app_context():
        assert [stock_queries.on_hand(lot, _store()) for lot in _lots()] == [85, 90]
        assert _sums() == {(row.lot_id, row.location_id): row.on_hand for row in db.session.scalars(select(Balance))}
        booked = select(func.count()).where(Movement.kind == MovementKind.ADJUSTMENT)
        assert db.session.scalar(booked) == 2
        assert verify(staff[0].clinic_id).whole


def _sums() -> dict[tuple[UUID, UUID], int]:
    rows = db.session.execute(
        select(Movement.lot_id, Movement.location_id, func.sum(Movement.quantity)).group_by(
            Movement.lot_id, Movement.location_id
        )
    )
    return {(lot_id, location_id): total for lot_id, location_id, total in rows}
