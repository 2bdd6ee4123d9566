"""Closed sessions of every make, written straight into the database: more than operations could live through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert
from uuid6 import uuid7

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions.models import NeedleUse, RemovalReason, Technique, TreatedArea, TreatmentSession
from inventory.stock.models import Lot
from tests.factories.sessions import Ready

REGIONS = (("face", "midline"), ("thigh_front", "left"), ("thigh_front", "right"), ("abdomen", "midline"))


@dataclass(frozen=True)
class Store:
    """What every session refers to."""

    by: PersonAtWork
    ready: Ready
    policy_ids: list[object]


def write_sessions(store: Store, count: int, needles: int, began: datetime, seed: int = 1) -> None:
    """`count` closed sessions of 1 to 2 x `needles` needles, an hour apart, under the policies in turn."""
    random = Random(seed)
    sessions, areas, uses = [], [], []
    for number in range(1, count + 1):
        begin = began + timedelta(hours=number)
        session_id, used = uuid7(), random.randint(1, 2 * needles - 1)
        seconds = [random.randint(20, 1100) for _ in range(used)]
        end = begin + timedelta(seconds=sum(seconds))
        sessions.append(_session(store, session_id, number, begin, end, random))
        here = random.sample(REGIONS, random.choice((0, 1, 1, 1, 2)))
        areas += [
            _row(
                store,
                treatment_id=session_id,
                region=region,
                side=side,
                area_cm2=random.randint(20, 900),
                source="typed",
                added_at=begin,
            )
            for region, side in here
        ]
        at = begin
        for place, length in enumerate(seconds):
            keys = [":".join(pair) for pair in here]
            removed = at + timedelta(seconds=length)
            uses.append(_use(store, session_id, place + 1, at, removed, keys, random))
            at = removed
    for model, rows in ((TreatmentSession, sessions), (TreatedArea, areas), (NeedleUse, uses)):
        for start in range(0, len(rows), 5000):
            db.session.execute(insert(model.__table__), rows[start : start + 5000])


def _session(
    store: Store, session_id: object, number: int, begin: datetime, end: datetime, random: Random
) -> dict[str, object]:
    by = store.by
    return {
        "id": session_id,
        "clinic_id": by.clinic_id,
        "number": number,
        "state": "closed",
        "practitioner_membership_id": by.membership_id,
        "practitioner_name": by.name,
        "room_id": store.ready.room.id,
        "policy_id": store.policy_ids[number % len(store.policy_ids)],
        "gun_id": store.ready.gun.id,
        "technique": random.choice(list(Technique)),
        "needle_length_mm": 4,
        "planned_punctures": random.choice((None, None, 250)),
        "body_protocol": False,
        "syringes": random.randint(1, 3),
        "opened_at": begin,
        "opened_by_id": by.id,
        "opened_by_name": by.name,
        "started_at": begin,
        "closed_at": end,
        "closed_by_name": by.name,
    }


def _use(
    store: Store, session_id: object, sequence: int, at: datetime, removed: datetime, keys: list[str], random: Random
) -> dict[str, object]:
    lot: Lot = store.ready.lot
    counted = random.random() < 0.7
    return _row(
        store,
        treatment_id=session_id,
        sequence=sequence,
        pack_id=store.ready.packs[0].id,
        lot_id=lot.id,
        pins=random.choice((1, 1, 1, 5)),
        fitted_at=at,
        regions=",".join(random.sample(keys, min(len(keys), random.choice((1, 1, 2))))),
        shots=random.randint(0, 160) if counted else random.choice((None, 60)),
        estimated=not counted,
        area_cm2=random.choice((None, random.randint(0, 300))),
        must_change=random.choice((None, None, None, RemovalReason.BENT)),
        removed_at=removed,
        removal_reason=RemovalReason.LIMIT_REACHED,
        undone_at=removed if random.random() < 0.02 else None,
        late_reason="Written down later",
    )


def _row(store: Store, **columns: object) -> dict[str, object]:
    return {"id": uuid7(), "clinic_id": store.by.clinic_id, **columns}
