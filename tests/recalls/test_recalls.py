"""A recall notice: what it blocks, whom it lists, and what the letters say."""

from datetime import datetime, timedelta

import pytest

from inventory.packs import operations as packs
from inventory.packs.models import PackState
from inventory.people.actors import PersonAtWork
from inventory.recalls import operations, queries
from inventory.recalls.operations import Entered
from inventory.sessions.models import TreatmentSession
from inventory.stock.errors import LotRecalled
from inventory.stock.models import LotStatus
from inventory.stock.shelf_models import RecallReach
from tests.conftest import PASSWORD
from tests.factories.sessions import Ready, make_ready, start_session
from tests.factories.stock import make_lot
from tests.pages import words


@pytest.fixture
def ready(lead_nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(lead_nurse, now)


@pytest.fixture
def treatment(ready: Ready, nurse: PersonAtWork, now: datetime) -> TreatmentSession:
    return start_session(nurse, now, ready)


def _enter(ready: Ready, by: PersonAtWork, now: datetime) -> Entered:
    reach = RecallReach.LOTS
    return operations.enter(ready.lot.product, "FSN-1", now.date(), "Seals", reach, by, now, lots=[ready.lot])


def test_a_notice_blocks_its_lots_and_every_pack_of_them(
    ready: Ready, treatment: TreatmentSession, manager: PersonAtWork, nurse: PersonAtWork, now: datetime
) -> None:
    entered = _enter(ready, manager, now + timedelta(minutes=9))
    assert ready.lot.status is LotStatus.RECALLED
    assert {pack.state for pack in ready.packs} == {PackState.RECALLED}
    assert len(entered.packs) == len(ready.packs)
    for pack in ready.packs[1:]:
        with pytest.raises(LotRecalled):
            packs.check_openable(pack, nurse, now + timedelta(minutes=10))


def test_a_notice_reaches_the_sessions_that_opened_something_of_it(
    ready: Ready, treatment: TreatmentSession, manager: PersonAtWork, now: datetime
) -> None:
    entered = _enter(ready, manager, now + timedelta(minutes=9))
    reached = queries.reached_by(entered.notice)
    assert list(reached.treatments) == [treatment]
    assert list(reached.by_reference.values()) == [[treatment]]


def test_a_notice_of_an_antiseptic_reaches_the_sessions_it_was_applied_in(
    ready: Ready, treatment: TreatmentSession, manager: PersonAtWork, now: datetime
) -> None:
    lot = ready.antiseptic.lot
    entered = operations.enter(
        lot.product, "FSN-2", now.date(), "Strength", RecallReach.ALL, manager, now + timedelta(minutes=9)
    )
    assert list(queries.reached_by(entered.notice).treatments) == [treatment]


def test_a_notice_of_another_lot_reaches_nobody(
    ready: Ready, treatment: TreatmentSession, manager: PersonAtWork, now: datetime
) -> None:
    other = make_lot(manager, now)
    reach, day = RecallReach.ALL, now.date()
    entered = operations.enter(other.product, "FSN-3", day, "Seals", reach, manager, now + timedelta(minutes=9))
    assert list(queries.reached_by(entered.notice).treatments) == [] and entered.packs == []


def test_the_patients_are_named_to_those_who_treat_them_only(
    client_for,
    ready: Ready,
    treatment: TreatmentSession,
    manager: PersonAtWork,
    lead_nurse: PersonAtWork,
    now: datetime,
) -> None:
    entered = _enter(ready, manager, now + timedelta(minutes=9))
    (reference,) = queries.reached_by(entered.notice).by_reference
    address = f"/recalls/{entered.notice.id}"
    seen, hidden = client_for(lead_nurse).open(address), client_for(manager).open(address)
    assert reference in seen.main and reference not in hidden.main
    assert client_for(manager).raw("GET", f"{address}/letters").status_code == 403


def test_a_letter_names_reference_lot_and_day_and_claims_nothing(
    client_for,
    ready: Ready,
    treatment: TreatmentSession,
    manager: PersonAtWork,
    lead_nurse: PersonAtWork,
    now: datetime,
) -> None:
    entered = _enter(ready, manager, now + timedelta(minutes=9))
    (reference,) = queries.reached_by(entered.notice).by_reference
    page = client_for(lead_nurse).open(f"/recalls/{entered.notice.id}").follow("Letters to physicians")
    letter = words(page.one("article", aria_label=f"Letter for {reference}"))
    for said in (reference, ready.lot.number, "FSN-1", f"session {treatment.number}", "does not mean"):
        assert said in letter
    assert not any(claim in letter.lower() for claim in ("contamin", "infect", "unsterile"))


def test_a_manager_enters_a_notice_of_a_range(client_for, manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now, number="A0150")
    client = client_for(manager)
    page = client.open("/recalls").follow(lot.product.name)
    sent = {"reference": "FSN-9", "issued_on": "2026-11-20", "text": "Seals may be open", "reach": "range"}
    wrong = page.submit("Block them for good", status=422, secret=PASSWORD, **sent, first_number="A9", last_number="A1")
    assert any("range" in error for error in wrong.errors())
    done = wrong.submit("Block them for good", secret=PASSWORD, **sent, first_number="A0100", last_number="A0200")
    assert "1 lots and 0 packs are blocked" in " ".join(done.messages)
    assert client.open(f"/stock/lots/{lot.id}").h1 == "Lot A0150"
