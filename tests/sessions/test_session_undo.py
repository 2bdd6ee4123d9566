"""Taking back a swap within ten seconds: the needle before it is on the gun again, and the record keeps both."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.facts import facts_of
from inventory.sessions.models import NeedleUse, RemovalReason, TreatmentSession
from inventory.sessions.undoing import TooLateToUndo, undo_swap
from inventory.stock import operations as stock
from inventory.stock.operations import LotRecalled
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, make_ready, start_session
from tests.factories.stock import make_lot

SECOND = timedelta(seconds=1)


@pytest.fixture
def at(now: datetime) -> datetime:
    """Five minutes into the session."""
    return now + timedelta(minutes=6)


@pytest.fixture
def treatment(nurse: PersonAtWork, ready: Ready, now: datetime) -> TreatmentSession:
    return start_session(nurse, now, ready)


def _swapped(
    treatment: TreatmentSession, ready: Ready, by: PersonAtWork, at: datetime, shots: int | None = None
) -> None:
    assert scan_in(treatment, ready.packs[1].code, by, at, swap=Swap(RemovalReason.COMFORT, shots)).tone == "green"


def test_a_swap_taken_back_puts_the_needle_before_it_on_the_gun_again(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    undo_swap(treatment, nurse, at + 9 * SECOND)
    (first,) = queries.needle_uses_of(treatment)
    assert (first.removed_at, first.removal_reason, first.shots, first.estimated) == (None, None, None, False)
    assert len(facts_of(treatment, at).needle_uses) == 1
    taken_back = db.session.scalars(select(NeedleUse).where(NeedleUse.undone_at.is_not(None))).one()
    assert (taken_back.sequence, taken_back.undone_at) == (2, at + 9 * SECOND)


def test_both_the_swap_and_its_undoing_stay_in_the_record(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    undo_swap(treatment, nurse, at + SECOND)
    actions = [entry.action for entry in entries_of(nurse.clinic_id, treatment.id)]
    assert [action for action in reversed(actions) if action.startswith("needle.")] == [
        "needle.fitted",
        "needle.removed",
        "needle.fitted",
        "needle.swap_undone",
        "needle.put_back",
    ]


def test_a_counted_needle_keeps_its_count_when_its_swap_is_taken_back(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at, shots=40)
    assert undo_swap(treatment, nurse, at + SECOND).shots == 40


def test_the_pack_of_a_swap_taken_back_serves_this_session_again(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    undo_swap(treatment, nurse, at + SECOND)
    _swapped(treatment, ready, nurse, at + 60 * SECOND)
    assert [use.sequence for use in queries.needle_uses_of(treatment)] == [1, 3]
    sessions.close(treatment, nurse, at + 90 * SECOND)


def test_after_fifteen_seconds_a_swap_stays(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    with pytest.raises(TooLateToUndo):
        undo_swap(treatment, nurse, at + 16 * SECOND)
    assert len(queries.needle_uses_of(treatment)) == 2


def test_a_needle_that_was_counted_is_not_taken_back(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    sessions.count_shots(treatment, 3, nurse, at + 2 * SECOND)
    with pytest.raises(TooLateToUndo):
        undo_swap(treatment, nurse, at + 3 * SECOND)


def test_the_first_needle_of_a_session_is_no_swap(
    treatment: TreatmentSession, nurse: PersonAtWork, now: datetime
) -> None:
    with pytest.raises(TooLateToUndo):
        undo_swap(treatment, nurse, now + timedelta(minutes=1) + SECOND)


def test_the_database_puts_no_needle_back_whose_swap_stands(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    _swapped(treatment, ready, nurse, at)
    db.session.commit()
    first = queries.needle_uses_of(treatment)[0]
    with pytest.raises(IntegrityError):
        db.session.execute(
            update(NeedleUse.__table__)
            .where(NeedleUse.__table__.c.id == first.id)
            .values(removed_at=None, removal_reason=None)
        )


def test_a_needle_recalled_meanwhile_is_not_put_back(
    treatment: TreatmentSession, nurse: PersonAtWork, ready: Ready, at: datetime
) -> None:
    other = make_lot(nurse, at, location=ready.store, quantity=10)
    (pack,) = make_packs(nurse, at, other, ready.store, 1)
    assert scan_in(treatment, pack.code, nurse, at).tone == "green"
    stock.recall(ready.lot, "Maker's notice", nurse, at + SECOND)
    with pytest.raises(LotRecalled):
        undo_swap(treatment, nurse, at + 2 * SECOND)


def test_the_button_stands_after_a_swap_and_takes_it_back(client_for, nurse: PersonAtWork) -> None:
    earlier = utc_now() - timedelta(minutes=20)
    ready = make_ready(nurse, earlier)
    treatment = start_session(nurse, earlier, ready)
    db.session.commit()
    page = client_for(nurse).open(f"/sessions/{treatment.id}")
    assert not page.has("button", text="Undo this swap")
    page = page.submit("Scan", text=ready.packs[1].code)
    page.submit("Undo this swap")
    db.session.expire_all()
    assert len(queries.needle_uses_of(treatment)) == 1
