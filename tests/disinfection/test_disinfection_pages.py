"""The pages of containers and rooms."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from inventory.disinfection import operations as disinfection
from inventory.disinfection import queries
from inventory.disinfection.models import Container
from inventory.people.actors import PersonAtWork
from inventory.stock import operations
from inventory.stock import queries as stock
from inventory.stock.models import ProductKind
from tests.factories.disinfection import make_container, make_liquid, make_room
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def opa(nurse: PersonAtWork, now: datetime) -> Container:
    return make_container(nurse, now, name="OPA 0.55 %", number="L7", needs_test_strip=True)


def test_open_and_ended_containers_are_listed(
    nurse: PersonAtWork, now: datetime, opa: Container, client_for: ClientFor
) -> None:
    ended = make_container(nurse, now, name="Wipes", number="W1")
    disinfection.end_container(ended, "Used up", nurse, now)
    page = client_for(nurse).open("/disinfection")
    assert page.rows() == [
        ["OPA 0.55 %", "L7", "23 Nov 2026, 10:00", "7 Dec 2026", "5:00", "Usable"],
        ["Wipes", "W1", "23 Nov 2026, 10:00", "Used up"],
    ]


def test_a_container_of_a_bad_lot_is_never_shown_as_usable(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    long_ago = now - timedelta(days=3)
    make_container(nurse, long_ago, name="A", opened_life=1)
    make_container(nurse, long_ago, name="B", expires_on=date(2026, 11, 21))
    recalled, quarantined = make_container(nurse, now, name="C"), make_container(nurse, now, name="D")
    operations.recall(recalled.lot, "told by the supplier", nurse, now)
    operations.quarantine(quarantined.lot, "a leak", nurse, now)
    client = client_for(nurse)
    shown = {row[0]: row[-1] for row in client.open("/disinfection").rows()}
    assert shown == {"A": "Too long open", "B": "Expired", "C": "Recalled", "D": "Quarantined"}
    assert "Usable" not in client.open(f"/disinfection/{recalled.id}").main


def test_an_empty_list_says_what_to_do_first(nurse: PersonAtWork, client_for: ClientFor) -> None:
    page = client_for(nurse).open("/disinfection").follow("Open a container")
    assert "Nothing to open" in page.main


def test_a_chosen_lot_is_opened(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    lot, store = make_liquid(nurse, now, name="OPA 0.55 %", number="L7")
    page = client_for(nurse).open("/disinfection/open").submit("Open it now", lot=f"{lot.id} {store.id}")
    assert page.h1 == "OPA 0.55 %, lot L7"
    assert any("good until 7 Dec 2026" in message for message in page.messages)
    assert stock.on_hand(lot, store) == 4


def test_opening_sent_twice_opens_one_container(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    lot, store = make_liquid(nurse, now, quantity=1)
    form = client_for(nurse).open("/disinfection/open")
    pages = [form.submit("Open it now", lot=f"{lot.id} {store.id}") for _ in range(2)]
    assert pages[0].url == pages[1].url
    assert len(queries.open_containers(nurse.clinic_id)) == 1
    assert stock.on_hand(lot, store) == 0


def test_nothing_chosen_is_asked_for_again(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    make_liquid(nurse, now)
    page = client_for(nurse).open("/disinfection/open").submit("Open it now", status=422)
    assert "Scan the container, or choose its lot." in page.main


def test_an_unknown_barcode_is_refused_and_kept(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    make_liquid(nurse, now)
    page = client_for(nurse).open("/disinfection/open").submit("Open it now", status=422, scan="nonsense")
    assert page.one("input", name="scan").get("value") == "nonsense"
    assert not queries.open_containers(nurse.clinic_id)


def test_a_strip_passes_and_a_failed_one_ends_the_container(
    nurse: PersonAtWork, opa: Container, client_for: ClientFor
) -> None:
    page = client_for(nurse).open(f"/disinfection/{opa.id}")
    assert "Not tested today" in page.main
    page = page.submit("Strip passed")
    assert "Passed: it may be used today." in page.main
    page = page.submit("Strip failed")
    assert not page.has("button", value="passed")
    assert [strip.passed for strip in queries.strips_of(opa)] == [False, True]
    assert queries.open_containers(nurse.clinic_id) == []


def test_a_strip_sent_twice_is_kept_once(nurse: PersonAtWork, opa: Container, client_for: ClientFor) -> None:
    page = client_for(nurse).open(f"/disinfection/{opa.id}")
    page.submit("Strip failed")
    page.submit("Strip failed")
    assert len(queries.strips_of(opa)) == 1


def test_a_container_is_ended_once(nurse: PersonAtWork, opa: Container, client_for: ClientFor) -> None:
    client = client_for(nurse)
    form = client.open(f"/disinfection/{opa.id}").follow("End it")
    late = client.open(f"/disinfection/{opa.id}/end")
    form.submit("End this container", reason="contaminated")
    assert opa.end_reason == "Contaminated"
    page = late.submit("End this container", status=422, reason="used_up")
    assert "was ended: Contaminated" in page.main
    assert opa.end_reason == "Contaminated"


def test_a_room_is_disinfected_with_the_scanned_container(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    room = make_room(nurse, now, name="Room A")
    first, wanted = make_container(nurse, now), make_container(nurse, now, opened_life=20)
    form = client_for(nurse).open("/disinfection/room")
    assert form.one("input", name="contact_seconds").get("value") == "5:00"
    page = form.submit("Disinfection finished", scan=wanted.code, contact_seconds="6:30")
    assert ["Room A", "23 Nov 2026, 10:00"] in [row[:2] for row in page.rows()]
    assert [(done.contact_seconds, done.room_id) for done in queries.uses_of(wanted)] == [(390, room.id)]
    assert not queries.uses_of(first)


def test_the_container_asked_for_is_chosen_with_its_contact_time(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    make_room(nurse, now)
    make_container(nurse, now)
    slow = make_container(nurse, now, opened_life=20, contact_seconds=725)
    form = client_for(nurse).open(f"/disinfection/{slow.id}").follow("Disinfect a room")
    assert form.one("input", name="contact_seconds").get("value") == "12:05"
    assert form.one("option", selected=None, value=str(slow.id)) is not None


@pytest.mark.parametrize("typed", ["", "soon", "5:75", "-1", "99999", "1:2:3", "٣:٠٠x"])
def test_a_contact_time_that_is_none_is_refused_and_kept(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor, typed: str
) -> None:
    make_room(nurse, now)
    container = make_container(nurse, now)
    page = client_for(nurse).open("/disinfection/room")
    page = page.submit("Disinfection finished", status=422, contact_seconds=typed)
    assert page.one("input", name="contact_seconds").get("value") == typed
    assert not queries.uses_of(container)


def test_too_short_a_contact_time_is_refused_at_its_field(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    make_room(nurse, now)
    make_container(nurse, now)
    page = client_for(nurse).open("/disinfection/room")
    page = page.submit("Disinfection finished", status=422, contact_seconds="4:59")
    assert page.one("input", name="contact_seconds", aria_invalid="true").get("value") == "4:59"
    assert "must act for 5:00 min; 4:59 min is too short" in page.main


def test_an_auditor_looks_but_does_not_touch(auditor: PersonAtWork, opa: Container, client_for: ClientFor) -> None:
    client = client_for(auditor)
    assert not client.open("/disinfection").has("a", href="/disinfection/open")
    assert not client.open(f"/disinfection/{opa.id}").has("button", value="passed")
    for address in ("/disinfection/open", "/disinfection/room", f"/disinfection/{opa.id}/end"):
        client.open(address, status=403)


@pytest.mark.parametrize("address", ["", "/end"])
def test_another_clinic_sees_nothing(
    strange_nurse: PersonAtWork, opa: Container, client_for: ClientFor, address: str
) -> None:
    client = client_for(strange_nurse)
    client.open(f"/disinfection/{opa.id}{address}", status=404)
    client.open(f"/disinfection/{uuid4()}{address}", status=404)
    assert client.open("/disinfection").rows() == []


def test_another_clinics_bottle_is_not_used(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    theirs = make_container(strange_nurse, now)
    make_room(nurse, now)
    make_container(nurse, now)
    page = client_for(nurse).open("/disinfection/room")
    page.submit("Disinfection finished", status=422, container=theirs.id)
    page.client.open("/disinfection/room").submit("Disinfection finished", status=422, scan=theirs.code)
    assert not queries.uses_of(theirs)


def test_only_disinfectants_are_offered_for_a_room(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    make_room(nurse, now)
    make_container(nurse, now, kind=ProductKind.ANTISEPTIC)
    assert "No disinfectant is open" in client_for(nurse).open("/disinfection/room").main
