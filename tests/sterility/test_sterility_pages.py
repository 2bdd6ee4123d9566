"""The log's pages: found, followed to session, gun and lot, and handed out as a file that the record can name."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import select

from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.audit.queries import verify
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic
from inventory.sterility.export_views import TYPES
from inventory.sterility.filters import ExportFormat
from inventory.sterility.models import Export
from tests.factories.sessions import Ready, make_ready
from tests.pages import Page, PageClient, words
from tests.sterility.treating import MINUTE, exported, treat

NOBODYS = "8d95d08a-5734-47d6-af77-47bc163a5237"
"""A name that no row bears; the same in every run, so that a run can be shared among processes."""

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    """A clinic whose log has one sound session and one with an overdue needle."""
    found = make_ready(nurse, now)
    treat(nurse, found, now + 10 * MINUTE)
    treat(nurse, found, now + 30 * MINUTE, shots=150)
    return found


def _made(page: Page, form: str = "csv") -> Page:
    """The page on which a file is made, as the page's own form asks for it."""
    return page.submit("Make the file", format=form)


def _exported(page: Page, form: str = "csv") -> bytes:
    """What the page's own export form hands out."""
    made = _made(page, form)
    link = next(link for link in made.all("a") if words(link) == "Download")
    answer = made.client.raw("GET", link.get("href") or "")
    assert answer.status_code == 200 and answer.mimetype == TYPES[ExportFormat(form)].partition(";")[0]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return answer.get_data()


def _numbers(page: Page) -> list[str]:
    return [row[0].split()[0] for row in page.rows()]


