"""Pages of the log in a large clinic: the newest, the deepest, narrowed; and how the database finds them."""

import statistics
import time
from collections.abc import Callable

from benchmarks.clinics import demo_clinic, grow_log
from inventory.db import db
from inventory.people.models import Clinic
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sterility.filters import LogFilter, Shape
from inventory.sterility.log_queries import LogPage, page_of_log, page_query
from inventory.stock.models import Lot

ROWS = 1_000_000
ROUNDS = 15


def run() -> str:
    """Aim: the deepest page as quick as the newest, and nothing of the log scanned or sorted for either."""
    with demo_clinic():
        have = grow_log(ROWS)
        clinic = db.session.query(Clinic).one()
        return "\n".join([f"{have} rows", *(line for shape in Shape for line in _measured(clinic, shape))])


def _measured(clinic: Clinic, shape: Shape) -> list[str]:
    started = TreatmentSession.started_at.is_not(None)
    oldest = (
        db.session.query(TreatmentSession).filter(started).order_by(TreatmentSession.started_at).offset(400).first()
    )
    lot = db.session.query(Lot).join(NeedleUse, NeedleUse.lot_id == Lot.id).first()
    key = f"{oldest.started_at:%Y-%m-%dT%H:%M:%S.000Z}~{oldest.id}" + ("~1" if shape is Shape.EVENTS else "")

    def page(wanted: LogFilter, older: str | None = None) -> LogPage:
        return page_of_log(clinic.id, clinic.time_zone, wanted, shape=shape, older=older)

    gun = LogFilter(gun_id=oldest.gun_id)
    newest, deepest = _median(lambda: page(LogFilter())), _median(lambda: page(LogFilter(), key))
    query = page_query(clinic.id, clinic.time_zone, LogFilter(), shape=shape, with_references=False, older=key).limit(
        51
    )
    return [
        f"{shape}: newest page {newest:.1f} ms, deepest {deepest:.1f} ms (ratio {deepest / newest:.2f})",
        f"  of one gun {_median(lambda: page(gun)):.1f} ms, deepest {_median(lambda: page(gun, key)):.1f} ms",
        f"  flagged {_median(lambda: page(LogFilter(flag='any'))):.1f} ms",
        f"  a lot of {_uses(lot)} uses {_median(lambda: page(LogFilter(lot_id=lot.id)), 1):.0f} ms",
        *(f"  {line}" for line in _plan(query)),
    ]


def _uses(lot: Lot) -> int:
    return db.session.query(NeedleUse).filter(NeedleUse.lot_id == lot.id).count()


def _plan(query) -> list[str]:
    compiled = query.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True})
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    return [row[3] for row in rows if row[1] == 0 and not row[3].endswith(("(id=?)", "LEFT-JOIN"))]


def _median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
        db.session.rollback()
    return statistics.median(times)
