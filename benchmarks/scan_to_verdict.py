"""Scan to verdict through the whole served app, against a bare Flask view with one raw SQLite look-up beside it.

Each scan is a POST of a signed-in nurse: CSRF, idempotency, one pack opened, stored verdict, audit, commit with
synchronous=FULL, page fragment. The floor answers a GET with one indexed look-up. Both are served by cheroot in a
process of their own; CPU is that process's. Linux only (/proc).
"""

import http.client
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

from benchmarks.clinics import SETTINGS
from benchmarks.served import Served, prepare, serve_app, signed_in
from inventory import create_app, sqlite
from inventory.cli.https import settle
from inventory.db import db
from inventory.demo.clinic import PASSWORD

CLIENTS = (1, 4, 16)
SCANS_A_SESSION = 4
SCANS = 160
FORM = {"reason": "limit_reached", "shots": "", "override_reason": ""}


def run() -> str:
    """Aim: at most 6 times the floor's CPU a request."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        work = prepare(url, folder, SCANS * len(CLIENTS) + 1, SCANS_A_SESSION)
        ours = Served(serve_app, url, folder)
        floor = Served(_serve_floor, str(Path(folder) / "bench.sqlite3"), folder)
        lines = [f"statements a scan: {_statements(url, folder, work.pop())}"]
        try:
            for clients in CLIENTS:
                lines.append(_compared(clients, ours, floor, work))
        finally:
            ours.stop()
            floor.stop()
    return "\n".join(lines)


def _compared(clients: int, ours: "Served", floor: "Served", work: list[tuple[str, str]]) -> str:
    mine = [work.pop() for _ in range(SCANS)]
    scans = _load(clients, mine, ours, signed_in(ours.port))
    looks = _load(clients, mine, floor, None)
    ratio = scans["cpu"] / looks["cpu"]
    return (
        f"{clients:2} clients: p50 {scans['p50']:.1f} ms, p99 {scans['p99']:.1f} ms, CPU {scans['cpu']:.2f} ms a scan; "
        f"floor p50 {looks['p50']:.1f}, p99 {looks['p99']:.1f}, CPU {looks['cpu']:.2f}; ratio {ratio:.1f} (aim 6)"
    )


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


def _serve_floor(path: str, _folder: str, port: int) -> None:
    app = Flask("floor")
    local = threading.local()

    @app.get("/<code>")
    def look(code: str) -> str:
        if not hasattr(local, "connection"):
            local.connection = sqlite.driver.connect(path)
        row = local.connection.execute("SELECT state FROM pack WHERE code = ?", (code,)).fetchone()
        return str(row[0])

    settle()
    wsgi.Server(("127.0.0.1", port), app, numthreads=16, request_queue_size=128).start()


def _load(
    clients: int, work: list[tuple[str, str]], served: Served, signed: tuple[str, str] | None
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
