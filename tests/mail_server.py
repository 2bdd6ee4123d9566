"""A mail server on this machine that takes what it is sent, or misbehaves as told."""

import socket
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """`answer` to what was sent: 250 takes it, 451 asks to come again, 554 refuses, None hangs up after the dot."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.recipients: list[str] = []
        self.answer: str | None = "250 OK"
        self.controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    @property
    def url(self) -> str:
        host, port = self.controller.server.sockets[0].getsockname()[:2]
        return f"smtp://{host}:{port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer is None:
            server.transport.abort()
            return ""
        if self.answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
            self.recipients += envelope.rcpt_tos
        return self.answer

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()


def _free_port() -> int:
    """Port 0 will not do: the controller makes a first connection of its own to the port it was given."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port
