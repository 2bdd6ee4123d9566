"""A session's own page on paper: what an auditor takes along."""

from datetime import timedelta
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser
from sqlalchemy import select

from inventory.db import begin_write, db
from inventory.people.actors import at_work
from inventory.people.models import Person
from inventory.people.queries import working_as
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason, Side, TreatmentSession
from tests.journeys.treatment_room import TreatmentRoom, served


def test_a_closed_session_with_its_verdicts_and_timeline_prints_on_one_a4_page(
    chromium: Browser, tmp_path: Path
) -> None:
    with served(tmp_path, running=True) as room:
        _closed_with_five_needles(room)
        here = chromium.new_context(service_workers="block")
        here.add_cookies([room.cookie])
        page = here.new_page()
        page.goto(f"{room.url}/sessions/{room.session}")
        paper = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))
        assert len(paper) == 1
        said = " ".join(paper[0].get_textpage().get_text_range().split())
        here.close()
    for words in (
        "Judged by clinic policy version 1",
        "Needles over 11 min",
        "Scans 4 while it ran",
        "Needles in time",
    ):
        assert words in said, said


def _closed_with_five_needles(room: TreatmentRoom) -> None:
    """Two regions, five needles, one of them overdue: flags, a bundle that is not whole, a timeline."""
    with room.app.app_context():
        begin_write()
        treatment = db.session.scalars(select(TreatmentSession).where(TreatmentSession.number == 1)).one()
        nurse = db.session.scalars(select(Person)).one()
        person, membership, clinic = working_as(nurse.fs_uniquifier)[0]
        by = at_work(person, membership, clinic.name, clinic.time_zone)
        at = treatment.started_at
        assert at is not None
        sessions.add_area(treatment, "thigh_front", Side.LEFT, by, at, area_cm2=600)
        for place, code in enumerate(room.packs[1:5]):
            at += timedelta(minutes=2)
            scan_in(treatment, code, by, at, swap=Swap(RemovalReason.LIMIT_REACHED, 80 + place))
        sessions.close(treatment, by, at + timedelta(minutes=3), shots=160)
        db.session.commit()
