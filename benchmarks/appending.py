"""What the record costs: the swap of a needle with its entries, against the same swap that appends none.

Each swap is a transaction of its own on a file database with synchronous=FULL, as in a clinic.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from benchmarks.clinics import SETTINGS
from inventory import create_app, schema
from inventory.audit import operations as audit
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Role
from inventory.sessions.admission import scan_in
from inventory.sessions.models import TreatmentSession
from tests.conftest import _somebody
from tests.factories.sessions import make_ready, start_session

ROUNDS, SWAPS = 9, 20


def run() -> str:
    """Aim: at most 1.5 times."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder, "PUBLIC_URL": "https://s.example"})
        schema.migrate(app)
        with app.app_context():
            recorded, bare = _measured()
            db.session.remove()
            db.engine.dispose()
    (wall, cpu), (bare_wall, bare_cpu) = recorded, bare
    return (
        f"a swap and its commit: {wall * 1e3:.1f} ms with its entries, {bare_wall * 1e3:.1f} ms without: ratio "
        f"{wall / bare_wall:.2f} (aim 1.5); CPU {cpu * 1e3:.1f} and {bare_cpu * 1e3:.1f} ms: ratio {cpu / bare_cpu:.2f}"
    )


def _measured() -> tuple[tuple[float, float], tuple[float, float]]:
    """Medians of wall and processor seconds a swap, with the record and without, in turns."""
    begin_write()
    now = utc_now()
    clinic = people.found_clinic("Clinic", "Europe/Brussels", now)
    nurse = _somebody(clinic, "Nora Nurse", Role.NURSE)
    db.session.commit()
    found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for number in range(2 * ROUNDS):
        begin_write()
        ready = make_ready(nurse, utc_now(), packs=SWAPS + 1)
        treatment = start_session(nurse, utc_now(), ready)
        codes, session_id = [pack.code for pack in ready.packs[1:]], treatment.id
        db.session.commit()

        def swap(code: str, session_id: object = session_id) -> None:
            begin_write()
            scan_in(db.session.get_one(TreatmentSession, session_id), code, nurse, utc_now())
            db.session.commit()

        is_recorded = number % 2 == 0
        with patch.object(audit, "_append", audit._append if is_recorded else _nothing):
            found[is_recorded].append(_timed(swap, codes))
    return _medians(found[True]), _medians(found[False])


def _nothing(_acts: object, _by: object, _now: object) -> None:
    """The rows are written as they would be; the commit is told that all is well."""
    db.session.flush()
    db.session.info["recorded"] = True


def _timed(swap: Callable[[str], None], codes: list[str]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    for code in codes:
        swap(code)
    return (time.perf_counter() - began) / len(codes), (time.process_time() - used) / len(codes)


def _medians(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = zip(*rounds, strict=True)
    return statistics.median(wall), statistics.median(cpu)
