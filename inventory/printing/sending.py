"""Writing to a label printer's raw port (JetDirect, usually 9100)."""

import socket

SECONDS = 10


class PrinterUnreachable(Exception):
    """With a sentence saying what to look at."""


def send(host: str, port: int, payload: bytes, *, seconds: float = SECONDS) -> None:
    """All of `payload`, or `PrinterUnreachable`: then some of it may have been printed."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            connection.sendall(payload)
            connection.shutdown(socket.SHUT_WR)
            # A printer that takes the job closes its side, or stays silent; one that refuses it resets.
            connection.settimeout(0.2)
            try:
                connection.recv(1)
            except TimeoutError:
                return
    except OSError as fault:
        why = fault.strerror or str(fault) or type(fault).__name__
        raise PrinterUnreachable(
            f"{host}:{port} did not take it ({why}). See that the printer is on, has labels, and is in the network."
        ) from None