def _rows(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8"), newline="")))


def test_each_row_leads_to_its_session_its_gun_and_its_lot(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open("/log")
    assert _numbers(page) == ["2", "1"]
    links = [link.get("href", "") for link in page.one("tbody").iter("a")]
    session, gun, lot = [next(link for link in links if kind in link) for kind in ("/sessions/", "/guns/", "/lots/")]
    assert page.client.open(session).url.startswith("/sessions/")
    assert ready.gun.serial_number in page.client.open(gun).main
    assert ready.lot.number in page.client.open(lot).h1


def test_a_lot_leads_to_packs_sessions_and_guns_and_back_to_its_rows(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open(f"/trace/lots/{ready.lot.id}")
    links = {link.get("href", "").split("?")[0] for link in page.one("main").iter("a")}
    assert f"/trace/guns/{ready.gun.id}" in links and f"/stock/lots/{ready.lot.id}" in links
    assert f"/trace/packs/{ready.packs[0].id}" in links
    back = page.follow("Its rows in the log")
    assert _numbers(back) == ["2", "1"] and len(_rows(_exported(back))) == 2
    stock_page = page.follow("Its page")
    assert f"/trace/lots/{ready.lot.id}" in {link.get("href") for link in stock_page.all("a")}


def test_what_the_page_shows_is_what_is_exported(client_for: ClientFor, auditor: PersonAtWork, ready: Ready) -> None:
    page = client_for(auditor).open("/log").submit("Show", flag="any", gun=ready.gun.id, first_day="2026-11-23")
    assert _numbers(page) == ["2"]
    assert [row["session"] for row in _rows(_exported(page))] == ["2"]


def test_the_record_names_the_very_bytes_that_left(client_for: ClientFor, auditor: PersonAtWork, ready: Ready) -> None:
    page = client_for(auditor).open("/log")
    file, again = _exported(page), _exported(page.client.open("/log"))
    assert file == again == exported(auditor)
    checksum = sha256(file).hexdigest()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.finished")).all()
    fields = [json.loads(entry.record)["changes"][0]["fields"] for entry in entries]
    assert [(field["sha256"][1], field["row_count"][1]) for field in fields] == [(checksum, 2)] * 2
    assert {entry.actor_name for entry in entries} == {auditor.name}
    assert verify(auditor.clinic_id).whole
    assert checksum in page.client.open("/log/exports").main


def test_days_without_a_row_are_a_friendly_page_and_a_header_only(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open("/log?first_day=2026-01-01&last_day=2026-01-31")
    assert not page.has("table") and "Widen the dates" in page.main
    file = _exported(page)
    assert file.startswith(b"session,") and file.count(b"\n") == 1
    assert db.session.scalars(select(Export)).one().row_count == 0


def test_names_that_could_be_formulas_leave_as_text(
    client_for: ClientFor, nurse: PersonAtWork, auditor: PersonAtWork, now: datetime
) -> None:
    ready = make_ready(nurse, now)
    ready.room.name = '=HYPERLINK("http://evil.example";"x")'
    record(nurse, "location.changed", ready.room, now=now)
    treat(nurse, ready, now + 10 * MINUTE)
    (row,) = _rows(_exported(client_for(auditor).open("/log")))
    assert row["room"].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    "asked",
    ["first_day=yesterday", "last_day=2026-02-30", "first_day=0001-01-01", "last_day=9999-12-31", "room=x", "gun=1",
     "flag=NONE", "lot=x", f"lot={NOBODYS}", "first_day=2026-11-02&last_day=2026-11-01"],
)  # fmt: skip
def test_a_filter_that_is_not_right_shows_and_exports_nothing(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready, asked: str
) -> None:
    """Left out, it would show and hand out the whole log instead."""
    client = client_for(auditor)
    page = client.open(f"/log?{asked}", status=422)
    assert not page.rows() and page.all("*", aria_invalid="true")
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    assert client.raw("POST", f"/log/exports?{asked}", data=sent).status_code == 422
    assert not db.session.scalars(select(Export)).all()


@pytest.mark.parametrize(
    "asked", ["endpoint=x", "_external=1&_scheme=javascript", "_anchor=x", "_method=POST", "self=1",
              "older=2026-01-01~x",
              f"older=2026-01-01~{NOBODYS}", f"older=0001-01-01T00:00:00.000Z~{NOBODYS}~1", "first_day=&lot="]
)  # fmt: skip
def test_an_address_anybody_wrote_does_no_harm(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready, asked: str
) -> None:
    page = client_for(auditor).open(f"/log?{asked}")
    actions = [form.get("action") for form in page.all("form", method="post")]
    assert "/log/exports" in actions


def test_a_room_no_longer_in_use_can_still_be_looked_for(
    client_for: ClientFor, nurse: PersonAtWork, auditor: PersonAtWork, ready: Ready, now: datetime
) -> None:
    ready.room.active = False
    record(nurse, "location.closed", ready.room, now=now + timedelta(hours=1))
    page = client_for(auditor).open("/log").submit("Show", room=ready.room.id)
    assert _numbers(page) == ["2", "1"]


def test_another_clinic_sees_and_takes_nothing_of_it(
    client_for: ClientFor, stranger: PersonAtWork, ready: Ready
) -> None:
    client = client_for(stranger)
    page = client.open("/log")
    assert not page.rows() and _exported(page).count(b"\n") == 1
    client.open(f"/trace/lots/{ready.lot.id}", status=404)
    for name, row in (("room", ready.room), ("gun", ready.gun), ("lot", ready.lot)):
        assert not client.open(f"/log?{name}={row.id}", status=422).rows()
    export = db.session.scalars(select(Export)).one()
    assert (
        export.clinic_id
        == stranger.clinic_id
        != db.session.scalars(select(Clinic.id).where(Clinic.name == "Clinic North")).one()
    )


def test_a_nurse_neither_reads_nor_exports_the_log(client_for: ClientFor, nurse: PersonAtWork, ready: Ready) -> None:
    client = client_for(nurse)
    client.open("/log", status=403)
    client.open(f"/trace/lots/{ready.lot.id}", status=403)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    assert client.raw("POST", "/log/exports", data=sent).status_code == 403


def test_a_lead_nurse_reads_the_log_and_has_no_button_to_export_it(
    client_for: ClientFor, lead_nurse: PersonAtWork, ready: Ready
) -> None:
    page = client_for(lead_nurse).open("/log")
    assert page.rows() and not page.has("button", text="Make the file")


def test_an_export_broken_off_is_known_to_have_been(client_for: ClientFor, auditor: PersonAtWork, ready: Ready) -> None:
    """Whoever stops listening took an unknown part: begun stands in the record, finished does not."""
    client = client_for(auditor)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4()), "format": "csv"}
    db.session.commit()
    answer = client.http.post("/log/exports", data=sent)
    answer.close()
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry)) if entry.action.startswith("export")]
    assert actions == ["export.begun"]
    assert "broken off" in client.open("/log/exports").main
