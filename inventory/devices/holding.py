"""What a device holds of a running session, so that the work goes on without network."""

from datetime import datetime

from inventory.clock import day_in
from inventory.compliance.needles import limits_of, puncture_limit
from inventory.db import as_text
from inventory.packs.models import Pack, PackState
from inventory.packs.operations import faults_of
from inventory.packs.queries import packs_in
from inventory.scanning.verdicts import verdict_on
from inventory.sessions import queries
from inventory.sessions.facts import facts_from, thresholds_for
from inventory.sessions.models import TreatmentSession
from inventory.sessions.needles import holds_needles
from inventory.sessions.regions import label_of
from inventory.stock.models import ProductKind

MOST_PACKS = 500
GIVEN = ("ACCEPTED", "ALREADY_COUNTED", "EXPIRED", "LABEL_VOID", "UNKNOWN_CODE", "REFUSED")
"""The verdicts a device gives without network."""


def held(treatment: TreatmentSession, time_zone: str, now: datetime) -> dict[str, object]:
    """Plain values for JSON: the session without its patient, its needle, its policy's limits, the packs it may open.

    A needle's `seconds` count to `taken_at`. At most 500 packs, the newest first; one that is not listed can still be
    scanned, and is judged when the network is back.
    """
    course = queries.course_of(treatment)
    facts, thresholds = facts_from(course, treatment, now), thresholds_for(treatment)
    fitted = next((use for use in facts.needle_uses if not use.ended), None)
    limits = limits_of(fitted, thresholds) if fitted else thresholds.needle_limits[False, False]
    today = day_in(time_zone, now)
    opened = queries.packs_of(treatment)
    closed = [
        pack
        for pack in packs_in(treatment.clinic_id, PackState.AVAILABLE, limit=MOST_PACKS)
        if holds_needles(pack) and not faults_of(pack, today)
    ]
    return {
        "session": {"id": str(treatment.id), "number": treatment.number, "state": treatment.state.value},
        "taken_at": as_text(now),
        "policy": {
            "number": treatment.policy.number,
            "soon_punctures": limits.soon,
            "overdue_minutes": limits.seconds // 60,
            "overdue_area_cm2": limits.area_cm2,
        },
        "verdicts": {
            code: {"tone": verdict.tone.value, "word": verdict.word, "next_step": verdict.next_step}
            for code, verdict in ((code, verdict_on(code)) for code in GIVEN)
        },
        "regions": [
            {"key": queries.key_of(area), "label": label_of(queries.key_of(area)), "cm2": area.area_cm2}
            for area in course.areas
        ],
        "needle": None
        if fitted is None
        else {
            "sequence": fitted.sequence,
            "seconds": fitted.seconds,
            "shots": fitted.shots or 0,
            "pins": fitted.pins,
            "area_cm2": fitted.area_cm2 or 0,
            "limit": puncture_limit(fitted, thresholds),
            "regions": list(fitted.regions),
        },
        "packs": [_pack(pack, _left(treatment, pack)) for pack in opened]
        + [_pack(pack, _all(pack)) for pack in closed],
    }


def _pack(pack: Pack, needles: int) -> dict[str, object]:
    return {
        "code": pack.code,
        "label": max(1, pack.label_copies),
        "product": ", ".join(content.lot.product.name for content in pack.contents),
        "use_by": pack.use_by.isoformat(),
        "needles": needles,
    }


def _all(pack: Pack) -> int:
    return sum(content.quantity for content in pack.contents if content.lot.product.kind is ProductKind.NEEDLE)


def _left(treatment: TreatmentSession, pack: Pack) -> int:
    fitted = sum(1 for use in queries.needle_uses_of(treatment) if use.pack_id == pack.id)
    return max(0, _all(pack) - fitted)
