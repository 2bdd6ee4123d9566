"""HTTPS by cheroot, with a handshake that keeps nobody else waiting.

cheroot's own adapter shakes hands in the one thread that accepts connections: a phone that leaves the wifi in the
middle of it would hold up the whole clinic for ten seconds. Here the thread that serves the connection does it.
"""

import gc
import signal
import socket
import ssl
from http import HTTPStatus
from pathlib import Path

from cheroot import wsgi
from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter
from flask import Flask

THREADS = 8
WAITING = 128
"""Connections the system holds while every thread is busy; beyond it a browser tries again only after a second."""
HANDSHAKE = b"\x16"
"""The first byte of every TLS connection (RFC 8446, 5.1)."""
MADE_BEFORE_COLLECTING = 10_000
"""Objects that outlive their making. After Python 3.11's own 700 it would collect several times within one page."""
MOST_HEADERS = 65_536
"""Bytes."""


def end_well() -> None:
    """Have SIGTERM, by which systemd and Docker stop a service, end it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def settle() -> None:
    """Start-up is over: what it made stays, so the garbage collector need not look through it during requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BEFORE_COLLECTING)


class LateHandshake(BuiltinSSLAdapter):
    """Wraps a connection at once and leaves the handshake to `EncryptedConnection`."""

    def __init__(self, certificate: Path) -> None:
        super().__init__(str(certificate), str(certificate))
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, str]]:
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, {"wsgi.url_scheme": "https", "HTTPS": "on"}


class EncryptedConnection(HTTPConnection):
    """Shakes hands before the first request. A phone that does not trust the certificate yet just hangs up.

    A browser opens connections ahead of need. One on which nothing has come goes back to those that wait, where it
    takes up no thread; cheroot closes it after ten seconds.
    """

    shaken = False

    def communicate(self) -> bool:
        """Whether the connection stays open."""
        if not self.shaken:
            try:
                first = self._next_byte()
                if first is None:
                    return True
                if first != HANDSHAKE:
                    self._send_to_https()
                    return False
                self.socket.do_handshake()
                self.shaken = True
                if self._next_byte() is None:
                    return True
            except OSError:
                return False
        return bool(super().communicate())  # type: ignore[no-untyped-call]

    def _next_byte(self) -> bytes | None:
        """As it came, not taken and not deciphered; None where none has come yet."""
        self.socket.settimeout(0)
        try:
            return socket.socket.recv(self.socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        finally:
            self.socket.settimeout(self.server.timeout)

    def _send_to_https(self) -> None:
        """Whoever types an address without its https:// comes by plain HTTP."""
        socket.socket.recv(self.socket, MOST_HEADERS)
        status = HTTPStatus.TEMPORARY_REDIRECT
        answer = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nLocation: {self.server.open_at}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        socket.socket.sendall(self.socket, answer.encode())


class SecureServer(wsgi.Server):
    """Bound by its `prepare`. `open_at` is the https address for those who came without it."""

    ConnectionClass = EncryptedConnection

    def __init__(self, app: Flask, certificate: Path, place: tuple[str, int]) -> None:
        super().__init__(place, app, numthreads=THREADS, request_queue_size=WAITING, server_name="sterilog")
        self.ssl_adapter = LateHandshake(certificate)
        self.open_at = ""
