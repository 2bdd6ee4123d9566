"""A draft replayed over 100,000 needle uses, against the plain SQL window query that finds needles past their limit."""

import time
from statistics import median

from sqlalchemy import select, text

from benchmarks.clinics import demo_clinic, grow_log
from inventory.cli.https import settle
from inventory.compliance.facts import Thresholds
from inventory.compliance.models import Policy
from inventory.compliance.rules import FindingCode
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import db
from inventory.oversight.replay import Replay

USES = 100_000
DRAFT = PolicyNumbers(
    clinic_wide=Thresholds(overdue_punctures=90, overdue_minutes=12),
    techniques={"papule": {"overdue_punctures": 70, "soon_punctures": 35}},
)
PLAIN = """
SELECT count(*) FROM (
  SELECT n.id, n.shots * n.pins AS punctures,
    sum(n.shots * n.pins) OVER (PARTITION BY n.treatment_id ORDER BY n.sequence) AS so_far,
    julianday(n.removed_at) - julianday(n.fitted_at) AS days, n.area_cm2, g.high_speed, t.technique
  FROM needle_use n JOIN treatment_session t ON t.id = n.treatment_id JOIN gun g ON g.id = t.gun_id
  WHERE t.state = 'closed' AND n.undone_at IS NULL)
WHERE punctures > CASE WHEN high_speed THEN 400 WHEN technique = 'papule' THEN 70 ELSE 90 END
  OR days * 86400 > 720.5 OR area_cm2 > 200
"""
"""It finds needles by what was typed for each: no shares, estimates, regions or sessions, and no sentences."""


def run() -> str:
    """Aim: seconds, at most 10 times the plain SQL's CPU. All rules of two policies on every session, with what
    changes, beside one condition in SQL. Medians of three runs each, one after the other.
    """
    with demo_clinic():
        grow_log(USES)
        clinic_id = db.session.scalar(select(Policy.clinic_id).limit(1))
        assert clinic_id is not None
        db.session.rollback()
        settle()  # as the served program runs
        plain, ours, walls = [], [], []
        for _ in range(3):
            cpu = time.process_time()
            found = db.session.scalar(text(PLAIN))
            plain.append(time.process_time() - cpu)
            db.session.rollback()
            replay = Replay(clinic_id, "Europe/Brussels", DRAFT, 100_000)
            began, cpu = time.perf_counter(), time.process_time()
            parts = sum(1 for _ in replay)
            ours.append(time.process_time() - cpu)
            walls.append(time.perf_counter() - began)
        tally, ratio = replay.tally, median(ours) / median(plain)
    return (
        f"{tally.needle_uses:,} needle uses of {tally.sessions:,} sessions in {parts} parts: {median(ours):.1f} s CPU "
        f"({median(walls):.1f} s), {tally.now[FindingCode.NEEDLE_OVERDUE]:,} overdue with the draft; "
        f"plain SQL: {median(plain):.2f} s CPU, {found:,} needles. Ratio {ratio:.1f} (aim 10)"
    )
