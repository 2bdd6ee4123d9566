"""The daily mail: what each person chose, once a day, by a real mail server."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from sqlalchemy import func, select

from inventory.audit.actors import Program
from inventory.clock import utc_now
from inventory.db import db
from inventory.digest import operations
from inventory.digest.letters import Letter, Part, compose
from inventory.digest.models import DigestChoice, DigestSent
from inventory.digest.posting import NotPosted, by_smtp
from inventory.digest.sections import SECTIONS, Section
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership, Role
from inventory.sharps import operations as sharps
from inventory.stock.models import LocationKind
from tests.factories.stock import make_location, make_lot, make_product

EVERY_DAY = range(7)


class Mailbox:
    """What a mail server of the clinic took; refuses while `full`."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.full = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.full:
            return "452 Insufficient storage"
        message = EmailMessage()
        text = (envelope.original_content or b"").decode()
        head, _, body = text.partition("\r\n\r\n")
        for line in head.replace("\r\n ", " ").split("\r\n"):
            name, _, value = line.partition(": ")
            message[f"X-{name}"] = value
        message["X-Rcpt"] = ",".join(envelope.rcpt_tos)
        message.set_content(body)
        self.taken.append(message)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    # Port 0: the controller asks the system for one, and says which it got once it listens.
    controller.start()
    assert controller.server is not None
    port = controller.server.sockets[0].getsockname()[1]
    yield box, f"127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def low_stock(manager: PersonAtWork, now: datetime) -> None:
    product = make_product(manager, now, name="Needle 30G x 4 mm", reorder_point=50)
    make_lot(manager, now, product=product, quantity=7, number="LOW-1", expires_on=now.date() + timedelta(days=9))


def _program(by: PersonAtWork) -> Program:
    return Program(by.clinic_id, by.time_zone)


def _sent(by: PersonAtWork, now: datetime, sections: tuple[Section, ...] = SECTIONS) -> list[Letter]:
    letters: list[Letter] = []
    for choice in operations.due(_program(by), now):
        operations.send(choice, letters.append, "https://sterilog.example", _program(by), now, sections=sections)
    return letters


def test_each_person_hears_of_what_they_chose(
    low_stock: None, manager: PersonAtWork, lead_nurse: PersonAtWork, now: datetime
) -> None:
    operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    operations.choose(["expiring"], EVERY_DAY, lead_nurse.membership_id, lead_nurse, now)
    mine, hers = sorted(_sent(manager, now), key=lambda letter: letter.to, reverse=True)
    assert (mine.to, hers.to) == (manager.email, lead_nurse.email)
    assert "7 usable, order again at 50" in mine.text and "LOW-1" not in mine.text
    assert "LOW-1: expires" in hers.text and "order again" not in hers.text
    assert "https://sterilog.example/account/digest" in mine.text


def test_one_digest_a_person_and_day(low_stock: None, manager: PersonAtWork, now: datetime) -> None:
    choice = operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    assert len(_sent(manager, now)) == 1
    assert _sent(manager, now + timedelta(hours=3)) == []
    again: list[Letter] = []
    assert operations.send(choice, again.append, "", _program(manager), now) is None and again == []
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
    assert [letter.to for letter in _sent(manager, now)] == [manager.email]
    assert {section.permission for section in SECTIONS} <= {"stock.view", "flags.view", "sharps.view"}


def test_another_clinics_stock_is_not_in_it(
    low_stock: None, manager: PersonAtWork, stranger: PersonAtWork, now: datetime
) -> None:
    operations.choose(["low"], EVERY_DAY, stranger.membership_id, stranger, now)
    assert _sent(stranger, now) == [] and _sent(manager, now) == []


def test_a_container_near_its_line_is_told(nurse: PersonAtWork, now: datetime) -> None:
    room = make_location(nurse, now, name="Room 7", kind=LocationKind.ROOM)
    sharps.place(room, nurse, now, needles=1)
    operations.choose(["sharps"], EVERY_DAY, nurse.membership_id, nurse, now)
    assert _sent(nurse, now) == []


