"""The import of 10,000 rows against csv reading plus raw sqlite3 inserts of the same rows; and its memory."""

import csv
import gc
import io
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from uuid6 import uuid7

from benchmarks.clinics import SETTINGS
from inventory import create_app, schema, sqlite
from inventory.audit.actors import Program
from inventory.db import begin_write, db
from inventory.demo.catalogue import gtin
from inventory.people import operations as people
from inventory.stock import exporting, importing
from inventory.stock.catalogue_columns import HEADER
from inventory.stock.importing import Check

ROWS, ROUNDS = 10_000, 3
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run() -> str:
    """Aim: peak below 200 MB; the ratio is told. Ours checks every cell, and records every product in the chain."""
    file = _file()
    ours, again, raw = [], [], []
    for _ in range(ROUNDS):
        raw.append(_seconds(lambda: _raw(file)))
        with _clinic() as by:
            ours.append(_seconds(lambda: _imported(file, by)))
            again.append(_seconds(lambda: _imported(file, by)))
    with _clinic() as by:
        peak = _peak(lambda: _imported(file, by))
        changed = _imported(file, by)
        book = exporting.as_xlsx(by.clinic_id)
        from_book = _seconds(lambda: _imported(book, by))
        book_peak = _peak(lambda: _imported(book, by))
    first, floor = statistics.median(ours), statistics.median(raw)
    return (
        f"{ROWS} rows, {len(file) / 1e6:.1f} MB of CSV: ours {first:.2f} s, csv + raw sqlite3 {floor:.3f} s, "
        f"ratio {first / floor:.0f}\nthe same again: {statistics.median(again):.2f} s, {from_book:.2f} s as XLSX, "
        f"{changed} rows changed\npeak memory: {peak / 1e6:.0f} MB as CSV, {book_peak / 1e6:.0f} MB as XLSX (aim 200)"
    )


def _file() -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for number in range(ROWS):
        known = ("Maker", f"REF-{number}", "15 to 25 C", number % 500, 30, 4, 1, *[""] * 8, "no", "yes")
        name = f"Needle {number} 30G x 4 mm"
        writer.writerow((name, "needle", "needle", *known, gtin(number), "box", 100))
    return buffer.getvalue().encode()


@contextmanager
def _clinic() -> Iterator[Program]:
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        app: Flask = create_app({**SETTINGS, "DATABASE_URL": f"sqlite:///{Path(folder) / 'a.db'}", "DATA_DIR": folder})
        schema.migrate(app)
        with app.app_context():
            begin_write()
            clinic = people.found_clinic("North", "Europe/Brussels", NOW)
            by = Program(clinic.id, clinic.time_zone)
            db.session.commit()
            yield by
            db.session.remove()
            db.engine.dispose()


def _imported(file: bytes, by: Program) -> int:
    """How many products were added or changed."""
    check = Check(file, by.clinic_id)
    for _ in check.read():
        pass
    db.session.rollback()
    begin_write()
    for _ in check.compare():
        pass
    for _ in importing.apply(check.plan, by, NOW):
        pass
    db.session.commit()
    return len(check.plan.steps)


def _raw(file: bytes) -> None:
    """The floor: the same cells by the csv module into two plain tables of a file, durably, checked by nobody."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        connection = sqlite.driver.connect(str(Path(folder) / "raw.db"))
        connection.execute("PRAGMA synchronous=FULL")
        columns = ", ".join(f"c{place}" for place in range(20))
        connection.execute(f"CREATE TABLE product (id BLOB PRIMARY KEY, {columns})")
        connection.execute(
            "CREATE TABLE package (id BLOB PRIMARY KEY, product BLOB, code TEXT UNIQUE, level, units INT)"
        )
        products, packages = [], []
        rows = csv.reader(io.StringIO(file.decode(), newline=""))
        next(rows)
        for row in rows:
            product = uuid7().bytes
            products.append((product, *row[:20]))
            packages.append((uuid7().bytes, product, *row[20:]))
        connection.executemany(f"INSERT INTO product VALUES ({', '.join('?' * 21)})", products)
        connection.executemany("INSERT INTO package VALUES (?, ?, ?, ?, ?)", packages)
        connection.commit()
        connection.close()


def _seconds(work: Callable[[], object]) -> float:
    """Processor time: other work on the machine is not ours."""
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
