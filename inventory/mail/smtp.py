"""Handing a message to a mail server, and telling three ends apart: taken, not taken, nobody knows.

RFC 5321, 4.5.3.2.6: after the final dot of DATA responsibility passes with the server's answer. What fails before DATA
was surely not taken; a connection lost between the dot and the answer leaves it open.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

SECONDS = 10


class NotTaken(Exception):
    """Surely not delivered. `final` where trying again cannot help (an answer of 5xx)."""

    def __init__(self, sentence: str, *, final: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.final = final


class Uncertain(Exception):
    """The connection broke after the content was sent: it may have been taken."""


class UnusableAddress(ValueError):
    """The setting STERILOG_SMTP_URL cannot be read."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str
    """`none`, `starttls` or `tls`."""
    user: str = ""
    password: str = ""


def server_at(url: str) -> Server:
    """`smtp://host:25`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host`."""
    parts = urlsplit(url)
    kinds = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
    if parts.scheme not in kinds or not parts.hostname:
        raise UnusableAddress("STERILOG_SMTP_URL must be like smtp+starttls://user:password@mail.example:587.")
    security, port = kinds[parts.scheme]
    try:
        port = parts.port or port
    except ValueError:
        raise UnusableAddress("The port in STERILOG_SMTP_URL is no number from 1 to 65535.") from None
    return Server(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))


def hand_over(server: Server, message: EmailMessage, *, seconds: float = SECONDS) -> None:
    """Returns when the server took the message. Raises `NotTaken` or `Uncertain`."""
    try:
        connection = _connected(server, seconds)
    except (OSError, smtplib.SMTPException) as fault:
        raise NotTaken(_said(fault)) from None
    try:
        _envelope(connection, message)
        try:
            code, answer = connection.data(message.as_bytes())
        except smtplib.SMTPDataError as fault:
            raise NotTaken(_said(fault), final=fault.smtp_code >= 500) from None
        except (OSError, smtplib.SMTPException) as fault:
            raise Uncertain(_said(fault)) from None
        if code != 250:
            raise NotTaken(f"{code} {answer.decode('utf-8', 'replace')[:200]}", final=code >= 500)
    finally:
        connection.close()


def _connected(server: Server, seconds: float) -> smtplib.SMTP:
    safe = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=safe)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.security == "starttls":
            connection.starttls(context=safe)
        if server.user:
            connection.login(server.user, server.password)
        connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


def _envelope(connection: smtplib.SMTP, message: EmailMessage) -> None:
    steps = ((connection.mail, message["From"]), (connection.rcpt, message["To"]))
    for step, address in steps:
        try:
            code, answer = step(address.addresses[0].addr_spec)
        except (OSError, smtplib.SMTPException) as fault:
            raise NotTaken(_said(fault)) from None
        if code not in (250, 251):
            raise NotTaken(f"{code} {answer.decode('utf-8', 'replace')[:200]}", final=code >= 500)


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        raw = fault.smtp_error
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return f"{fault.smtp_code} {text[:200]}"
    return (str(fault) or type(fault).__name__)[:200]