def test_a_part_can_be_added_without_touching_the_others(manager: PersonAtWork, now: datetime) -> None:
    more = Section("orders", "Overdue orders", "/orders", "stock.view", lambda *_: ["Order 7: due on 20 Nov"])
    choice = operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    choice.parts = "low,orders"
    (letter,) = _sent(manager, now, (*SECTIONS, more))
    assert "Overdue orders (1)\n- Order 7: due on 20 Nov" in letter.text


def test_a_name_with_a_line_end_begins_no_header_and_no_line() -> None:
    part = Part("Low stock", "https://x", ["Needle\r\nBcc: a@b.example"])
    letter = compose("a@b.example", "Clinic\r\nNorth", datetime(2026, 11, 23).date(), [part], "https://x", "k")  # noqa: DTZ001
    assert letter.subject == "Clinic North: low stock 1"
    assert "- Needle Bcc: a@b.example" in letter.text


def test_a_real_mail_server_takes_it(
    mailbox: tuple[Mailbox, str], low_stock: None, manager: PersonAtWork, now: datetime
) -> None:
    box, server = mailbox
    choice = operations.choose(["low", "expiring"], EVERY_DAY, manager.membership_id, manager, now)
    post = by_smtp(server, "sterilog@clinic.example")
    operations.send(choice, post, "https://sterilog.example", _program(manager), now)
    (message,) = box.taken
    assert message["X-Rcpt"] == manager.email
    assert message["X-Subject"] == "Clinic North: low stock 1, expiring and expired 1"
    assert "Needle 30G x 4 mm: 7 usable" in message.get_content()


def test_a_mail_that_was_not_taken_is_tried_again(
    mailbox: tuple[Mailbox, str], low_stock: None, manager: PersonAtWork, now: datetime
) -> None:
    box, server = mailbox
    operations.choose(["low"], EVERY_DAY, manager.membership_id, manager, now)
    db.session.commit()
    box.full, post = True, by_smtp(server, "sterilog@clinic.example")
    (choice,) = operations.due(_program(manager), now)
    with pytest.raises(NotPosted):
        operations.send(choice, post, "", _program(manager), now)
    db.session.rollback()
    box.full = False
    (choice,) = operations.due(_program(manager), now)
    operations.send(choice, post, "", _program(manager), now)
    db.session.commit()
    assert len(box.taken) == 1
    assert db.session.scalar(select(func.count(DigestSent.id))) == 1


def test_a_person_chooses_on_a_page_of_their_own(client_for, manager: PersonAtWork, nurse: PersonAtWork) -> None:
    client = client_for(manager)
    page = client.open("/account").follow("Your daily mail")
    page = page.submit("Keep this", parts=["low", "flags"], weekdays=["0", "4"])
    assert manager.email in " ".join(page.messages)
    kept = db.session.scalars(select(DigestChoice)).one()
    assert (kept.membership_id, kept.parts, kept.weekdays) == (manager.membership_id, "low,flags", "04")
    assert len(page.all("input", type="checkbox", checked=None)) == 4
    assert "Flags" not in client_for(nurse).open("/account/digest").main
    assert Role.NURSE not in {manager.role}


def test_the_command_sends_once_and_says_how_many(
    mailbox: tuple[Mailbox, str], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner  # noqa: PLC0415

    from inventory.cli import main  # noqa: PLC0415
    from tests import databases  # noqa: PLC0415
    from tests.conftest import _somebody  # noqa: PLC0415

    box, server = mailbox
    monkeypatch.setenv("STERILOG_SECRET_KEY", databases.SETTINGS["SECRET_KEY"])
    app: Flask = databases.file_app(tmp_path / "sterilog.sqlite3")
    with app.app_context():
        moment = utc_now()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", moment)
        by = _somebody(clinic, "Mona Manager", Role.MANAGER)
        product = make_product(by, moment, reorder_point=50)
        make_lot(by, moment, product=product, quantity=7, expires_on=None)
        operations.choose(["low"], EVERY_DAY, by.membership_id, by, moment)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    command = ["digest", "send", "--smtp", server, "--from", "sterilog@clinic.example", "--data", str(tmp_path)]
    box.full = True
    assert CliRunner().invoke(main, command).exit_code == 1
    box.full = False
    first, second = (CliRunner().invoke(main, command) for _ in range(2))
    assert [(each.exit_code, each.output) for each in (first, second)] == [(0, "1 sent\n"), (0, "0 sent\n")]
    assert len(box.taken) == 1
