"""The log as CSV against raw sqlite3 plus csv reading the same joined rows; and its memory at two sizes."""

import csv
import gc
import io
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from benchmarks.clinics import demo_clinic, grow_log
from inventory.audit.actors import Program
from inventory.db import db
from inventory.people.models import Clinic
from inventory.sterility import operations, queries
from inventory.sterility.filters import LogFilter

ROWS, SMALL = 100_000, 10_000
ROUNDS = 3
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run() -> str:
    """Aim: at most 3 times raw; peak memory equal at 10,000 and 100,000 rows."""
    with demo_clinic():
        clinic = db.session.query(Clinic).one()
        by = Program(clinic.id, clinic.time_zone)
        grow_log(SMALL)
        small = _peak(lambda: _ours(by))
        have = grow_log(ROWS)
        ours, raw = [], []
        for _ in range(ROUNDS):
            raw.append(_cpu(lambda: _raw(by)))
            ours.append(_cpu(lambda: _ours(by)))
        large = _peak(lambda: _ours(by))
    ratio = statistics.median(ours) / statistics.median(raw)
    return (
        f"{have} rows: ours {statistics.median(ours):.2f} s CPU, raw sqlite3 + csv {statistics.median(raw):.2f} s, "
        f"ratio {ratio:.2f} (aim 3)\npeak memory: {small / 1e6:.1f} MB at {SMALL} rows, "
        f"{large / 1e6:.1f} MB at {have} rows (aim: equal)"
    )


def _ours(by: Program) -> int:
    written = operations.write_log(LogFilter(), by)
    size = sum(len(chunk) for chunk in written)
    db.session.rollback()
    return size


def _raw(by: Program) -> int:
    """The floor: the same SQL text on the driver, rows straight into csv."""
    query = queries.log_query(by.clinic_id, by.time_zone, LogFilter())
    compiled = query.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    given = [compiled.params[name] for name in compiled.positiontup or ()]
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(str(compiled), [value.hex if isinstance(value, UUID) else value for value in given])
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    size = 0
    while rows := cursor.fetchmany(2000):
        writer.writerows(rows)
        size += len(buffer.getvalue().encode())
        buffer.seek(0)
        buffer.truncate()
    connection.close()
    return size


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def _peak(work: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
