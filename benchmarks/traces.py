"""Each kind of trace at one million needle uses: what its pages ask of the database, in milliseconds.

With the plan of the statement that took longest. `STERILOG_BENCH_URL` names a database to measure on, empty or left by
an earlier run, SQLite or PostgreSQL; `STERILOG_BENCH_USES` another number of needle uses.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select

from benchmarks.clinics import demo_clinic
from benchmarks.traced_clinic import grow
from inventory.db import db
from inventory.packs.models import Pack, PackUse
from inventory.people.models import Clinic
from inventory.sessions.models import NeedleUse, SessionContainer, TreatmentSession
from inventory.sterility.drawing import DRAWN
from inventory.sterility.exposed import exposed
from inventory.sterility.exposure import Period, count_patients, count_reached
from inventory.sterility.subjects import Kind, thing_of
from inventory.sterility.tracing import trace

USES = int(os.environ.get("STERILOG_BENCH_USES", "1000000"))
ROUNDS = 3
MOST_MS = 300
BUSIEST = {
    Kind.LOT: NeedleUse.lot_id,
    Kind.LOAD: Pack.load_id,
    Kind.PACK: NeedleUse.pack_id,
    Kind.CONTAINER: SessionContainer.container_id,
    Kind.GUN: TreatmentSession.gun_id,
    Kind.ROOM: TreatmentSession.room_id,
    Kind.PERSON: TreatmentSession.practitioner_membership_id,
}


def run() -> str:
    """Aim: every answer below 300 ms, for the thing of each kind that is named most often."""
    lines = []
    with demo_clinic(os.environ.get("STERILOG_BENCH_URL")):
        began = time.perf_counter()
        uses = grow(USES)
        took = time.perf_counter() - began
        lines.append(f"{uses:,} needle uses, made in {took:.0f} s; aim: below {MOST_MS} ms each (SQLite: CPU)")
        clinic_id = db.session.scalars(select(Clinic.id)).one()
        for kind in BUSIEST:
            lines += _measured(clinic_id, kind)
    return "\n".join(lines)


def _measured(clinic_id: UUID, kind: Kind) -> list[str]:
    column = BUSIEST[kind]
    named = select(column).where(column.is_not(None)).group_by(column).order_by(func.count().desc()).limit(1)
    if kind is Kind.LOAD:
        named = named.join(PackUse, PackUse.pack_id == Pack.id)
    thing_id = db.session.scalars(named).one()
    subject = thing_of(clinic_id, kind, thing_id)
    found = trace(clinic_id, subject)
    newest: datetime = max(found.moments.values())
    oldest = min(found.moments.values())
    whole = count_reached(clinic_id, kind, [thing_id])
    with _statements() as seen:
        took = {
            "trace": _ms(lambda: trace(clinic_id, subject).links(DRAWN)),
            "exposed on the newest days": _ms(lambda: _exposure(clinic_id, kind, thing_id, Period(oldest, newest))),
            "exposed ever": _ms(lambda: _exposure(clinic_id, kind, thing_id, Period())),
        }
    said = ", ".join(f"{name} {ms:.0f} ms{'' if ms < MOST_MS else ' (OVER)'}" for name, ms in took.items())
    slowest = max(seen, key=lambda statement: statement[0])
    return [f"{kind.name.lower()} with {whole:,} sessions: {said}", *_plan(*slowest)]


def _exposure(clinic_id: UUID, kind: Kind, thing_id: UUID, period: Period) -> None:
    exposed(clinic_id, kind, [thing_id], period)
    count_reached(clinic_id, kind, [thing_id], period)
    count_patients(clinic_id, kind, [thing_id], period)


def _ms(ask: Callable[[], object]) -> float:
    rounds = []
    # SQLite works in this process, so that others on the machine need not count; PostgreSQL does not.
    clock = time.process_time if db.engine.dialect.name == "sqlite" else time.perf_counter
    for _ in range(ROUNDS):
        db.session.rollback()
        db.session.expunge_all()
        began = clock()
        ask()
        rounds.append((clock() - began) * 1000)
    return statistics.median(rounds)


@contextmanager
def _statements() -> Iterator[list[tuple[float, str, Any]]]:
    """Each statement with its milliseconds and its values."""
    seen: list[tuple[float, str, Any]] = []
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        seen.append(((time.perf_counter() - began.pop()) * 1000, statement, values))

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    yield seen
    event.remove(db.engine, "before_cursor_execute", before)
    event.remove(db.engine, "after_cursor_execute", after)


def _plan(ms: float, statement: str, values: Any) -> list[str]:
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = db.session.connection().exec_driver_sql(explain + statement, values)
    steps = [str(row[-1]) for row in rows]
    return [f"    {ms:.0f} ms: {' '.join(statement.split())[:90]}", *(f"      {step}" for step in steps)]
