"""`sterilog serve --lan`: the clinic's phones by HTTPS, with certificates made on this machine."""

import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TypeVar
from wsgiref.types import WSGIApplication

import click
from cheroot import wsgi
from flask import Flask
from qrcode.main import QRCode

from inventory.cli.authority import RENEWED_BEFORE, Names, Signed, authority_in, server_in
from inventory.cli.https import SecureServer, end_well, settle
from inventory.cli.lan_names import EVERYWHERE, addresses, names_for
from inventory.cli.opening import database
from inventory.cli.signing import Clerk, signer_of
from inventory.clock import utc_now
from inventory.web.trust import Trust, only_trust

Server = TypeVar("Server", bound=wsgi.Server)
PORT = 8643
PLAIN_PORT = 8644
"""Of the page that a phone reads before it trusts us. Not 8642: that is a clinic's own or the demo."""
TRIES = 50
OWN = ["127.0.0.1", "localhost"]
"""What only this machine itself is called."""
FOLDER = "lan"
"""In the data folder."""


def serve_lan(host: str | None, port: int | None, data: Path | None) -> None:
    """Until Ctrl-C. `host` narrows it to one address of this machine. Raises click's errors."""
    names = names_for(host, addresses(), socket.gethostname())
    with database(data, new=True, SESSION_COOKIE_SECURE=True) as app:
        if app.config["PROXY_HOPS"]:
            raise click.UsageError(
                "--lan answers phones itself, STERILOG_PROXY_HOPS is for a reverse proxy. Use one of them."
            )
        authority, server = certificates(Path(app.config["DATA_DIR"]) / FOLDER, names)
    secure, plain = listening(app, names, authority, server, _place(host), port)
    _say(app.config["TRUST"], server)
    with Clerk(app, signer_of(app)):
        _serve(secure, plain)


def certificates(folder: Path, names: Names) -> tuple[Signed, Signed]:
    """The authority and the server's certificate. Raises what `authority` defines, and `click.UsageError`."""
    now = utc_now()
    try:
        authority = authority_in(folder, socket.gethostname().partition(".")[0], now)
        return authority, server_in(folder, names, authority, now)
    except OSError as fault:
        raise click.UsageError(
            f"The certificates cannot be kept in {folder}: {fault.strerror or fault}. "
            "Name a folder that can be written with --data or STERILOG_DATA_DIR."
        ) from None


def listening(
    app: Flask, names: Names, authority: Signed, server: Signed, place: str, port: int | None
) -> tuple[SecureServer, wsgi.Server]:
    """Both servers with their ports bound, and `app` told where it is found. Raises `click.ClickException`."""
    secure = _bound(partial(SecureServer, app, server.path), place, PORT, port)
    reached = [str(name) for name in (*names.addresses, *names.hosts)]
    outside = [name for name in reached if name not in OWN] or OWN[:1]
    first, *others = [f"https://{name}:{secure.bind_addr[1]}" for name in outside]
    plain_app = only_trust(app, reached, first)
    try:
        plain = _bound(partial(_plain_server, plain_app), place, PLAIN_PORT)
    except click.ClickException:
        secure.stop()
        raise
    trust_at = f"http://{reached[0]}:{plain.bind_addr[1]}/trust"
    secure.open_at = first
    app.config["TRUST"] = Trust(authority.pem, authority.fingerprint, first, tuple(others), trust_at)
    app.config["TRUSTED_HOSTS"] = [*(app.config["TRUSTED_HOSTS"] or ()), *reached]
    if not os.environ.get("STERILOG_PUBLIC_URL"):
        # A label outlives an address that the router gave.
        app.config["PUBLIC_URL"] = next((address for address in others if ".local:" in address), first)
    return secure, plain


def _plain_server(plain_app: WSGIApplication, place: tuple[str, int]) -> wsgi.Server:
    return wsgi.Server(place, plain_app, numthreads=2, server_name="sterilog")


def _place(host: str | None) -> str:
    if host is not None and host not in EVERYWHERE:
        return host
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104 - all cards of the machine: that is the wish


def _bound(make: Callable[[tuple[str, int]], Server], place: str, first: int, given: int | None = None) -> Server:
    """A server on the port given, else on `first` or the next one that is free. Raises `click.ClickException`."""
    for port in [given] if given else range(first, first + TRIES):
        with suppress(OSError):
            # Tried first: cheroot leaves a socket open that it could not bind.
            _try(place, port)
            server = make((place, port))
            server.prepare()
            return server
    if given:
        raise click.ClickException(
            f"Port {given} cannot be used: another program has it, or it needs more rights. Try --port {given + 1}."
        )
    raise click.ClickException(f"No free port from {first} on. Stop what listens there, or name one with --port.")


def _try(place: str, port: int) -> None:
    """Raises `OSError` where the port cannot be bound."""
    everywhere = ":" in place
    family = socket.AF_INET6 if everywhere else socket.AF_INET
    socket.create_server((place, port), family=family, dualstack_ipv6=everywhere).close()


def _say(trust: Trust, server: Signed) -> None:
    ends = server.certificate.not_valid_after_utc
    click.echo("Sterilog answers the local network at")
    for address in (trust.open_at, *trust.also_at):
        click.echo(f"  {address}")
    click.echo(f"\nA phone trusts it once, by the page {trust.trust_at}\n{_drawn(trust.trust_at)}")
    click.echo(f"Fingerprint to compare there (SHA-256):\n  {trust.fingerprint}")
    click.echo(
        f"The server's certificate ends on {ends:%Y-%m-%d}; a start from {ends - RENEWED_BEFORE:%Y-%m-%d} on renews it."
    )
    click.echo("Stop with Ctrl-C.")


def _drawn(text: str) -> str:
    """A QR code in half blocks, where the terminal has those letters."""
    drawn = StringIO()
    code = QRCode(border=2)
    code.add_data(text)
    code.print_ascii(out=drawn, invert=True)
    try:
        drawn.getvalue().encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ""
    return drawn.getvalue()


def _serve(secure: SecureServer, plain: wsgi.Server) -> None:
    """One process, as without --lan: two on one SQLite file would starve each other."""
    end_well()
    settle()
    thread = threading.Thread(target=plain.serve)
    thread.start()
    try:
        secure.serve()
    except KeyboardInterrupt:
        click.echo("\nStopped. The data is kept.")
    finally:
        secure.stop()
        plain.stop()
        thread.join()
