"""The log as CSV against raw sqlite3 plus csv reading the same joined rows; and its memory at two sizes."""

import csv
import gc
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from benchmarks.clinics import demo_clinic, grow_log
from inventory.audit.actors import Program
from inventory.db import db
from inventory.people.models import Clinic
from inventory.sterility.covers import cover_of
from inventory.sterility.filters import LogFilter
from inventory.sterility.log_queries import whole_query
from inventory.sterility.making import Asked, make

ROWS, SMALL, TRACED = 1_000_000, 10_000, 100_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run() -> str:
    """Aim: at most 3 times raw at 1,000,000 rows; peak memory equal at 10,000 and 100,000 rows."""
    with demo_clinic(), tempfile.TemporaryDirectory() as folder:
        clinic = db.session.query(Clinic).one()
        by, path = Program(clinic.id, clinic.time_zone), Path(folder) / "log.csv"
        grow_log(SMALL)
        small = _peak(lambda: _ours(by, path))
        traced = grow_log(TRACED)
        large = _peak(lambda: _ours(by, path))
        have = grow_log(ROWS)
        raw = _cpu(lambda: _raw(by, path.with_suffix(".raw")))
        ours = _cpu(lambda: _ours(by, path))
        size = path.stat().st_size
    return (
        f"{have} rows, {size / 1e6:.0f} MB: ours {ours:.1f} s CPU, raw sqlite3 + csv {raw:.1f} s, "
        f"ratio {ours / raw:.2f} (aim 3)\npeak memory: {small / 1e6:.1f} MB at {SMALL} rows, "
        f"{large / 1e6:.1f} MB at {traced} rows (aim: equal)"
    )


def _ours(by: Program, path: Path) -> None:
    """Everything: counting first, the file, its checksum."""
    asked = Asked(LogFilter())
    for _ in make(path, asked, by, lambda summary: cover_of(asked, by, NOW, summary, by.clinic_id)):
        pass
    db.session.rollback()


def _raw(by: Program, path: Path) -> None:
    """The floor: the same SQL text on the driver, rows straight into csv and a file."""
    query = whole_query(by.clinic_id, by.time_zone, LogFilter())
    compiled = query.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    given = [compiled.params[name] for name in compiled.positiontup or ()]
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(str(compiled), [value.hex if isinstance(value, UUID) else value for value in given])
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        while rows := cursor.fetchmany(2000):
            writer.writerows(rows)
    connection.close()


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
