"""A draft replayed over 100,000 needle uses, against the plain SQL window query that finds needles past their limit."""

import time

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
    """Aim: seconds. All rules of two policies on every session, with what changes, beside one condition in SQL."""
    with demo_clinic():
        grow_log(USES)
        clinic_id = db.session.scalar(select(Policy.clinic_id).limit(1))
        assert clinic_id is not None
        db.session.rollback()
        began = time.perf_counter()
        found = db.session.scalar(text(PLAIN))
        plain = time.perf_counter() - began
        db.session.rollback()
        replay = Replay(clinic_id, "Europe/Brussels", DRAFT, 100_000)
        settle()  # as the served program runs
        began, cpu = time.perf_counter(), time.process_time()
        parts = sum(1 for _ in replay)
        took, used = time.perf_counter() - began, time.process_time() - cpu
        tally = replay.tally
    return (
        f"{tally.needle_uses:,} needle uses of {tally.sessions:,} sessions in {parts} parts: {took:.1f} s "
        f"({used:.1f} s CPU), {tally.now[FindingCode.NEEDLE_OVERDUE]:,} overdue with the draft; "
        f"plain SQL: {plain:.2f} s, {found:,} needles. Ratio {took / plain:.0f}"
    )
