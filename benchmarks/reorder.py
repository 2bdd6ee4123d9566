"""The reorder page of 5,000 products with two years of movements, against the same sums in plain SQL.

The page is asked for as a browser does, signed in: sums from the daily rollup, the rules for each product, the HTML.
The floor asks SQLite for what the rules need of the ledger itself: use of each product (days, pieces, squares), and
what is on hand. All are offered by one supplier and about a fifth is low, so that the page is full. Movements are put
in by SQL, so that the triggers keep balance and rollup as ever; they have no entries in the record.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from uuid6 import uuid7

from benchmarks.clinics import NOW, SETTINGS
from inventory import create_app, schema
from inventory.clock import utc_now
from inventory.db import as_text, begin_write, db
from inventory.demo.clinic import DemoClinic, found
from inventory.people.models import Person
from inventory.purchasing import supplying
from inventory.purchasing.amounts import Currency
from inventory.purchasing.use_queries import WINDOW

PRODUCTS, DAYS, ROUNDS = 5_000, 730, 5
DAYS_OF_USE = 220
"""Of the two years, on which a product is used."""
PRODUCT = "INSERT INTO product (id, clinic_id, name, kind, base_unit, reorder_point, pins, needs_test_strip, active) "
PRODUCT += "VALUES (?, ?, ?, 'other', 'piece', 50, 1, 0, 1)"
LOT = "INSERT INTO lot (id, clinic_id, product_id, number, expires_on, status, created_at) "
LOT += "VALUES (?, ?, ?, 'A', ?, 'usable', ?)"
MOVEMENT = "INSERT INTO movement (id, clinic_id, lot_id, location_id, kind, quantity, at, by_name, source_id) "
MOVEMENT += "VALUES (?, ?, ?, ?, ?, ?, ?, 'Benchmark', ?)"
OFFER = "INSERT INTO supplier_offer (id, clinic_id, supplier_id, product_id, reference, pack_units, price, "
OFFER += "minimum_packs, preferred) VALUES (?, ?, ?, ?, ?, 100, 1250, 1, 1)"
MOST_LEFT = 300
"""Pieces of a product that are still there at the end."""
PLAIN = """
SELECT product_id, count(*), sum(used), sum(used * used), min(day) FROM (
  SELECT l.product_id, substr(m.at, 1, 10) AS day, -sum(m.quantity) AS used
  FROM movement m JOIN lot l ON l.id = m.lot_id
  WHERE m.clinic_id = :clinic AND m.kind = 'consumption' AND m.at >= :since GROUP BY l.product_id, day
) GROUP BY product_id
"""
ON_HAND = """
SELECT l.product_id, sum(b.on_hand) FROM balance b JOIN lot l ON l.id = b.lot_id
WHERE b.clinic_id = :clinic AND b.on_hand > 0 AND l.status = 'usable' GROUP BY l.product_id
"""


def run() -> str:
    """Aim: at most 2 times the CPU of the plain sums."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app({**SETTINGS, "DATABASE_URL": url, "DATA_DIR": folder})
        schema.migrate(app)
        with app.app_context():
            begin_write()
            clinic = found(NOW, 1)
            movements = _move(clinic)
            db.session.commit()
            client = app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = db.session.get_one(Person, clinic.manager.id).fs_uniquifier
                cookie |= {"_fresh": True, "clinic_id": str(clinic.row.id), "signed_in_at": utc_now().isoformat()}
            clinic_id = clinic.row.id
            db.session.remove()
            page = _cpu(lambda: _page(client.get("/orders/reorder").status_code))
            plain = _cpu(lambda: _plain(clinic_id))
            db.engine.dispose()
    return (
        f"{PRODUCTS} products, {movements} movements in {DAYS} days: reorder page {page * 1000:.0f} ms CPU, "
        f"the same sums in plain SQL {plain * 1000:.0f} ms: ratio {page / plain:.2f} (aim 2)"
    )


def _page(status: int) -> None:
    assert status == 200, status


def _plain(clinic_id: UUID) -> None:
    connection = db.engine.raw_connection()
    asked = {"clinic": clinic_id.hex, "since": (utc_now() - timedelta(days=WINDOW)).date().isoformat()}
    for statement in (PLAIN, ON_HAND):
        connection.cursor().execute(statement, asked).fetchall()
    connection.close()


def _cpu(work: Callable[[], None]) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def _move(clinic: DemoClinic) -> int:
    """Products, a lot each, its receipt and its days of use, ending yesterday. How many movements that makes."""
    mine, place = clinic.row.id.hex, clinic.places["Main store"].id.hex
    today, random = utc_now().date(), Random(1)
    lots = [(uuid7().hex, uuid7().hex) for _ in range(PRODUCTS)]
    supplier = supplying.save_supplier(
        None,
        clinic.manager,
        NOW,
        name="Bench",
        email=None,
        customer_number=None,
        currency=Currency.EUR,
        minimum_order=0,
        lead_days=7,
    )
    db.session.flush()
    connection = db.session.connection().connection
    begun = f"{as_text(NOW)[:10]}T09:00:00.000Z"
    expires_on = today + timedelta(days=900)
    connection.cursor().executemany(
        PRODUCT, [(product, mine, f"Product {number}") for number, (product, _) in enumerate(lots)]
    )
    offers = ((uuid7().hex, mine, supplier.id.hex, product, f"REF-{n}") for n, (product, _) in enumerate(lots))
    connection.cursor().executemany(OFFER, offers)
    connection.cursor().executemany(LOT, [(lot, mine, product, expires_on.isoformat(), begun) for product, lot in lots])
    connection.cursor().executemany(MOVEMENT, _movements(lots, mine, place, today, random))
    return PRODUCTS * (1 + DAYS_OF_USE)


def _movements(
    lots: list[tuple[str, str]], clinic: str, place: str, today: date, random: Random
) -> Iterator[tuple[object, ...]]:
    for _, lot in lots:
        uses = [(ago, random.randint(1, 9)) for ago in random.sample(range(1, DAYS), DAYS_OF_USE)]
        came = sum(used for _, used in uses) + random.randint(0, MOST_LEFT)
        first = today - timedelta(days=DAYS)
        yield uuid7().hex, clinic, lot, place, "receipt", came, f"{first}T08:00:00.000Z", uuid7().hex
        for ago, used in sorted(uses, reverse=True):
            at = f"{today - timedelta(days=ago)}T10:00:00.000Z"
            yield uuid7().hex, clinic, lot, place, "consumption", -used, at, uuid7().hex
