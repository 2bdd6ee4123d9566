"""The pages of the steriliser: equipment, records, signed decisions, a recall."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from inventory.clock import utc_now
from inventory.db import db
from inventory.people import switching
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.people.operations import MOST_PER_ACCOUNT
from inventory.sterilising import biological, queries
from inventory.sterilising.models import Control, Growth, Load, LoadState, SignedWith
from tests.conftest import PASSWORD
from tests.factories.sessions import make_ready, start_session
from tests.factories.sterilising import CHECKED, make_load, make_programme
from tests.pages import Page, PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
LOG = (
    b"Time;Temp;Bar\n2026-11-20 07:30:00;20;1,0\n2026-11-20 07:44:00;134,5;3,08\n"
    b"2026-11-20 07:48:00;134,9;3,11\n2026-11-20 08:10:00;60;0,1\n"
)


@pytest.fixture
def ago() -> datetime:
    """A little before the wall clock, which the pages go by."""
    return utc_now() - timedelta(hours=2)


def decided(page: Page, decision: str, secret: str, status: int | None = None, **more: object) -> Page:
    return page.submit("Sign and decide", status=status, decision=decision, meaning=CHECKED, secret=secret, **more)


def test_a_steriliser_is_set_up_and_its_cycle_read_from_its_log(
    lead_nurse: PersonAtWork, client_for: ClientFor
) -> None:
    client = client_for(lead_nurse)
    page = client.open("/loads/sterilisers/new").submit("Add", name="S1", serial_number="88")
    short = page.submit("Add the programme", status=422, name="Quick", set_temperature="1340", hold_seconds=179)
    assert "180 s" in short.errors()[0] and short.control("Name").get("value") == "Quick"
    page = short.submit("Add the programme", hold_seconds=210)
    page = page.submit("Record the test", kind="helix", result="passed")
    assert [row[1] for row in page.rows()][-1] == "helix test"
    page = page.submit("Keep", time="Time", temperature="Temp", pressure="Bar")
    record = page.follow("Record a load")
    unlooked = record.submit("Record load", status=422, contents="Holders")
    assert [error.split(":")[0] for error in unlooked.errors()] == [
        "Indicator outside each pack, type 1",
        "Indicator inside",
        "The packs came out",
    ]
    seen = {"external_indicator": "passed", "internal_indicator": "passed", "condition": "dry"}
    contents = {"contents": "Holders", **seen}
    missing = unlooked.submit("Record load", status=422, **contents)
    assert "log file" in missing.errors()[0]
    wrong = missing.submit("Record load", status=422, **contents, hold_seconds=200, log=(BytesIO(LOG), "a.csv"))
    assert "240 s" in wrong.errors()[0]
    wrong.submit("Record load", **contents, hold_seconds="", log=(BytesIO(LOG), "c:cycle 7.csv"))
    (load,) = queries.loads_in(lead_nurse.clinic_id)
    assert (load.temperature_tenths, load.hold_seconds, load.pressure_millibar) == (1345, 240, 3080)
    assert load.started_at == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    again = client.open("/loads/new").submit("Record load", status=422, **contents, log=(BytesIO(LOG), "b.csv"))
    assert load.number in again.errors()[0]


def test_a_decision_is_signed_with_password_or_pin(
    lead_nurse: PersonAtWork, ago: datetime, client_for: ClientFor
) -> None:
    load = make_load(lead_nurse, ago)
    switching.set_pin(db.session.get_one(Membership, lead_nurse.membership_id), "4711", lead_nurse, ago)
    client = client_for(lead_nurse)
    for wrong in ("0000", "not my password"):
        refused = decided(client.open(f"/loads/{load.id}"), "released", wrong, 422)
        assert "neither your password nor your PIN" in refused.errors()[0]
        assert refused.control("What you checked").get("value") == CHECKED
        assert refused.control("Your password or PIN").get("value", "") == ""
    assert db.session.get_one(Load, load.id).state is LoadState.AWAITING
    decided(client.open(f"/loads/{load.id}"), "quarantined", "4711")
    decided(client.open(f"/loads/{load.id}"), "released", PASSWORD)
    decisions = queries.decisions_on(db.session.get_one(Load, load.id))
    assert [(each.state.value, each.signed_with) for each in decisions] == [
        ("quarantined", SignedWith.PIN),
        ("released", SignedWith.PASSWORD),
    ]


def test_guessing_a_signature_is_slowed_down(lead_nurse: PersonAtWork, ago: datetime, client_for: ClientFor) -> None:
    load = make_load(lead_nurse, ago)
    page = client_for(lead_nurse).open(f"/loads/{load.id}")
    for _ in range(MOST_PER_ACCOUNT):
        page = decided(page, "released", "wrong", 422)
    assert "Too many failed tries" in decided(page, "released", PASSWORD, 422).errors()[0]
    assert db.session.get_one(Load, load.id).state is LoadState.AWAITING


def test_a_warning_is_ticked_before_the_release(lead_nurse: PersonAtWork, ago: datetime, client_for: ClientFor) -> None:
    load = make_load(lead_nurse, ago, pressure_millibar=2600)
    page = client_for(lead_nurse).open(f"/loads/{load.id}")
    assert any("superheated" in said for said in page.messages)
    refused = decided(page, "released", PASSWORD, 422)
    assert "Read the warning first" in refused.errors()[0]
    decided(refused, "released", PASSWORD, seen="y")
    assert db.session.get_one(Load, load.id).state is LoadState.RELEASED


def test_growth_leads_to_the_choice_and_lists_sessions_and_patients(
    lead_nurse: PersonAtWork, auditor: PersonAtWork, ago: datetime, client_for: ClientFor
) -> None:
    programme = make_programme(lead_nurse, ago)
    load = make_load(lead_nurse, ago, programme=programme, state=LoadState.RELEASED)
    ready = make_ready(lead_nurse, ago)
    for pack in ready.packs:
        pack.load = load
    treatment = start_session(lead_nurse, ago, ready)
    client = client_for(lead_nurse)
    page = client.open(f"/loads/{load.id}").submit("Put in", product="Spores", lot="B1", incubation_hours=24)
    chosen = page.submit("Read", result="positive", control="grew")
    assert chosen.url == f"/loads/{load.id}/recall"
    assert (
        f"Session {treatment.number}" in chosen.main and "choose what is recalled" in " ".join(chosen.messages).lower()
    )
    assert {row[1] for row in chosen.rows()} == {"C-1001"}
    hidden = client_for(auditor).open(f"/loads/{load.id}/recall")
    assert {row[1] for row in hidden.rows()} == {"kept by the nurses"}
    wrong = chosen.submit("Recall", status=422, scope="this_load", meaning="Growth again", secret="nope")
    wrong.submit("Recall", scope="since_last_negative", meaning="Growth again", secret=PASSWORD)
    after = db.session.get_one(Load, load.id)
    assert after.state is LoadState.RECALLED
    assert {pack.state.value for pack in ready.packs} == {"recalled"}


def test_a_load_without_growth_offers_no_scopes(lead_nurse: PersonAtWork, ago: datetime, client_for: ClientFor) -> None:
    load = make_load(lead_nurse, ago)
    indicator = biological.place_indicator(load, product="Spores", lot="B", incubation_hours=1, by=lead_nurse, now=ago)
    biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, lead_nurse, ago + timedelta(hours=1))
    page = client_for(lead_nurse).open(f"/loads/{load.id}/recall")
    assert not page.has("button", text="Recall")


def test_a_nurse_looks_at_loads_and_decides_nothing(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, ago: datetime, client_for: ClientFor
) -> None:
    load = make_load(lead_nurse, ago)
    client = client_for(nurse)
    assert not client.open(f"/loads/{load.id}").has("button", text="Sign and decide")
    sent = {"csrf_token": client.token()}
    for path in (
        f"/loads/{load.id}/decide",
        f"/loads/{load.id}/recall",
        f"/loads/sterilisers/{load.steriliser_id}/tests",
    ):
        assert client.raw("POST", path, data=sent).status_code == 403
