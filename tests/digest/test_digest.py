"""The daily mail: what each person chose, once a day, by a real mail server."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from inventory.audit.actors import Program
from inventory.cli import main
from inventory.clock import utc_now
from inventory.db import db
from inventory.digest import operations
from inventory.digest.letters import Part, compose
from inventory.digest.models import DigestChoice, DigestSent
from inventory.digest.sections import SECTIONS, Section
from inventory.mail.models import MessageState, OutgoingMessage
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership, Role
from inventory.sessions.admission import scan_in
from inventory.sessions.models import SessionSubject
from inventory.sharps import operations as sharps
from tests import databases
from tests.conftest import _somebody
from tests.factories.sessions import make_ready, start_session
from tests.factories.stock import make_lot, make_product
from tests.mail_server import MailServer

EVERY_DAY = range(7)


@pytest.fixture
def low_stock(manager: PersonAtWork, now: datetime) -> None:
    product = make_product(manager, now, name="Needle 30G x 4 mm", reorder_point=50)
    make_lot(manager, now, product=product, quantity=7, number="LOW-1", expires_on=now.date() + timedelta(days=9))


def _program(by: PersonAtWork) -> Program:
    return Program(by.clinic_id, by.time_zone)


def _sent(by: PersonAtWork, now: datetime, sections: tuple[Section, ...] = SECTIONS) -> list[OutgoingMessage]:
    """What the digest of `now` put into the outgoing mail."""
    before = set(db.session.scalars(select(OutgoingMessage.id)))
    for choice in operations.due(_program(by), now):
        operations.send(choice, "https://sterilog.example", _program(by), now, sections=sections)
    return [row for row in db.session.scalars(select(OutgoingMessage)) if row.id not in before]


def test_each_person_hears_of_what_they_chose(
    low_stock: None, manager: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    operations.choose(["expiring"], EVERY_DAY, lead_nurse.membership_id, lead_nurse, now)
    mine, hers = sorted(_sent(manager, now), key=lambda letter: letter.to_address, reverse=True)
    assert (mine.to_address, hers.to_address) == (manager.email, lead_nurse.email)
    assert "7 usable, order again at 50" in mine.body and "LOW-1" not in mine.body
    assert "LOW-1: expires" in hers.body and "order again" not in hers.body
    assert "https://sterilog.example/account/digest" in mine.body


def test_one_digest_a_person_and_day(low_stock: None, manager: PersonAtWork, now: datetime) -> None:
    choice = operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    assert len(_sent(manager, now)) == 1
    assert _sent(manager, now + timedelta(hours=3)) == []
    assert operations.send(choice, "", _program(manager), now) is None
    assert len(_sent(manager, now + timedelta(days=1))) == 1


def test_nothing_to_say_sends_nothing_and_the_day_is_done(manager: PersonAtWork, now: datetime) -> None:
    operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    assert _sent(manager, now) == []
    assert db.session.scalar(select(DigestSent.lines)) == 0


def test_only_on_the_days_that_were_chosen(low_stock: None, manager: PersonAtWork, now: datetime) -> None:
    assert now.weekday() == 0
    operations.choose(["low"], [1, 2], manager.membership_id, manager, now)
    assert _sent(manager, now) == []
    assert len(_sent(manager, now + timedelta(days=1))) == 1
    operations.choose([], [1, 2], manager.membership_id, manager, now)
    assert _sent(manager, now + timedelta(days=2)) == []


def test_who_left_or_may_no_longer_read_it_hears_nothing(
    low_stock: None, nurse: PersonAtWork, manager: PersonAtWork, administrator: PersonAtWork, now: datetime
) -> None:
    operations.choose(["flags", "low"], EVERY_DAY, manager.membership_id, manager, now)
    operations.choose(["low"], EVERY_DAY, nurse.membership_id, nurse, now)
    people.end_membership(db.session.get_one(Membership, nurse.membership_id), administrator, now)
    assert [letter.to_address for letter in _sent(manager, now)] == [manager.email]
    assert {section.permission for section in SECTIONS} <= {"stock.view", "flags.view", "sharps.view", "orders.view"}


def test_another_clinics_stock_is_not_in_it(
    low_stock: None, manager: PersonAtWork, stranger: PersonAtWork, now: datetime
) -> None:
    operations.choose(["low"], EVERY_DAY, stranger.membership_id, stranger, now)
    assert _sent(stranger, now) == [] and _sent(manager, now) == []


def test_a_container_at_its_line_is_told_and_no_patient(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    treatment = start_session(nurse, now, ready)
    sharps.place(ready.room, nurse, now, needles=1)
    operations.choose([section.key for section in SECTIONS], EVERY_DAY, nurse.membership_id, nurse, now)
    scan_in(treatment, ready.packs[1].code, nurse, now + timedelta(minutes=5))
    (letter,) = _sent(nurse, now + timedelta(minutes=6))
    assert f"{ready.room.name}: full, 1 of 1 needles" in letter.body
    reference = db.session.scalars(select(SessionSubject.patient_reference)).one()
    assert reference not in letter.body + letter.subject


def test_a_part_can_be_added_without_touching_the_others(manager: PersonAtWork, now: datetime) -> None:
    more = Section("orders", "Overdue orders", "/orders", "stock.view", lambda *_: ["Order 7: due on 20 Nov"])
    choice = operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    choice.parts = "low,orders"
    (letter,) = _sent(manager, now, (*SECTIONS, more))
    assert "Overdue orders (1)\n- Order 7: due on 20 Nov" in letter.body


def test_a_name_with_a_line_end_begins_no_header_and_no_line() -> None:
    part = Part("Low stock", "https://x", ["Needle\r\nBcc: a@b.example"])
    letter = compose("Clinic\r\nNorth", date(2026, 11, 23), [part], "https://x")
    assert letter.subject == "Clinic North: low stock 1"
    assert "- Needle Bcc: a@b.example" in letter.text


def test_a_person_chooses_on_a_page_of_their_own(client_for, manager: PersonAtWork, nurse: PersonAtWork) -> None:
    client = client_for(manager)
    page = client.open("/account").follow("Your daily mail")
    page = page.submit("Keep this", parts=["low", "flags"], weekdays=["0", "4"])
    assert manager.email in " ".join(page.messages)
    kept = db.session.scalars(select(DigestChoice)).one()
    assert (kept.membership_id, kept.parts, kept.weekdays) == (manager.membership_id, "low,flags", "04")
    assert len(page.all("input", type="checkbox", checked=None)) == 4
    assert "Flags" not in client_for(nurse).open("/account/digest").main


@pytest.fixture
def clinic_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clinic on a file, with little stock of one product and a manager who wants to hear of it."""
    monkeypatch.setenv("STERILOG_SECRET_KEY", databases.SETTINGS["SECRET_KEY"])
    app = databases.file_app(tmp_path / "sterilog.sqlite3")
    with app.app_context():
        moment = utc_now()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", moment)
        by = _somebody(clinic, "Mona Manager", Role.MANAGER)
        product = make_product(by, moment, name="Needle 30G x 4 mm", reorder_point=50)
        make_lot(by, moment, product=product, quantity=7, expires_on=None)
        operations.choose(["low"], EVERY_DAY, by.membership_id, by, moment)
        db.session.commit()
        db.session.remove()
        yield tmp_path
        db.engine.dispose()


