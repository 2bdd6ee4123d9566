"""`sterilog demo`, `serve` and `init`: from nothing to a page in the browser."""

import socket
import sys
from pathlib import Path

import click
from cheroot import wsgi
from flask import Flask
from sqlalchemy import select

from inventory import create_app, schema
from inventory import demo as demo_clinic
from inventory.audit.actors import Program
from inventory.cli import lan
from inventory.cli.https import THREADS, WAITING, end_well, settle
from inventory.cli.opening import DATA, database, sentences
from inventory.cli.signing import Clerk, signer_of
from inventory.clock import utc_now
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.db import begin_write, db
from inventory.people.models import Clinic, Role
from inventory.people.operations import add_person, found_clinic, join_clinic

PORT = 8642
PORTS = click.IntRange(1, 65535)
LOCAL = ("127.0.0.1", "localhost", "::1")
LONGEST_NAME = 80


@click.command()
@click.option("--port", type=int, help=f"Default: {PORT}, or the next free one.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("instance/demo"), show_default=True)
@click.option("--build-only", is_flag=True, help="Build the demo clinic and stop.")
def demo(port: int | None, data: Path, build_only: bool) -> None:
    """Build the demo clinic once, and serve it on this machine only."""
    port = port or free_port(PORT)
    address = f"http://127.0.0.1:{port}"
    app = create_app({"DATA_DIR": data, "DEMO": True, "SESSION_COOKIE_SECURE": False, "PUBLIC_URL": address})
    with sentences():
        schema.migrate(app)
    with app.app_context():
        if not demo_clinic.exists():
            click.echo("Building the demo clinic: 90 days of a busy practice.")
            with click.progressbar(length=demo_clinic.STEPS, label="Days and sessions") as bar:
                demo_clinic.build(utc_now(), seed=1, tick=bar.update)
    if build_only:
        return
    click.echo(f"\nSterilog runs on {address}\nSign in with the password: {demo_clinic.PASSWORD}")
    for email, said in demo_clinic.SIGN_INS:
        click.echo(f"  {email:32} {said}")
    click.echo("Stop with Ctrl-C.")
    run(app, "127.0.0.1", port)


@click.command()
@click.option("--host", help="Default: 127.0.0.1; with --lan: every address of this machine.")
@click.option("--port", type=PORTS, help=f"Default: {PORT}; with --lan: {lan.PORT}, or the next free one.")
@click.option("--lan", "for_phones", is_flag=True, help="By HTTPS to the phones of the local network.")
@DATA
def serve(host: str | None, port: int | None, for_phones: bool, data: Path | None) -> None:
    """Serve the clinic's database, after bringing it up to date.

    A phone's camera and work without connection need HTTPS. --lan makes the certificates and says how a phone comes
    to trust them. For a name on the internet put a reverse proxy before it and set STERILOG_PROXY_HOPS=1.

    \b
    Exit codes: 0  stopped by Ctrl-C or SIGTERM
                1  the database, the port, the network or the clock cannot be used
                2  used wrongly
    """
    if for_phones:
        return lan.serve_lan(host, port, data)
    host, port = host or "127.0.0.1", port or PORT
    with database(data, new=True) as app:
        app.config["SESSION_COOKIE_SECURE"] = app.config["PROXY_HOPS"] > 0 or host not in LOCAL
        click.echo(f"Sterilog listens on http://{host}:{port}")
    return run(app, host, port)


@click.command()
@click.option("--clinic", "name", prompt="Name of the clinic")
@click.option("--time-zone", prompt="Time zone", default="Europe/Brussels", show_default=True)
@click.option("--administrator", prompt="Name of the first administrator")
@click.option("--email", prompt="Their e-mail, to sign in with")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@DATA
def init(name: str, time_zone: str, administrator: str, email: str, password: str, data: Path | None) -> None:
    """Make one clinic and its first administrator, in a new database or beside the clinics of one that exists.

    \b
    Exit codes: 0  the clinic is ready
                1  refused: the clinic or the e-mail is there already; nothing was changed
                2  used wrongly, such as a time zone that is none or a weak password
    """
    name, administrator, email = (
        _worded("--clinic", name),
        _worded("--administrator", administrator),
        _worded("--email", email),
    )
    if "@" not in email.strip("@"):
        raise click.UsageError(f"{email} is no e-mail address.")
    with database(data, new=True):
        begin_write()
        _found(name, time_zone, administrator, email, password)
        db.session.commit()
    click.echo(f"{name} is ready. Start it with: sterilog serve{f' --data {data}' if data else ''}")


def _worded(option: str, text: str) -> str:
    """Trimmed. As long as the pages allow, and in one line. Raises `click.UsageError`."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > LONGEST_NAME or not trimmed.isprintable():
        raise click.UsageError(f"{option} must be one line of 1 to {LONGEST_NAME} characters.")
    return trimmed


def _found(name: str, time_zone: str, administrator: str, email: str, password: str) -> None:
    """The clinic, its first policy and its administrator. Raises what the operations raise."""
    if db.session.scalar(select(Clinic.id).where(Clinic.name == name)):
        raise click.ClickException(f"There is a clinic {name} already. Commands tell clinics apart by name.")
    now = utc_now()
    clinic = found_clinic(name, time_zone, now)
    by = Program(clinic.id, clinic.time_zone)
    publish_policy(Thresholds(), "The default policy", by, now)
    join_clinic(add_person(administrator, email, password, by, now), clinic, Role.ADMINISTRATOR, by, now)


def run(app: Flask, host: str, port: int) -> None:
    """Serve in this process until Ctrl-C or SIGTERM. One process: two on one SQLite file would starve each other."""
    server = wsgi.Server((host, port), app, numthreads=THREADS, request_queue_size=WAITING, server_name="sterilog")
    end_well()
    settle()
    try:
        with Clerk(app, signer_of(app)):
            server.start()
    except KeyboardInterrupt:
        server.stop()
        click.echo("\nStopped. The data is kept.")
    except OSError as fault:
        click.echo(f"Port {port} cannot be used: {fault.strerror or fault}. Try --port {port + 1}.", err=True)
        sys.exit(1)


def free_port(first: int) -> int:
    """`first`, or the next port nobody listens on."""
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise click.ClickException(f"No free port from {first} on. Name one with --port.")
