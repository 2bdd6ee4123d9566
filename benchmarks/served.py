"""The served program with a clinic in it, for benchmarks that ask it from outside. Linux only (/proc)."""

import http.client
import multiprocessing
import os
import re
import socket
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from cheroot import wsgi

from benchmarks.clinics import NOW, SETTINGS
from inventory import create_app, schema
from inventory.cli.https import settle
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.demo.clinic import PASSWORD, found
from inventory.demo.shelf import NEEDLES
from inventory.packs import operations as packs
from inventory.sessions import operations as sessions
from inventory.sessions.models import Technique

MOST_OF_A_LOT = 400
TICKS = os.sysconf("SC_CLK_TCK")


def prepare(url: str, folder: str, total: int, scans_a_session: int) -> list[tuple[str, str]]:
    """`total` pairs of session id and pack code, each to be scanned once."""
    app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
    schema.migrate(app)
    with app.app_context():
        begin_write()
        clinic = found(NOW, 1)
        lead, nurse = clinic.people["lead@demo.example"], clinic.people["nurse@demo.example"]
        made, place = [], clinic.places["Main store"]
        for name in NEEDLES:
            count = min(total - len(made), MOST_OF_A_LOT)
            made += packs.make_up([(clinic.lots[name][0], 1)], count, place, None, False, lead, NOW) if count else []
        packs.mark_labelled(made, "avery-l7160", 1, lead, NOW)
        work = []
        for start in range(0, total, scans_a_session):
            treatment = sessions.open_session(
                f"P-{start}",
                clinic.memberships["lead@demo.example"],
                clinic.places["Room 1"],
                Technique.PAPULE,
                4,
                nurse,
                utc_now(),
            )
            work += [(str(treatment.id), pack.code) for pack in made[start : start + scans_a_session]]
        db.session.commit()
        db.engine.dispose()
    return work


class Served:
    """One server in a process of its own."""

    def __init__(self, target: object, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = multiprocessing.get_context("spawn").Process(target=target, args=(*arguments, self.port))
        self.process.start()
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self) -> None:
        self.process.terminate()
        self.process.join()


def serve_app(url: str, folder: str, port: int) -> None:
    """As `sterilog serve` does, but with a thread for each of 16 clients."""
    app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
    settle()
    wsgi.Server(("127.0.0.1", port), app, numthreads=16, request_queue_size=128).start()


def signed_in(port: int) -> tuple[str, str]:
    """Cookie and CSRF token of a nurse."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    cookie, token = _cookie(page), _token(page.read().decode())
    sent = {"email": "nurse@demo.example", "password": PASSWORD, "event_id": str(uuid4()), "csrf_token": token}
    connection.request(
        "POST", "/sign-in", urlencode(sent), {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    answer.read()
    cookie = _cookie(answer)
    connection.request("GET", "/account", headers={"Cookie": cookie})
    account = connection.getresponse()
    body = account.read().decode()
    return _cookie(account) or cookie, _token(body)


def _cookie(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def _token(page: str) -> str:
    found_token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found_token, page[:200]
    return found_token[1]
