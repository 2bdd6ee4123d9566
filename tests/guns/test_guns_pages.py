"""The pages of the guns."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from uuid import uuid4

import pytest
import time_machine

from inventory.disinfection import queries as disinfection
from inventory.disinfection.models import Container, RinseWater
from inventory.guns import operations as guns
from inventory.guns import queries
from inventory.guns.models import GunState
from inventory.people.actors import PersonAtWork
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun, make_ready_gun
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def opa(nurse: PersonAtWork, now: datetime) -> Container:
    return make_container(nurse, now, name="OPA 0.55 %", number="L7")


def test_readiness_is_seen_at_a_glance(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    make_gun(nurse, now, serial_number="A")
    make_ready_gun(nurse, now, container=opa, serial_number="B")
    taken = make_ready_gun(nurse, now, container=opa, serial_number="C")
    guns.take(taken, nurse, now)
    broken = make_ready_gun(nurse, now, container=opa, serial_number="D")
    guns.take_out_of_service(broken, "It drips", nurse, now)
    make_ready_gun(nurse, now, container=opa, serial_number="E", service_due_on=date(2026, 11, 22))
    rinsed = make_gun(nurse, now, serial_number="F")
    guns.disinfect_gun(rinsed, opa, 300, RinseWater.TAP, nurse, now)
    page = client_for(nurse).open("/guns")
    assert [(row[1], row[2]) for row in page.rows()] == [
        ("A", "Disinfect first"),
        ("B", "Ready"),
        ("C", "In use"),
        ("D", "Out of service"),
        ("E", "Service overdue"),
        ("F", "Tap water, service it"),
    ]


def test_an_empty_list_says_what_to_do_first(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, client_for: ClientFor
) -> None:
    assert "Ask a lead nurse" in client_for(nurse).open("/guns").main
    assert client_for(lead_nurse).open("/guns").follow("Add a gun").h1 == "Add a gun"


def test_a_gun_is_added(lead_nurse: PersonAtWork, client_for: ClientFor) -> None:
    page = (
        client_for(lead_nurse)
        .open("/guns/new")
        .submit(
            "Add the gun",
            model="Pistor 4",
            serial_number="A-1",
            fastest_shots_per_minute="540",
            service_due_on="2027-06-30",
        )
    )
    (gun,) = queries.guns_in(lead_nurse.clinic_id)
    assert page.h1 == "Pistor 4 A-1"
    assert (gun.fastest_shots_per_minute, gun.high_speed, gun.service_due_on) == (
        540,
        False,
        date(2027, 6, 30),
    )


def test_a_serial_number_given_twice_is_refused_and_kept(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    make_gun(lead_nurse, now, serial_number="A-1")
    page = client_for(lead_nurse).open("/guns/new")
    page = page.submit("Add the gun", status=422, model="Other", serial_number="A-1")
    assert page.one("input", name="serial_number", aria_invalid="true").get("value") == "A-1"
    assert page.one("input", name="model").get("value") == "Other"
    assert len(queries.guns_in(lead_nurse.clinic_id)) == 1


def test_a_gun_added_twice_by_one_event_is_added_once(lead_nurse: PersonAtWork, client_for: ClientFor) -> None:
    form = client_for(lead_nurse).open("/guns/new")
    pages = [form.submit("Add the gun", model="Pistor 4", serial_number="A-1") for _ in range(2)]
    assert pages[0].url == pages[1].url
    assert len(queries.guns_in(lead_nurse.clinic_id)) == 1


def test_a_gun_is_disinfected_with_a_scanned_container(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    form = client_for(nurse).open(f"/guns/{gun.id}").follow("Disinfect")
    assert form.one("input", name="contact_seconds").get("value") == "5:00"
    address = f"HTTPS://STERILOG.EXAMPLE/C/{opa.code}"
    page = form.submit("Disinfection finished", scan=address, rinse_water="sterile")
    assert gun.state is GunState.AVAILABLE
    assert page.rows()[0][1:5] == ["OPA 0.55 %", "L7", "5:00", "sterile"]


def test_a_disinfection_sent_twice_is_kept_once(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    form = client_for(nurse).open(f"/guns/{gun.id}/disinfect")
    for _ in range(2):
        form.submit("Disinfection finished", rinse_water="filtered")
    assert len(disinfection.disinfections_of_gun(nurse.clinic_id, gun.id)) == 1


def test_the_rinse_water_must_be_said(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    page = client_for(nurse).open(f"/guns/{gun.id}/disinfect")
    page = page.submit("Disinfection finished", status=422, contact_seconds="7:00")
    assert page.one("input", name="contact_seconds").get("value") == "7:00"
    assert "Choose what it was rinsed with." in page.main
    assert gun.state is GunState.NEEDS_DISINFECTION


def test_tap_water_is_warned_of_and_takes_the_gun_out(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_ready_gun(nurse, now, container=opa)
    form = client_for(nurse).open(f"/guns/{gun.id}/disinfect")
    assert any("Never rinse with tap water" in message for message in form.messages)
    page = form.submit("Disinfection finished", rinse_water="tap")
    assert gun.state is GunState.OUT_OF_SERVICE
    assert any("Rinsed with tap water on 2026-11-23" in message for message in page.messages)


def test_without_an_open_disinfectant_the_page_says_what_to_do(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    page = client_for(nurse).open(f"/guns/{gun.id}/disinfect").follow("Open a container")
    assert page.url == "/disinfection/open"


def test_a_gun_goes_out_of_service_and_comes_back(
    lead_nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_ready_gun(lead_nurse, now, container=opa)
    page = client_for(lead_nurse).open(f"/guns/{gun.id}").follow("Out of service")
    page = page.submit("Take out of service", reason="It drips")
    assert gun.state is GunState.OUT_OF_SERVICE
    page = page.follow("Service").submit("Record the service", work_done="Seals", next_due_on="2027-11-23")
    assert (gun.state, gun.service_due_on) == (GunState.NEEDS_DISINFECTION, date(2027, 11, 23))
    assert ["Seals", "23 Nov 2027", lead_nurse.name] in [row[1:] for row in page.rows()]


def test_a_gun_in_use_is_refused_with_the_reason(
    lead_nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    gun = make_ready_gun(lead_nurse, now, container=opa)
    guns.take(gun, lead_nurse, now)
    client = client_for(lead_nurse)
    page = client.open(f"/guns/{gun.id}/service").submit("Record the service", status=422, work_done="Seals")
    assert "is in use in an open session" in page.main
    assert page.one("input", name="work_done").get("value") == "Seals"
    client.open(f"/guns/{gun.id}/out-of-service").submit("Take out of service", status=422, reason="It drips")
    client.open(f"/guns/{gun.id}/disinfect").submit("Disinfection finished", status=422, rinse_water="none")
    assert gun.state is GunState.IN_USE


def test_a_missing_reason_is_asked_for(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    gun = make_gun(nurse, now)
    page = client_for(nurse).open(f"/guns/{gun.id}/out-of-service")
    page = page.submit("Take out of service", status=422)
    assert "Say what is wrong with it." in page.main


def test_roles_see_only_what_they_may_do(
    nurse: PersonAtWork, auditor: PersonAtWork, manager: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    for person, closed in (
        (nurse, ["/guns/new", f"/guns/{gun.id}/service"]),
        (manager, [f"/guns/{gun.id}/disinfect", f"/guns/{gun.id}/out-of-service"]),
        (auditor, ["/guns/new", f"/guns/{gun.id}/service", f"/guns/{gun.id}/disinfect"]),
    ):
        client = client_for(person)
        page = client.open(f"/guns/{gun.id}")
        for address in closed:
            client.open(address, status=403)
            assert not page.has("a", href=address)


@pytest.mark.parametrize("address", ["", "/disinfect", "/service", "/out-of-service"])
def test_another_clinic_sees_nothing(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime, client_for: ClientFor, address: str
) -> None:
    gun = make_gun(nurse, now)
    client = client_for(strange_nurse)
    client.open(f"/guns/{gun.id}{address}", status=404)
    client.open(f"/guns/{uuid4()}{address}", status=404)
    assert client.open("/guns").rows() == []
