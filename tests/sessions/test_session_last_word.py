"""What the database itself refuses of a session's end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from inventory.clock import day_in
from inventory.db import db
from inventory.packs import operations as packs
from inventory.people.actors import PersonAtWork
from inventory.sessions import judging
from inventory.sessions import operations as sessions
from inventory.sessions.models import TreatmentSession
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, open_session, start_session

HOUR = timedelta(hours=1)


def test_inv_17_the_database_closes_no_session_without_a_pack_or_a_reason(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    started = start_session(nurse, now, ready)
    ended = {"closed_at": now + HOUR, "state": "closed", "gun_id": ready.gun.id, "started_at": now}
    bare = open_session(nurse, now, ready)
    # The gun stays with the session that took it; this one takes none.
    sessions.close(started, nurse, now + timedelta(minutes=5), shots=40)
    for values in (ended, {"closed_at": now + HOUR, "state": "abandoned"}):
        with pytest.raises(IntegrityError, match="ends with a pack or with a reason"), db.session.begin_nested():
            db.session.execute(update(TreatmentSession.__table__).where(TreatmentSession.id == bare.id).values(values))
    sessions.abandon(bare, "The patient left", nurse, now + HOUR)


def test_inv_03_the_database_closes_no_session_whose_expired_pack_has_no_critical_flag(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    before = now - timedelta(days=3)
    pack = make_packs(lead_nurse, before, ready.lot, ready.store, use_by=day_in(lead_nurse.time_zone, before))[0]
    treatment = open_session(lead_nurse, now, ready)
    packs.open_pack(pack, treatment.id, lead_nurse, now, override_reason="Past the flag")
    with pytest.raises(IntegrityError, match="ends with a critical flag"), db.session.begin_nested():
        sessions.abandon(treatment, "The patient left", lead_nurse, now)
    db.session.expire_all()
    judging.raise_incident(treatment, "OVERRIDDEN", str(pack.id), "Told late", lead_nurse, now, rule="EXPIRED")
    sessions.abandon(treatment, "The patient left", lead_nurse, now)
