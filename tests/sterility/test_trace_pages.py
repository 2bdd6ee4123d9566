"""The pages of a trace: any code leads to it, its drawing is links, its exposures name patients to few."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from inventory.audit.models import AuditEntry
from inventory.clock import utc_now
from inventory.db import db
from inventory.keeping import erasing
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.sessions.models import TreatmentSession
from tests.factories.packs import make_load
from tests.factories.sessions import Ready, make_ready
from tests.pages import Page
from tests.sterility.treating import treat

HOUR = timedelta(hours=1)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    found = make_ready(nurse, now, packs=12, needles=400)
    for number in range(8):
        treat(nurse, found, now + (number + 1) * HOUR)
    return found


@pytest.fixture
def addresses(ready: Ready, lead_nurse: PersonAtWork, now: datetime) -> dict[str, str]:
    nurse = db.session.scalars(select(TreatmentSession.practitioner_membership_id)).first()
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    return {
        "lot": f"/trace/lots/{ready.lot.id}",
        "load": f"/trace/loads/{load.id}",
        "pack": f"/trace/packs/{ready.packs[0].id}",
        "container": f"/trace/containers/{ready.antiseptic.id}",
        "gun": f"/trace/guns/{ready.gun.id}",
        "room": f"/trace/rooms/{ready.room.id}",
        "person": f"/trace/people/{nurse}",
    }


def _resolved() -> list[dict[str, object]]:
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "references.resolved"))
    return [json.loads(entry.record) for entry in found]


@pytest.mark.parametrize("kind", ["lot", "load", "pack", "container", "gun", "room", "person"])
def test_each_kind_has_a_trace_drawn_as_links_with_its_tables(
    addresses: dict[str, str], kind: str, auditor: PersonAtWork, client_for
) -> None:
    page = client_for(auditor).open(addresses[kind])
    assert page.h1.startswith(f"Trace of {kind}")
    drawing = page.one(f"{SVG}svg", role="group")
    assert [len(list(drawing.iter(f"{SVG}{name}"))) >= 1 for name in ("title", "desc", "a")] == [True] * 3
    ids = {found.get("id") for found in page.root.iter() if isinstance(found.tag, str)}
    for link in drawing.iter(f"{SVG}a"):
        href = link.get("href", "")
        if href.startswith("#"):
            assert href[1:] in ids, href
        else:
            assert page.client.open(href).status == 200
    assert page.client.open(f"{addresses[kind]}/exposed").h1.startswith("Exposed to")


def test_the_drawing_groups_what_is_too_much_with_its_number(
    addresses: dict[str, str], auditor: PersonAtWork, client_for
) -> None:
    drawing = client_for(auditor).open(addresses["room"]).one(f"{SVG}svg", role="group")
    groups = [link for link in drawing.iter(f"{SVG}a") if link.get("class") == "group"]
    assert {next(group.iter(f"{SVG}title")).text for group in groups} == {"3 more"}
    assert len(list(drawing.iter(f"{SVG}a"))) == 1 + 1 + 6 + 1 + 6


def test_a_scanned_code_shows_its_trace_at_once(ready: Ready, lead_nurse: PersonAtWork, client_for) -> None:
    client = client_for(lead_nurse)
    page = client.open("/trace").submit("Trace", text=ready.gun.code)
    assert page.url == f"/trace/guns/{ready.gun.id}"
    assert client.open("/trace").submit("Trace", text=ready.packs[0].code).url == f"/trace/packs/{ready.packs[0].id}"
    assert "Nothing here is called" in client.open("/trace").submit("Trace", text="no such thing").main


def test_a_name_of_several_things_asks_which(
    ready: Ready, nurse: PersonAtWork, lead_nurse: PersonAtWork, client_for
) -> None:
    ready.room.name = ready.lot.number
    db.session.info["recorded"] = True
    page = client_for(lead_nurse).open("/trace").submit("Trace", text=ready.lot.number)
    assert {row[1] for row in page.rows()} == {"lot", "room"}
    assert page.client.open(page.all("a", text=ready.lot.number)[0].get("href", "")).h1.startswith("Trace of")


@pytest.mark.parametrize("kind", ["lot", "load", "pack", "container", "gun", "person", "room"])
def test_each_thing_leads_to_its_trace(
    addresses: dict[str, str], kind: str, lead_nurse: PersonAtWork, administrator: PersonAtWork, client_for
) -> None:
    """From its own page, by whoever may open that."""
    client = client_for(administrator if kind == "person" else lead_nurse)
    page = client.open(addresses[kind]).follow("Its page")
    assert addresses[kind] in {link.get("href") for link in page.all("a")}


def test_whoever_reads_the_log_sees_sessions_and_numbers_but_no_reference(
    addresses: dict[str, str], auditor: PersonAtWork, manager: PersonAtWork, client_for
) -> None:
    for person in (auditor, manager):
        page = client_for(person).open(f"{addresses['lot']}/exposed")
        assert len(page.rows()) == 8 and "C-1001" not in page.main
        assert not page.has("button", text="Show references")
        sent = {"csrf_token": page.client.token()}
        for ending in ("/exposed/references", "/exposed.csv"):
            assert page.client.raw("POST", addresses["lot"] + ending, data=sent).status_code == 403
    assert _resolved() == []


@pytest.mark.parametrize("kind", ["lot", "container", "gun", "room", "person"])
def test_one_step_names_all_patients_exposed_between_two_days_and_is_recorded(
    addresses: dict[str, str], kind: str, lead_nurse: PersonAtWork, client_for
) -> None:
    page = client_for(lead_nurse).open(addresses[kind])
    shown = page.submit("Show references", first_day="2026-11-23", last_day="2026-11-23")
    assert len(shown.rows()) == 8 and {row[0] for row in shown.rows()} == {"C-1001"}
    (entry,) = _resolved()
    assert entry["facts"] == {"first_day": "2026-11-23", "last_day": "2026-11-23", "form": "page"}
    assert addresses[kind].endswith(entry["subject"]["id"]) and entry["actor"]["name"] == lead_nurse.name
    nobody = page.submit("Show references", first_day="2026-11-24", last_day="")
    assert "Nobody was exposed" in nobody.main
    page.submit("Show references", 422, first_day="2026-11-24", last_day="2026-11-23")


def test_the_file_names_them_too_and_an_erased_one_says_so(
    addresses: dict[str, str], lead_nurse: PersonAtWork, client_for
) -> None:
    treatment = db.session.scalars(select(TreatmentSession).order_by(TreatmentSession.number)).first()
    erasing.erase(treatment, "Asked for in writing", "pin", lead_nurse, utc_now())
    rows = list(csv.DictReader(io.StringIO(_file(client_for(lead_nurse).open(addresses["gun"])), newline="")))
    assert [row["patient_reference"] for row in rows] == ["reference erased"] * 8
    assert [row["session"] for row in rows] == [str(number) for number in range(1, 9)]
    assert [entry["facts"]["form"] for entry in _resolved()] == ["file"]


def _file(page: Page) -> str:
    button = page.one("button", text="As CSV")
    sent = {"csrf_token": page.client.token(), "event_id": page.all("input", name="event_id")[0].get("value")}
    answer = page.client.raw("POST", button.get("formaction", ""), data=sent)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return answer.get_data(as_text=True)


def test_a_nurse_traces_nothing(addresses: dict[str, str], nurse: PersonAtWork, client_for) -> None:
    client = client_for(nurse)
    assert db.session.get(Membership, nurse.membership_id)
    for address in ("/trace", *addresses.values()):
        client.open(address, status=403)
