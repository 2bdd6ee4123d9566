"""Four nurses in four processes, one pack, one instant: for every one of many packs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from inventory.audit.actors import Program
from inventory.audit.queries import verify
from inventory.db import db
from inventory.packs.models import Pack, PackState, PackUse
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.models import Clinic, Person, Role
from inventory.signatures.models import How
from inventory.signatures.signer import signing
from tests import databases
from tests.factories.packs import make_packs
from tests.factories.sessions import make_ready, open_session
from tests.races import Racer, Tally, looks_then_opens_each, looks_then_opens_each_by_default, opens_each, race

PROCESSES = 4
PACKS = 500
CONTROL_PACKS = 60
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@pytest.fixture
def shared_url(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of its own that several processes open; its application context is pushed."""
    if engine == "postgresql":
        with databases.fresh_database(request.getfixturevalue("postgresql_url"), "sterilog_race") as url:
            yield from _served(databases.postgresql_app(url), url)
    else:
        # Who gets a pack is decided by locks: that a disc keeps it is tested elsewhere, and would be most of the time.
        with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="sterilog-race-") as folder:
            file = Path(folder) / "race.sqlite3"
            yield from _served(databases.file_app(file), f"sqlite:///{file}")


def test_inv_01_two_nurses_scanning_one_pack_exactly_one_gets_it(shared_url: str, now: datetime) -> None:
    racers = _racers(shared_url, PACKS, now)
    _each_went_to_one(race(racers, opens_each), PACKS)
    assert set(db.session.scalars(select(Pack.state))) == {PackState.OPENED}
    assert verify(racers[0].nurse.clinic_id).whole


def test_the_index_alone_stops_who_looked_before(shared_url: str, now: datetime) -> None:
    _each_went_to_one(race(_racers(shared_url, CONTROL_PACKS, now), looks_then_opens_each), CONTROL_PACKS)


def test_without_the_index_the_race_sees_packs_used_twice(shared_url: str, now: datetime) -> None:
    racers = _racers_without_index(shared_url, now)
    tallies = race(racers, looks_then_opens_each)
    assert max(_uses_of_packs()) > 1
    with pytest.raises(AssertionError):
        _each_went_to_one(tallies, CONTROL_PACKS)


def test_without_the_index_and_with_plain_begin_the_race_fails(shared_url: str, now: datetime) -> None:
    """Packs used twice on PostgreSQL; on SQLite the losers of the lock meet an error instead of an answer too."""
    racers = _racers_without_index(shared_url, now)
    with pytest.raises(AssertionError):
        _each_went_to_one(race(racers, looks_then_opens_each_by_default), CONTROL_PACKS)


def _each_went_to_one(tallies: Sequence[Tally], packs: int) -> None:
    """One got each pack, three were told that it is used, nobody met anything else."""
    assert [tally.errors for tally in tallies] == [[]] * PROCESSES
    assert sum(tally.opened for tally in tallies) == packs
    assert sum(tally.refused for tally in tallies) == packs * (PROCESSES - 1)
    assert _uses_of_packs() == [1] * packs


def _racers_without_index(url: str, now: datetime) -> list[Racer]:
    racers = _racers(url, CONTROL_PACKS, now)
    db.session.execute(text("DROP INDEX uq_pack_use_live"))
    db.session.commit()
    return racers


def _served(app: Flask, url: str) -> Iterator[str]:
    with app.app_context():
        yield url
        db.session.remove()
        db.engine.dispose()


def _racers(url: str, packs: int, now: datetime) -> list[Racer]:
    """`PROCESSES` nurses with one open session each, and the packs they all want."""
    clinic = people.found_clinic("Clinic North", "Europe/Brussels", now)
    nurses = [_nurse(clinic, number, now) for number in range(PROCESSES)]
    ready = make_ready(nurses[0], now, packs=0, needles=packs)
    wanted = [pack.id for pack in make_packs(nurses[0], now, ready.lot, ready.store, packs)]
    racers = [Racer(url, nurse, open_session(nurse, now, ready).id, wanted, now) for nurse in nurses]
    db.session.commit()
    return racers


def _nurse(clinic: Clinic, number: int, now: datetime) -> PersonAtWork:
    person = Person(name=f"Nurse {number}", email=f"n{number}@clinic.example", password="none", created_at=now)
    db.session.add(person)
    membership = people.join_clinic(person, clinic, Role.NURSE, Program(clinic.id, clinic.time_zone), now)
    return signing(at_work(person, membership, clinic.name, clinic.time_zone), How.PASSWORD)


def _uses_of_packs() -> list[int]:
    db.session.rollback()
    live = select(func.count(PackUse.id)).where(PackUse.voided_at.is_(None)).group_by(PackUse.pack_id)
    return list(db.session.scalars(live))
