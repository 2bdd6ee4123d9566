"""The pages of a session: opening by form, scanning by form, and who may."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import queries, review_queries
from inventory.sessions.models import TreatmentSession
from tests.factories.sessions import Ready, make_ready, open_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture
def earlier() -> datetime:
    """An hour ago: pages go by the real clock."""
    return utc_now() - timedelta(hours=1)


@pytest.fixture
def standing(nurse: PersonAtWork, earlier: datetime) -> Ready:
    return make_ready(nurse, earlier)


@pytest.fixture
def treatment(nurse: PersonAtWork, earlier: datetime, standing: Ready) -> TreatmentSession:
    return open_session(nurse, earlier, standing)


def test_a_session_is_opened_by_form(client_for: ClientFor, nurse: PersonAtWork, standing: Ready) -> None:
    form = client_for(nurse).open("/sessions/new")
    page = form.submit("Open session", patient_reference="C-2002", region="abdomen", area_cm2=300)
    (opened,) = review_queries.open_treatments(nurse.clinic_id)
    assert page.url == _url(opened)
    assert queries.subject_of(opened) == "C-2002"
    assert [area.area_cm2 for area in queries.areas_of(opened)] == [300]


def test_a_name_is_no_patient_reference_and_what_was_typed_stays(
    client_for: ClientFor, nurse: PersonAtWork, standing: Ready
) -> None:
    form = client_for(nurse).open("/sessions/new")
    page = form.submit("Open session", status=422, patient_reference="Jan Peeters", region="abdomen", area_cm2=300)
    assert page.control("Patient reference").get("value") == "Jan Peeters"
    assert review_queries.open_treatments(nurse.clinic_id) == []


def test_a_scan_by_form_leads_to_its_verdict(
    client_for: ClientFor, nurse: PersonAtWork, standing: Ready, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    assert not page.has("section", data_verdict=None)
    page = page.submit("Scan", text=standing.gun.code)
    assert page.one("section", role="status", data_verdict=None).get("data-verdict") == "go"
    page = page.submit("Scan", text="no label at all")
    assert page.one("section", role="alert").get("data-verdict") == "stop"
    for code in (standing.antiseptic.code, standing.packs[0].code):
        page = page.submit("Scan", text=code)
    page = page.submit("Start: first puncture")
    page = page.submit("Scan", text=standing.packs[1].code, shots=45)
    assert page.one("section", role="status", data_verdict=None).get("data-verdict") == "go"
    page.submit("Close session", shots=20)
    assert [use.shots for use in queries.needle_uses_of(_again(treatment))] == [45, 20]


def test_inv_21_the_same_event_sent_twice_changes_nothing_twice(
    client_for: ClientFor, nurse: PersonAtWork, standing: Ready, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    first = page.submit("Scan", text=standing.packs[0].code)
    second = page.submit("Scan", text=standing.packs[0].code)
    assert [p.one("section", data_verdict=None).get("data-verdict") for p in (first, second)] == ["go", "go"]
    assert len(queries.scans_of(_again(treatment))) == 1
    page.submit("Scan", status=422, text=standing.packs[1].code)
    assert len(queries.scans_of(_again(treatment))) == 1
    assert len(queries.packs_of(_again(treatment))) == 1


@pytest.mark.parametrize("nothing", ["", "   ", "\t \n"])
def test_an_empty_scan_is_no_scan(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession, nothing: str
) -> None:
    before = len(entries_of(treatment.clinic_id, treatment.id))
    page = client_for(nurse).open(_url(treatment)).submit("Scan", status=422, text=nothing)
    assert any(said.endswith(".") for said in page.errors())
    assert queries.scans_of(_again(treatment)) == []
    assert len(entries_of(treatment.clinic_id, treatment.id)) == before


def test_the_session_of_another_clinic_is_not_found(
    client_for: ClientFor, strange_nurse: PersonAtWork, standing: Ready, treatment: TreatmentSession
) -> None:
    client = client_for(strange_nurse)
    client.open(_url(treatment), status=404)
    for step in ("scans", "start", "close"):
        sent = {"csrf_token": client.token(), "text": standing.packs[0].code}
        client.post(f"{_url(treatment)}/{step}", sent, status=404)
    assert queries.scans_of(_again(treatment)) == []


def test_an_auditor_sees_a_session_and_cannot_scan(
    client_for: ClientFor, auditor: PersonAtWork, standing: Ready, treatment: TreatmentSession
) -> None:
    client = client_for(auditor)
    page = client.open(_url(treatment))
    assert not page.has("button", text="Scan")
    assert "C-1001" not in page.main
    sent = {"csrf_token": client.token(), "text": standing.packs[0].code}
    client.post(f"{_url(treatment)}/scans", sent, status=403)
    assert queries.scans_of(_again(treatment)) == []


def _url(treatment: TreatmentSession) -> str:
    return f"/sessions/{treatment.id}"


def _again(treatment: TreatmentSession) -> TreatmentSession:
    db.session.expire_all()
    return queries.treatment_of(treatment.clinic_id, treatment.id)
