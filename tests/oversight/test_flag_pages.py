"""The pages on which flags are reviewed, one by one and many at once."""

from datetime import timedelta

import pytest

from inventory.clock import utc_now
from inventory.oversight import queries
from inventory.oversight.lifecycle import FlagState
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.models import Flag
from tests.conftest import NOW, PASSWORD
from tests.factories.sessions import make_ready, start_session


@pytest.fixture
def flags(nurse: PersonAtWork) -> list[Flag]:
    """Two flags of one closed session: the only needle past its punctures, and too few needles."""
    treatment = start_session(nurse, NOW, make_ready(nurse, NOW), area_cm2=450)
    sessions.close(treatment, nurse, NOW + timedelta(minutes=5), shots=90)
    return [one.flag for one in queries.flags_in(nurse.clinic_id)]


def _states(flags: list[Flag]) -> list[FlagState]:
    listed = {one.flag.id: one.state for one in queries.flags_in(flags[0].clinic_id)}
    return [listed[flag.id] for flag in flags]


def test_a_flag_is_acknowledged_acted_on_closed_and_reopened(
    flags: list[Flag], lead_nurse: PersonAtWork, nurse: PersonAtWork, client_for
) -> None:
    client = client_for(lead_nurse)
    page = client.open(f"/flags/{flags[0].id}").submit(
        "Save this step", secret=PASSWORD, step="acknowledge", reason="Seen"
    )
    due_on = (utc_now() + timedelta(days=7)).date()
    page = page.submit(
        "Agree this action",
        secret=PASSWORD,
        action="Show the counter",
        owner=nurse.membership_id,
        due_on=due_on,
        reason="Again",
    )
    assert f"Show the counter: {nurse.name}" in page.main
    page = page.submit("Save this step", secret=PASSWORD, step="close", reason="Done")
    assert _states(flags)[0] is FlagState.CLOSED
    refused = page.submit("Save this step", 422, secret=PASSWORD, step="reopen", reason="")
    assert refused.errors()
    refused.submit("Save this step", secret=PASSWORD, step="reopen", reason="It came back")
    assert _states(flags)[0] is FlagState.OPEN
    assert len(client.open(f"/flags/{flags[0].id}").rows()) == 4


def test_an_action_without_a_day_to_come_is_refused_and_keeps_what_was_typed(
    flags: list[Flag], lead_nurse: PersonAtWork, nurse: PersonAtWork, client_for
) -> None:
    page = client_for(lead_nurse).open(f"/flags/{flags[0].id}")
    typed = {"action": "Show the counter", "owner": nurse.membership_id, "reason": "Again"}
    refused = page.submit("Agree this action", 422, secret=PASSWORD, due_on="2020-01-01", **typed)
    assert any("today or a later day" in error for error in refused.errors())
    assert refused.control("What is done").get("value") == "Show the counter"


def test_many_flags_are_reviewed_on_one_page_with_a_reason_each(
    flags: list[Flag], lead_nurse: PersonAtWork, nurse: PersonAtWork, client_for
) -> None:
    client = client_for(lead_nurse)
    page = client.open("/flags/review")
    reasons = [control.get("name", "") for control in page.all("input", type="text")]
    shown = page.submit("Save these reviews", secret=PASSWORD, step="close", **{reasons[0]: "Spoken about"})
    assert "Done. 1 flag reviewed." in shown.messages
    assert sorted(_states(flags)) == [FlagState.CLOSED, FlagState.OPEN]
    nothing = client.open("/flags/review").submit("Save these reviews", 422, secret=PASSWORD, step="close")
    assert "Type a reason beside each flag" in nothing.errors()[0]
    client_for(nurse).open("/flags/review", status=403)


def test_who_worked_in_the_session_is_told_so_and_sees_no_form(
    lead_nurse: PersonAtWork, manager: PersonAtWork, client_for
) -> None:
    treatment = start_session(lead_nurse, NOW, make_ready(lead_nurse, NOW))
    sessions.close(treatment, lead_nurse, NOW + timedelta(minutes=5), shots=150)
    (one,) = queries.flags_in(lead_nurse.clinic_id)
    page = client_for(lead_nurse).open(f"/flags/{one.flag.id}")
    assert "Somebody else reviews its flags" in page.main and not page.all("button", text="Save this step")
    assert "No flag waits for you" in client_for(lead_nurse).open("/flags/review").main
    assert client_for(manager).open(f"/flags/{one.flag.id}").all("button", text="Save this step")
