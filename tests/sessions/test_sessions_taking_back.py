"""INV-2: a use of a pack is taken back once, by a second person, with a reason; the pack then waits for a manager."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from inventory.audit.models import AuditEntry
from inventory.db import db
from inventory.packs.checks import PackHeld
from inventory.packs.errors import PackNotReleased, ReasonMissing
from inventory.packs.holding import SamePerson, release_held
from inventory.packs.lifecycle import ImpossibleStep, PackState
from inventory.packs.models import Pack, PackUse
from inventory.packs.operations import check_openable, mark_labelled, refresh_load
from inventory.packs.remaking import split
from inventory.people.actors import PersonAtWork
from inventory.sessions.admission import scan_in
from inventory.sessions.models import TreatmentSession
from inventory.sessions.operations import close, start
from inventory.sessions.taking_back import NeedleWasFitted, take_back
from tests.factories.sessions import Ready, make_ready, set_up


@pytest.fixture
def ready(nurse: PersonAtWork, now) -> Ready:
    return make_ready(nurse, now)


@pytest.fixture
def spare(ready: Ready) -> Pack:
    return ready.packs[2]


@pytest.fixture
def treatment(nurse: PersonAtWork, ready: Ready, spare: Pack, now) -> TreatmentSession:
    """Running on its first pack; `spare` was scanned at setup too, and lies there unopened."""
    begun = set_up(nurse, now, ready)
    scan_in(begun, spare.code, nurse, now)
    start(begun, nurse, now + timedelta(minutes=1))
    return begun


def _use(pack: Pack) -> PackUse:
    return db.session.scalars(select(PackUse).where(PackUse.pack_id == pack.id)).one()


def test_inv_02_a_second_person_takes_a_use_back_and_the_pack_is_held(
    treatment: TreatmentSession, spare: Pack, nurse: PersonAtWork, lead_nurse: PersonAtWork, now
) -> None:
    use = _use(spare)
    with pytest.raises(SamePerson):
        take_back(treatment, use, "The seal is whole", nurse, now)
    with pytest.raises(ReasonMissing):
        take_back(treatment, use, "  ", lead_nurse, now)
    take_back(treatment, use, "The seal is whole", lead_nurse, now)
    assert (use.voided_by_id, use.void_reason) == (lead_nurse.id, "The seal is whole")
    assert (spare.state, spare.held_at) == (PackState.MADE_UP, now)
    with pytest.raises(PackNotReleased, match="waits for a manager"):
        check_openable(spare, nurse, now)
    with pytest.raises(ImpossibleStep):
        take_back(treatment, use, "Again", lead_nurse, now)
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == nurse.clinic_id)))
    assert {"pack.opened", "pack.use_voided", "session.pack_taken_back"} <= actions


def test_inv_02_only_a_release_brings_a_held_pack_back(
    treatment: TreatmentSession, spare: Pack, nurse: PersonAtWork, lead_nurse: PersonAtWork, manager: PersonAtWork, now
) -> None:
    take_back(treatment, _use(spare), "The seal is whole", lead_nurse, now)
    for attempt in (
        lambda: mark_labelled([spare], "avery-l7160", 1, lead_nurse, now, reason="lost"),
        lambda: split(spare, 2, lead_nurse, now),
    ):
        with pytest.raises(PackHeld):
            attempt()
    if spare.load is not None:
        refresh_load(spare.load, lead_nurse, now)
    assert spare.state is PackState.MADE_UP
    release_held(spare, "Seal, indicator and date are good", manager, now)
    assert (spare.state, spare.held_at) == (PackState.AVAILABLE, None)
    scan_in(treatment, spare.code, nurse, now + timedelta(minutes=1))
    assert spare.state is PackState.OPENED
    with pytest.raises(ImpossibleStep):
        release_held(spare, "Again", manager, now)


def test_inv_02_a_pack_whose_needle_was_on_the_gun_stays_used(
    treatment: TreatmentSession, ready: Ready, lead_nurse: PersonAtWork, now
) -> None:
    with pytest.raises(NeedleWasFitted):
        take_back(treatment, _use(ready.packs[0]), "The seal is whole", lead_nurse, now)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM pack_use",
        "UPDATE pack_use SET used_by_name = 'Somebody else'",
        "UPDATE pack_use SET voided_at = NULL, voided_by_id = NULL, void_reason = NULL WHERE voided_at IS NOT NULL",
        "UPDATE pack_use SET voided_at = used_at, voided_by_id = used_by_id, void_reason = 'x' WHERE voided_at IS NULL",
        "UPDATE pack_use SET voided_at = used_at WHERE voided_at IS NULL",
    ],
)
def test_inv_02_the_database_keeps_each_use_and_each_taking_back(
    treatment: TreatmentSession, spare: Pack, nurse: PersonAtWork, lead_nurse: PersonAtWork, now, change: str
) -> None:
    take_back(treatment, _use(spare), "The seal is whole", lead_nurse, now)
    db.session.flush()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(change))


def test_a_closed_session_keeps_at_least_one_pack(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, spare: Pack, treatment: TreatmentSession, now
) -> None:
    close(treatment, nurse, now + timedelta(minutes=5))
    closed_at = treatment.closed_at
    take_back(treatment, _use(spare), "Found in the drawer, seal whole", lead_nurse, now + timedelta(days=1))
    assert (spare.state, treatment.closed_at) == (PackState.MADE_UP, closed_at)


def test_a_lead_nurse_takes_back_on_the_pages_and_a_manager_releases(
    client_for, nurse: PersonAtWork, lead_nurse: PersonAtWork, manager: PersonAtWork, spare: Pack, treatment, now
) -> None:
    path = f"/packs/{spare.id}"
    assert not client_for(nurse).open(path).has("a", text="It was not opened")
    page = client_for(lead_nurse).open(path).follow("It was not opened")
    assert page.submit("Not opened: take the use back", status=422).errors()
    page = page.submit("Not opened: take the use back", reason="The seal is whole")
    assert page.has("section", aria_label="Held") and not page.has("button", text="Release")
    page = client_for(manager).open(path).submit("Release", reason="Seal and date are good")
    assert not page.has("section", aria_label="Held")
    db.session.refresh(spare)
    assert spare.state is PackState.AVAILABLE
