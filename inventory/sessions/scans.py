"""A scan as it is kept: what was scanned and what it was answered with."""

from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import Model
from inventory.scanning.verdicts import Verdict
from inventory.sessions.models import Scan, TreatmentSession


def keep(
    treatment: TreatmentSession,
    text: str,
    verdict: Verdict,
    sentence: str,
    subject: Model | None,
    by: Actor,
    now: datetime,
) -> Scan:
    """Store the scan with its answer; `subject` is what came in, none where the scan was refused."""
    scan = Scan(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        scanned=shown(text),
        code=verdict.code,
        tone=verdict.tone,
        sentence=sentence,
        next_step=verdict.next_step,
        subject_kind=subject.__tablename__ if subject is not None else None,
        subject_id=getattr(subject, "id", None),
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    record(by, "session.scanned", treatment, now=now, also=[scan])
    return scan


def shown(text: str) -> str:
    """What was scanned, cut to 200 characters, control characters drawn as their symbols."""
    cut = text[:200]
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 32 else c if c.isprintable() else "\ufffd" for c in cut)
