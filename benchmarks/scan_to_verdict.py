"""Scan to verdict through the whole served app, against a bare Flask view with one raw SQLite look-up beside it.

Each scan is a POST of a signed-in nurse: CSRF, idempotency, one pack opened, stored verdict, audit, commit with
synchronous=FULL, page fragment. The floor answers a GET with one indexed look-up. Both are served by cheroot in a
process of their own; CPU is that process's. Linux only (/proc).
"""

import http.client
import multiprocessing
import os
import re
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from cheroot import wsgi
from flask import Flask
from sqlalchemy import event

from benchmarks.clinics import NOW, SETTINGS
from inventory import create_app, schema, sqlite
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.demo.clinic import PASSWORD, found
from inventory.demo.shelf import NEEDLES
from inventory.packs import operations as packs
from inventory.sessions import operations as sessions
from inventory.sessions.models import Technique

CLIENTS = (1, 4, 16)
SCANS_A_SESSION = 4
SCANS = 160
TICKS = os.sysconf("SC_CLK_TCK")
FORM = {"reason": "limit_reached", "shots": "", "override_reason": ""}


def run() -> str:
    """Aim: at most 6 times the floor's CPU a request."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        work = _prepare(url, folder)
        ours = _Served(_serve_app, url, folder)
        floor = _Served(_serve_floor, str(Path(folder) / "bench.sqlite3"), folder)
        lines = [f"statements a scan: {_statements(url, folder, work.pop())}"]
        try:
            for clients in CLIENTS:
                lines.append(_compared(clients, ours, floor, work))
        finally:
            ours.stop()
            floor.stop()
    return "\n".join(lines)


def _compared(clients: int, ours: "_Served", floor: "_Served", work: list[tuple[str, str]]) -> str:
    mine = [work.pop() for _ in range(SCANS)]
    scans = _load(clients, mine, ours, _signed_in(ours.port))
    looks = _load(clients, mine, floor, None)
    ratio = scans["cpu"] / looks["cpu"]
    return (
        f"{clients:2} clients: p50 {scans['p50']:.1f} ms, p99 {scans['p99']:.1f} ms, CPU {scans['cpu']:.2f} ms a scan; "
        f"floor p50 {looks['p50']:.1f}, p99 {looks['p99']:.1f}, CPU {looks['cpu']:.2f}; ratio {ratio:.1f} (aim 6)"
    )


def _prepare(url: str, folder: str) -> list[tuple[str, str]]:
    """(session id, pack code) pairs, each scanned once."""
    app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
    schema.migrate(app)
    total = SCANS * len(CLIENTS) + 1
    with app.app_context():
        begin_write()
        clinic = found(NOW, 1)
        lead, nurse = clinic.people["lead@demo.example"], clinic.people["nurse@demo.example"]
        lot = clinic.lots[NEEDLES[0]][0]
        made = packs.make_up([(lot, 1)], min(400, total), clinic.places["Main store"], None, False, lead, NOW)
        made += packs.make_up(
            [(clinic.lots[NEEDLES[1]][0], 1)], total - len(made), clinic.places["Main store"], None, False, lead, NOW
        )
        packs.mark_labelled(made, "avery-l7160", 1, lead, NOW)
        work = []
        for start in range(0, total, SCANS_A_SESSION):
            treatment = sessions.open_session(
                f"P-{start}",
                clinic.memberships["lead@demo.example"],
                clinic.places["Room 1"],
                Technique.PAPULE,
                4,
                nurse,
                utc_now(),
            )
            work += [(str(treatment.id), pack.code) for pack in made[start : start + SCANS_A_SESSION]]
        db.session.commit()
        db.engine.dispose()
    return work


def _statements(url: str, folder: str, item: tuple[str, str]) -> int:
    app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder, "WTF_CSRF_ENABLED": False})
    client = app.test_client()
    client.post("/sign-in", data={"email": "nurse@demo.example", "password": PASSWORD, "event_id": str(uuid4())})
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    answer = client.post(
        f"/sessions/{item[0]}/scans",
        data={**FORM, "text": item[1], "event_id": str(uuid4())},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200, answer.status
    with app.app_context():
        db.engine.dispose()
    return len(seen)


class _Served:
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


def _serve_app(url: str, folder: str, port: int) -> None:
    app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
    wsgi.Server(("127.0.0.1", port), app, numthreads=16, request_queue_size=128).start()


def _serve_floor(path: str, _folder: str, port: int) -> None:
    app = Flask("floor")
    local = threading.local()

    @app.get("/<code>")
    def look(code: str) -> str:
        if not hasattr(local, "connection"):
            local.connection = sqlite.driver.connect(path)
        row = local.connection.execute("SELECT state FROM pack WHERE code = ?", (code,)).fetchone()
        return str(row[0])

    wsgi.Server(("127.0.0.1", port), app, numthreads=16, request_queue_size=128).start()


def _signed_in(port: int) -> tuple[str, str]:
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


def _load(
    clients: int, work: list[tuple[str, str]], served: _Served, signed: tuple[str, str] | None
) -> dict[str, float]:
    waits: list[float] = []
    before = served.cpu()
    shares = [work[number::clients] for number in range(clients)]
    threads = [threading.Thread(target=_client, args=(served.port, share, signed, waits)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.sort()
    return {
        "p50": statistics.median(waits) * 1000,
        "p99": waits[len(waits) * 99 // 100] * 1000,
        "cpu": (served.cpu() - before) / len(waits) * 1000,
    }


def _client(port: int, share: list[tuple[str, str]], signed: tuple[str, str] | None, waits: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for treatment, code in share:
        began = time.perf_counter()
        if signed is None:
            connection.request("GET", f"/{code}")
        else:
            body = urlencode({**FORM, "text": code, "event_id": str(uuid4()), "csrf_token": signed[1]})
            headers = {"Cookie": signed[0], "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/sessions/{treatment}/scans", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        waits.append(time.perf_counter() - began)
