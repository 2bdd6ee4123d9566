"""Two nurses, one gun, one instant."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from inventory.audit.actors import Program
from inventory.db import begin_write, db
from inventory.guns import operations as guns
from inventory.guns import queries
from inventory.people import operations as people
from tests import databases
from tests.factories.guns import make_ready_gun

AT_ONCE = 6


@pytest.fixture
def shared_app(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose threads have connections of their own."""
    if engine == "postgresql":
        yield request.getfixturevalue("app")
        return
    app = databases.file_app(tmp_path / "race.sqlite3")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_of_several_who_take_a_gun_at_once_one_gets_it(shared_app: Flask, now: datetime) -> None:
    clinic = people.found_clinic("Clinic East", "Europe/Brussels", now)
    program = Program(clinic.id, clinic.time_zone)
    gun_id = make_ready_gun(program, now).id
    db.session.commit()
    together = Barrier(AT_ONCE)

    def attempt(_number: int) -> str:
        with shared_app.app_context():
            together.wait()
            begin_write()
            try:
                guns.take(queries.gun_of(program.clinic_id, gun_id), program, now)
                db.session.commit()
            except guns.GunInUse as refused:
                db.session.rollback()
                return refused.code
            return "TAKEN"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = sorted(threads.map(attempt, range(AT_ONCE)))
    assert answers == ["GUN_IN_USE"] * (AT_ONCE - 1) + ["TAKEN"]
