"""A tablet that locked itself beside a running session: the needle is changed by one scan, and nothing else is open."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.db import db
from inventory.people import switching
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.models import Scan, TreatmentSession
from labels import codes
from labels.codes import CodeKind
from tests.factories.sessions import Ready, make_ready, open_session, start_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ready(nurse: PersonAtWork) -> Ready:
    return make_ready(nurse, utc_now() - 10 * MINUTE, packs=4)


@pytest.fixture
def treatment(nurse: PersonAtWork, ready: Ready) -> TreatmentSession:
    return start_session(nurse, utc_now() - 10 * MINUTE, ready)


@pytest.fixture
def locked(client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession) -> PageClient:
    client = client_for(nurse)
    client.open(f"/sessions/{treatment.id}").submit("Lock this tablet")
    return client


def test_a_locked_tablet_swaps_the_needle_with_one_scan(
    locked: PageClient, nurse: PersonAtWork, treatment: TreatmentSession, ready: Ready
) -> None:
    page = locked.open(f"/sessions/{treatment.id}").submit("Scan", text=ready.packs[1].code)
    assert page.has("section", data_verdict="go") and "locked" in page.h1
    assert [use.pack_id for use in queries.needle_uses_of(treatment)] == [pack.id for pack in ready.packs[:2]]
    done = entries_of(nurse.clinic_id, treatment.id)
    assert "session.done_on_locked_tablet" in {entry.action for entry in done}
    assert {entry.actor_name for entry in done} == {nurse.name}


def test_a_swap_on_a_locked_tablet_can_be_taken_back(
    locked: PageClient, treatment: TreatmentSession, ready: Ready
) -> None:
    page = locked.open(f"/sessions/{treatment.id}").submit("Scan", text=ready.packs[1].code)
    page.submit("Undo this swap")
    assert [use.pack_id for use in queries.needle_uses_of(treatment)] == [ready.packs[0].id]


def test_a_locked_tablet_names_no_patient_and_leads_nowhere(locked: PageClient, treatment: TreatmentSession) -> None:
    page = locked.open(f"/sessions/{treatment.id}")
    assert "C-1001" not in page.main and not page.all("nav")
    assert locked.open("/sessions").h1 == "Who is at work?"
    assert locked.open(f"/sessions/{treatment.id}/areas").h1 == "Who is at work?"
    for step in ("close", "count", "syringe", "must-change", "abandon", "areas/add"):
        sent = {"csrf_token": locked.token(), "event_id": str(uuid4()), "shots": "5", "reason": "slip"}
        assert locked.raw("POST", f"/sessions/{treatment.id}/{step}", data=sent).status_code == 401, step


def test_only_the_session_the_tablet_was_locked_on_goes_on(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession, ready: Ready
) -> None:
    client = client_for(nurse)
    client.open("/packs").submit("Lock this tablet")
    assert client.open(f"/sessions/{treatment.id}").h1 == "Who is at work?"
    sent = {"csrf_token": client.token(), "event_id": str(uuid4()), "text": ready.packs[1].code}
    assert client.raw("POST", f"/sessions/{treatment.id}/scans", data=sent).status_code == 401
    assert len(queries.needle_uses_of(treatment)) == 1


def test_a_session_that_is_not_running_is_shut_on_a_locked_tablet(
    locked: PageClient, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    sessions.close(treatment, nurse, utc_now(), shots=5)
    db.session.commit()
    assert locked.open(f"/sessions/{treatment.id}").h1 == "Who is at work?"


def test_a_session_in_setup_is_shut_on_a_locked_tablet(client_for: ClientFor, nurse: PersonAtWork) -> None:
    waiting = open_session(nurse, utc_now(), make_ready(nurse, utc_now()))
    client = client_for(nurse)
    client.open(f"/sessions/{waiting.id}").submit("Lock this tablet")
    assert client.open(f"/sessions/{waiting.id}").h1 == "Who is at work?"


def test_a_tablet_left_alone_in_a_running_session_still_swaps_with_one_scan(
    client_for: ClientFor, nurse: PersonAtWork, second_nurse: PersonAtWork, treatment: TreatmentSession, ready: Ready
) -> None:
    code = switching.new_badge(db.session.get_one(Membership, second_nurse.membership_id), second_nurse, utc_now())
    db.session.commit()
    client = client_for(nurse)
    with time_machine.travel(utc_now(), tick=False) as clock:
        switch = client.open("/switch", query={"next": f"/sessions/{treatment.id}"})
        page = switch.submit("Use badge", text=codes.address("clinic.example", CodeKind.BADGE, code))
        clock.shift(6 * MINUTE)
        page = page.submit("Scan", text=ready.packs[1].code)
        assert "locked" in page.h1 and page.has("section", data_verdict="go")
    assert len(queries.needle_uses_of(treatment)) == 2
    assert db.session.query(Scan).order_by(Scan.at.desc()).first().by_name == second_nurse.name


def test_a_badge_is_never_kept_among_the_scans(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    code = switching.new_badge(db.session.get_one(Membership, nurse.membership_id), nurse, utc_now())
    db.session.commit()
    before = db.session.query(Scan).count()
    badge = codes.address("clinic.example", CodeKind.BADGE, code)
    page = client_for(nurse).open(f"/sessions/{treatment.id}").submit("Scan", status=422, text=badge)
    assert "badge" in page.main and code not in page.main
    assert db.session.query(Scan).count() == before