def _command(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["digest", "send", "--data", str(folder)])
    return result.exit_code, result.output


def test_the_command_mails_through_a_real_server_once_a_day(
    clinic_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server:
        monkeypatch.setenv("STERILOG_SMTP_URL", server.url)
        assert _command(clinic_folder) == (0, "1 queued, 1 sent, 0 not taken\n")
        assert _command(clinic_folder) == (0, "0 queued, 0 sent, 0 not taken\n")
    (message,) = server.received
    assert server.recipients == ["mona.manager@clinic.example"]
    assert message["Subject"] == "Clinic North: low stock 1"
    assert "Needle 30G x 4 mm: 7 usable, order again at 50" in message.get_payload(decode=True).decode()


def test_a_server_that_takes_nothing_now_leaves_the_mail_waiting(
    clinic_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server:
        monkeypatch.setenv("STERILOG_SMTP_URL", server.url)
        server.answer = "451 Come again"
        assert _command(clinic_folder)[0] == 1
    assert server.received == []
    assert db.session.scalar(select(func.count(OutgoingMessage.id))) == 1
    assert db.session.scalar(select(OutgoingMessage.state)) is MessageState.QUEUED


def test_without_a_mail_server_the_command_says_what_to_set(clinic_folder: Path) -> None:
    code, said = _command(clinic_folder)
    assert code == 2 and "STERILOG_SMTP_URL" in said
