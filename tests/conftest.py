"""Shared fixtures: an application on each engine, two clinics, one person of each role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import settings

from inventory.audit.actors import Program
from inventory.db import db
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.models import Clinic, Person, Role
from inventory.people.passwords import hashed
from inventory.signatures.models import How
from inventory.signatures.signer import Signer, signing
from tests import databases
from tests.pages import PageClient

# A busy machine is slow now and then, and says nothing of the code by it: no example is failed for its time alone.
settings.register_profile("sterilog", deadline=None)
settings.load_profile("sterilog")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough test password"
HASHED = hashed(PASSWORD)
"""Hashed once: Argon2 is slow on purpose."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgresql", "both"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine")
        engines = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        metafunc.parametrize("engine", engines, scope="session")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server's URL, started once for the run."""
    with databases.postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(engine: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    if engine == "sqlite":
        yield databases.sqlite_app()
        return
    with databases.fresh_database(request.getfixturevalue("postgresql_url"), "sterilog_test") as url:
        app = databases.postgresql_app(url)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(migrated: Flask) -> Iterator[Flask]:
    databases.restore(migrated)
    with migrated.app_context():
        yield migrated
        db.session.rollback()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    return people.found_clinic("Clinic North", "Europe/Brussels", NOW)


@pytest.fixture
def other_clinic(app: Flask) -> Clinic:
    return people.found_clinic("Clinic South", "Europe/Paris", NOW)


def _somebody(clinic: Clinic, name: str, role: Role) -> Signer:
    """Who has just typed their password, so that operations which are signed can be called; pages ask for it."""
    program = Program(clinic.id, clinic.time_zone)
    email = f"{name.lower().replace(' ', '.')}@clinic.example"
    person = Person(name=name, email=email, password=HASHED, created_at=NOW)
    db.session.add(person)
    membership = people.join_clinic(person, clinic, role, program, NOW)
    return signing(at_work(person, membership, clinic.name, clinic.time_zone), How.PASSWORD)


@pytest.fixture
def nurse(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Nora Nurse", Role.NURSE)


@pytest.fixture
def second_nurse(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Nils Nurse", Role.NURSE)


@pytest.fixture
def lead_nurse(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Lea Lead", Role.LEAD_NURSE)


@pytest.fixture
def second_lead_nurse(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Lars Lead", Role.LEAD_NURSE)


@pytest.fixture
def manager(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Mona Manager", Role.MANAGER)


@pytest.fixture
def auditor(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Aude Auditor", Role.AUDITOR)


@pytest.fixture
def administrator(clinic: Clinic) -> PersonAtWork:
    return _somebody(clinic, "Ada Admin", Role.ADMINISTRATOR)


@pytest.fixture
def stranger(other_clinic: Clinic) -> PersonAtWork:
    """A manager of another clinic."""
    return _somebody(other_clinic, "Stan Stranger", Role.MANAGER)


@pytest.fixture
def strange_nurse(other_clinic: Clinic) -> PersonAtWork:
    """A lead nurse of another clinic."""
    return _somebody(other_clinic, "Sara Stranger", Role.LEAD_NURSE)


@pytest.fixture
def client_for(app: Flask) -> Callable[[PersonAtWork | None], PageClient]:
    """A page-checking client, signed in as the given person."""

    def client(actor: PersonAtWork | None = None) -> PageClient:
        http = app.test_client()
        if actor is not None:
            uniquifier = db.session.get_one(Person, actor.id).fs_uniquifier
            db.session.commit()
            with http.session_transaction() as cookie:
                cookie["_user_id"] = uniquifier
                cookie["_fresh"] = True
                cookie["clinic_id"] = str(actor.clinic_id)
                cookie["signed_in_at"] = datetime.now(UTC).isoformat()
                cookie.permanent = True
        return PageClient(app, http)

    return client
