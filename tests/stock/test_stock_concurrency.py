"""Two people reach for the same unit at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from inventory.audit.actors import Program
from inventory.audit.queries import verify
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.stock import operations, queries
from inventory.stock.errors import NotEnough
from inventory.stock.models import Location, Lot, Movement, MovementKind, Product
from tests import databases
from tests.factories.stock import make_location, make_lot, make_product

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROUNDS = 10


@pytest.fixture
def file_app(tmp_path: Path) -> Flask:
    return databases.file_app(tmp_path / "t.sqlite3")


def _at_once(app: Flask, act: Callable[[], str]) -> list[str]:
    """Run `act` in two threads with a transaction each; a refusal is told by its name."""
    together = Barrier(2)

    def one() -> str:
        with app.app_context():
            together.wait()
            begin_write()
            try:
                told = act()
            except NotEnough as refused:
                assert refused.on_hand == 0
                db.session.rollback()
                return "NotEnough"
            db.session.commit()
            return told

    with ThreadPoolExecutor(2) as pool:
        return sorted(done.result() for done in [pool.submit(one), pool.submit(one)])


def test_the_last_unit_is_taken_once(file_app: Flask) -> None:
    with file_app.app_context():
        clinic = people.found_clinic("Clinic", "Europe/Brussels", NOW)
        by = Program(clinic.id, clinic.time_zone)
        store = make_location(by, NOW)
        lots = [make_lot(by, NOW, quantity=1, location=store).id for _ in range(ROUNDS)]
        store_id: UUID = store.id
        db.session.commit()

    for lot_id in lots:

        def take(lot_id: UUID = lot_id) -> str:
            lot, place = db.session.get_one(Lot, lot_id), db.session.get_one(Location, store_id)
            operations.consume(lot, place, 1, by, NOW, source_id=uuid4())
            return "taken"

        assert _at_once(file_app, take) == ["NotEnough", "taken"]

    with file_app.app_context():
        used = select(func.count()).where(Movement.kind == MovementKind.CONSUMPTION)
        assert db.session.scalar(used) == ROUNDS
        assert verify(by.clinic_id).whole


def test_two_first_boxes_of_one_lot_make_one_lot(file_app: Flask) -> None:
    with file_app.app_context():
        clinic = people.found_clinic("Clinic", "Europe/Brussels", NOW)
        by = Program(clinic.id, clinic.time_zone)
        product_id, store_id = make_product(by, NOW).id, make_location(by, NOW).id
        db.session.commit()

    def receive() -> str:
        product, store = db.session.get_one(Product, product_id), db.session.get_one(Location, store_id)
        operations.receive(product, "A1", date(2027, 12, 31), 100, store, by, NOW)
        return "booked"

    assert _at_once(file_app, receive) == ["booked", "booked"]
    with file_app.app_context():
        lot = db.session.scalars(select(Lot)).one()
        assert queries.on_hand(lot, db.session.get_one(Location, store_id)) == 200
