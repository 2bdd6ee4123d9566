"""Mail is kept until a server took it, and is never knowingly sent twice."""

from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from inventory.db import db
from inventory.mail import operations as mail
from inventory.mail.models import MessageState, OutgoingMessage
from inventory.mail.smtp import UnusableAddress, server_at
from inventory.mail.views import deliver_waiting
from inventory.people.actors import PersonAtWork
from tests.mail_server import MailServer

PDF = ("order.pdf", "application/pdf", b"%PDF-1.7 not much")


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with MailServer() as running:
        app.config["SMTP_URL"], app.config["MAIL_FROM"] = running.url, "Clinic North <stock@north.example>"
        yield running
    app.config["SMTP_URL"] = ""


def _queue(by: PersonAtWork, now: datetime, **given: object) -> OutgoingMessage:
    return mail.queue("orders@supplier.example", "Order 7", "Please deliver.", by, now, **given)


def _state(message: OutgoingMessage) -> MessageState:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OutgoingMessage, message.id).state


def _send(clinic_id) -> tuple[int, int]:
    db.session.commit()
    return deliver_waiting(clinic_id)


def _parts(message: Message) -> dict[str, bytes]:
    return {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}


def test_a_queued_message_reaches_the_server_with_what_is_attached(server, manager, now) -> None:
    message = _queue(manager, now, attachments=[PDF], reply_to="mona@north.example")
    assert _send(manager.clinic_id) == (1, 0)
    (received,) = server.received
    assert received["To"] == "orders@supplier.example" and received["Subject"] == "Order 7"
    assert received["From"] == "Clinic North <stock@north.example>" and received["Reply-To"] == "mona@north.example"
    assert _parts(received) == {"order.pdf": PDF[2]}
    assert _state(message) is MessageState.SENT


def test_a_sent_message_is_not_sent_again(server, manager, now) -> None:
    message = _queue(manager, now)
    _send(manager.clinic_id)
    assert deliver_waiting(manager.clinic_id) == (0, 0)
    with pytest.raises(mail.NothingToSendAgain):
        mail.send_again(db.session.get_one(OutgoingMessage, message.id), manager, now)
    assert len(server.received) == 1


def test_one_cause_is_mailed_once(server, manager, now) -> None:
    cause = uuid4()
    assert _queue(manager, now, cause_id=cause) is _queue(manager, now, cause_id=cause)
    _send(manager.clinic_id)
    assert len(server.received) == 1


def test_a_server_that_asks_to_come_again_gets_it_later(server, manager, now) -> None:
    server.answer = "451 busy"
    message = _queue(manager, now)
    assert _send(manager.clinic_id) == (0, 1)
    assert _state(message) is MessageState.QUEUED
    kept = db.session.get_one(OutgoingMessage, message.id)
    assert kept.failure == "451 busy" and kept.due_at > kept.queued_at
    kept.due_at = now
    mail.record(manager, "mail.test", kept, now=now)
    server.answer = "250 OK"
    assert _send(manager.clinic_id) == (1, 0)


def test_a_refused_message_waits_for_a_person(server, manager, now) -> None:
    server.answer = "554 no such place"
    message = _queue(manager, now)
    _send(manager.clinic_id)
    assert _state(message) is MessageState.REFUSED
    assert deliver_waiting(manager.clinic_id) == (0, 0)


def test_a_connection_lost_after_the_content_leaves_it_open_and_nobody_sends_it_again_unasked(
    server, manager, now
) -> None:
    server.answer = None
    message = _queue(manager, now)
    assert _send(manager.clinic_id) == (0, 1)
    assert _state(message) is MessageState.SENDING
    server.answer = "250 OK"
    assert deliver_waiting(manager.clinic_id) == (0, 0)
    mail.send_again(db.session.get_one(OutgoingMessage, message.id), manager, now)
    assert _send(manager.clinic_id) == (1, 0)


def test_without_a_server_everything_waits(app: Flask, manager, now) -> None:
    message = _queue(manager, now)
    assert _send(manager.clinic_id) == (0, 0)
    assert _state(message) is MessageState.QUEUED
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    try:
        assert deliver_waiting(manager.clinic_id) == (0, 1)
    finally:
        app.config["SMTP_URL"] = ""
    assert _state(message) is MessageState.QUEUED


def test_an_undone_step_leaves_no_mail(server, manager, now) -> None:
    db.session.commit()
    _queue(manager, now)
    db.session.rollback()
    assert deliver_waiting(manager.clinic_id) == (0, 0)
    assert server.received == []


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b, c@d", "a@b\nBcc: c@d", "Somebody <a@b.example>", "a b@c.example", "@b.example"]
)
def test_what_is_no_single_address_is_refused(app, manager, now, address: str) -> None:
    with pytest.raises(mail.AddressUnusable):
        mail.queue(address, "Order", "Text", manager, now)


def test_a_subject_of_several_lines_becomes_one(server, manager, now) -> None:
    mail.queue("a@b.example", "Order\r\nBcc: c@d.example", "Text", manager, now)
    _send(manager.clinic_id)
    assert server.received[0]["Subject"] == "Order Bcc: c@d.example" and server.recipients == ["a@b.example"]


def test_the_database_keeps_sent_mail_as_it_was(server, manager, now) -> None:
    message = _queue(manager, now)
    _send(manager.clinic_id)
    kept = db.session.get_one(OutgoingMessage, message.id)
    kept.subject = "Another"
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:99999"])
def test_an_unusable_server_setting_is_said(url: str) -> None:
    with pytest.raises(UnusableAddress):
        server_at(url)


def test_the_parts_of_a_server_setting_are_read() -> None:
    server = server_at("smtp+starttls://us%40er:p%3Aw@mail.example")
    assert (server.host, server.port, server.security) == ("mail.example", 587, "starttls")
    assert (server.user, server.password) == ("us@er", "p:w")


def test_the_manager_sees_what_was_refused_and_sends_it_again(server, client_for, manager, now) -> None:
    server.answer = "554 no such place"
    _queue(manager, now)
    _send(manager.clinic_id)
    page = client_for(manager).open("/mail")
    assert "Refused" in page.main and "554 no such place" in page.main
    server.answer = "250 OK"
    assert "on its way" in page.submit("Send again").main
    assert len(server.received) == 1
